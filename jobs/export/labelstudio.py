"""Label Studio: tasks.json, with boxes in hundredths of the sides and labels as choices, and what it is to show.

What people marked are annotations; what a detector found are predictions, which Label Studio offers for correction.
"""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote

from jobs.export.boxes import Box
from jobs.export.content import Content, Format, place_in_image_folders
from jobs.export.notes import masks_left_out, names_for_xml, xml_text
from jobs.export.plan import Entry, ExportRow
from jobs.export.tables import MANIFEST, write_manifest

FILE, CONFIG = "tasks.json", "config.xml"
_LOCAL = "/data/local-files/?d="  # below the folder that Label Studio was told to serve
Result = dict[str, object]


def _describe(folder: Path, content: Content) -> None:
    """Written task by task, whose number may be large."""
    with (folder / FILE).open("w", encoding="utf-8") as file:
        for number, entry in enumerate(content.entries, start=1):
            file.write("[\n" if number == 1 else ",\n")
            json.dump(_task(content, entry, number), file, ensure_ascii=False)
        file.write("\n]\n" if content.entries else "[]\n")
    config = _config(content)
    ET.indent(config)
    (folder / CONFIG).write_bytes(ET.tostring(config, "utf-8"))
    write_manifest(folder, content)


def _task(content: Content, entry: Entry, number: int) -> dict[str, object]:
    row, labels = content.row(entry), content.labels(entry)
    choices: list[Result] = (
        [{"id": f"{number}-0", **_said("label", "choices"), "value": {"choices": labels}}] if labels else []
    )
    boxes = [
        _box(box, row, f"{number}-{n}", content.box_names) for n, box in enumerate(content.boxes_of(entry), start=1)
    ]
    is_truth = content.boxes is None or content.boxes.is_truth
    answered = choices + (boxes if is_truth else [])
    task = {
        "id": number,
        "data": {"image": _LOCAL + quote(entry.path), **({"split": entry.split} if entry.split else {})},
        "annotations": [{"result": answered}] if answered else [],
    }
    if is_truth or content.boxes is None:
        return task
    return task | {"predictions": [{"model_version": f"detection run {content.boxes.run_id}", "result": boxes}]}


def _box(box: Box, row: ExportRow, key: str, names: tuple[str, ...]) -> Result:
    across, down = 100 / row.width, 100 / row.height
    value = {
        "x": round(box.x1 * across, 6),
        "y": round(box.y1 * down, 6),
        "width": round((box.x2 - box.x1) * across, 6),
        "height": round((box.y2 - box.y1) * down, 6),
        "rotation": 0,
        "rectanglelabels": [names[box.place]],
    }
    sides = {"original_width": row.width, "original_height": row.height, "image_rotation": 0}
    scored = {} if box.score is None else {"score": round(box.score, 5)}
    return {"id": key, **_said("box", "rectanglelabels"), **sides, "value": value, **scored}


def _said(name: str, kind: str) -> Result:
    return {"type": kind, "from_name": name, "to_name": "image"}


def _config(content: Content) -> ET.Element:
    """What Label Studio shows: the picture, its classes to choose from, and those of boxes."""
    view = ET.Element("View")
    ET.SubElement(view, "Image", {"name": "image", "value": "$image"})
    choice = "multiple" if content.multi else "single"
    if content.classes:
        choices = ET.SubElement(view, "Choices", {"name": "label", "toName": "image", "choice": choice})
        for name in content.classes:
            ET.SubElement(choices, "Choice", {"value": xml_text(name)})
    if content.box_names:
        labels = ET.SubElement(view, "RectangleLabels", {"name": "box", "toName": "image"})
        for name in content.box_names:
            ET.SubElement(labels, "Label", {"value": xml_text(name)})
    return view


def _notes(content: Content) -> list[str]:
    return [*masks_left_out(content), *names_for_xml(content)]


LABELSTUDIO = Format(
    "Label Studio",
    place_in_image_folders,
    _describe,
    lambda content: f"labels:{FILE}",
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
)
