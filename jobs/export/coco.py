"""COCO JSON: a folder for each split, and annotations.json with boxes and masks, or the labels of whole pictures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs.export.boxes import Box
from jobs.export.content import IMAGES, Content, Format, file_names, split_folders
from jobs.export.notes import labels_apart
from jobs.export.plan import Entry, ExportRow
from jobs.export.tables import MANIFEST, write_manifest

FILE = "annotations.json"
Row = dict[str, Any]  # as COCO has it


def _place(content: Content) -> list[Entry]:
    splits: dict[str | None, str] = split_folders(content) if content.has_splits else {None: f"{IMAGES}/"}
    named = zip(content.entries, file_names(content), strict=True)
    return [replace(entry, path=f"{splits[entry.split]}{name}") for entry, name in named]


def _describe(folder: Path, content: Content) -> None:
    """Category ids are places of classes from 1: the detection's, or the pictures' where no boxes are exported."""
    licences = sorted({row.licence for row in content.rows if row.licence})
    images: list[Row] = []
    annotations: list[Row] = []
    for number, entry in enumerate(content.entries, start=1):
        row = content.row(entry)
        image = {"id": number, "file_name": entry.path, "width": row.width, "height": row.height}
        if row.source_url:
            image["coco_url"] = row.source_url
        if row.licence:
            image["license"] = licences.index(row.licence) + 1
        images.append(image)
        said = (
            [_whole(index, row) for index in content.held(entry)]
            if content.boxes is None
            else [_of_box(box, row) for box in content.boxes_of(entry)]
        )
        for one in said:
            annotations.append({"id": len(annotations) + 1, "image_id": number, **one})
    about = "boxes are whole pictures" if content.boxes is None else f"boxes of detection run {content.boxes.run_id}"
    coco = {
        "info": {"description": f"Exported by Vitrine; {about}"},
        "licenses": [{"id": n, "name": name} for n, name in enumerate(licences, start=1)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(content.box_names, start=1)],
        "images": images,
        "annotations": annotations,
    }
    (folder / FILE).write_text(json.dumps(coco, ensure_ascii=False), encoding="utf-8")
    if content.boxes is not None:
        write_manifest(folder, content)


def _whole(index: int, row: ExportRow) -> Row:
    """The label of a whole picture, as a box around it."""
    area = row.width * row.height
    return {"category_id": index + 1, "bbox": [0, 0, row.width, row.height], "area": area, "iscrowd": 0}


def _of_box(box: Box, row: ExportRow) -> Row:
    mask = {"size": [row.height, row.width], "counts": box.mask} if box.mask else []
    one = {"category_id": box.place + 1, "bbox": box.sides, "area": round(box.area, 3), "iscrowd": 0}
    return one | {"segmentation": mask} | ({} if box.score is None else {"score": round(box.score, 5)})


def _notes(content: Content) -> list[str]:
    return [] if content.boxes is None else labels_apart(content, "COCO")


COCO = Format(
    "COCO JSON",
    _place,
    _describe,
    lambda content: f"labels:{FILE}",
    holds_boxes=True,
    labels_in=lambda content: "" if content.boxes is None else MANIFEST,
    notes=_notes,
)
