"""LabelMe: a JSON beside each picture, with its boxes as shapes and its labels as flags; a folder for each split."""

import json
from pathlib import Path

from jobs.export.content import IMAGES, Content, Format, place_in_image_folders
from jobs.export.notes import masks_left_out, scores_left_out
from jobs.export.plan import Entry
from jobs.export.tables import MANIFEST, write_manifest

VERSION = "5.5.0"  # of the program whose files these are like


def _describe(folder: Path, content: Content) -> None:
    for entry in content.entries:
        text = json.dumps(_picture(content, entry), ensure_ascii=False, indent=1)
        (folder / f"{entry.path.rpartition('.')[0]}.json").write_text(text, encoding="utf-8")
    write_manifest(folder, content)


def _picture(content: Content, entry: Entry) -> dict[str, object]:
    row = content.row(entry)
    shapes: list[dict[str, object]] = [
        {
            "label": content.box_names[box.place],
            "points": [[round(box.x1, 3), round(box.y1, 3)], [round(box.x2, 3), round(box.y2, 3)]],
            "group_id": None,
            "description": "",
            "shape_type": "rectangle",
            "flags": {},
            "mask": None,
        }
        for box in content.boxes_of(entry)
    ]
    return {
        "version": VERSION,
        "flags": dict.fromkeys(content.labels(entry), True),
        "shapes": shapes,
        "imagePath": entry.path.rpartition("/")[2],
        "imageData": None,
        "imageHeight": row.height,
        "imageWidth": row.width,
    }


def _reading(content: Content) -> str:
    """An import calls such a set by the folder of its first file."""
    first = min((entry.path for entry in content.entries), default=f"{IMAGES}/")
    return f"labelme:{first.rpartition('/')[0]}"


def _notes(content: Content) -> list[str]:
    return [*scores_left_out(content, "LabelMe"), *masks_left_out(content)]


LABELME = Format(
    "LabelMe",
    place_in_image_folders,
    _describe,
    _reading,
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
)
