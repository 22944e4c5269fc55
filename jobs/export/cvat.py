"""CVAT for images 1.1: one XML with boxes, tags (labels of whole pictures) and subsets (splits)."""

import xml.etree.ElementTree as ET
from pathlib import Path

from jobs.export.content import Content, Format, place_in_image_folders
from jobs.export.notes import masks_left_out, names_for_xml, scores_left_out, xml_text
from jobs.export.plan import Entry
from jobs.export.tables import MANIFEST, write_manifest

FILE = "annotations.xml"


def _describe(folder: Path, content: Content) -> None:
    """Written picture by picture, whose number may be large."""
    with (folder / FILE).open("wb") as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n')
        file.write(ET.tostring(_meta(content), "utf-8") + b"\n")
        for number, entry in enumerate(content.entries):
            file.write(ET.tostring(_picture(content, entry, number), "utf-8") + b"\n")
        file.write(b"</annotations>\n")
    write_manifest(folder, content)


def _meta(content: Content) -> ET.Element:
    meta = ET.Element("meta")
    task = ET.SubElement(meta, "task")
    ET.SubElement(task, "name").text = xml_text(content.title)
    ET.SubElement(task, "size").text = str(len(content.entries))
    labels = ET.SubElement(task, "labels")
    for name in dict.fromkeys(xml_text(name) for name in (*content.box_names, *content.classes)):
        label = ET.SubElement(labels, "label")
        ET.SubElement(label, "name").text = name
        ET.SubElement(label, "attributes")
    return meta


def _picture(content: Content, entry: Entry, number: int) -> ET.Element:
    row = content.row(entry)
    sides = {"width": str(row.width), "height": str(row.height)}
    subset = {"subset": entry.split} if entry.split is not None else {}
    image = ET.Element("image", {"id": str(number), "name": entry.path, **subset, **sides})
    source = "manual" if content.boxes is None or content.boxes.is_truth else "auto"
    for box in content.boxes_of(entry):
        corners = zip(("xtl", "ytl", "xbr", "ybr"), (box.x1, box.y1, box.x2, box.y2), strict=True)
        said = {"label": xml_text(content.box_names[box.place]), "source": source, "occluded": "0"}
        ET.SubElement(image, "box", {**said, **{name: f"{side:.3f}" for name, side in corners}, "z_order": "0"})
    for label in content.labels(entry):
        ET.SubElement(image, "tag", {"label": xml_text(label), "source": "manual"})
    return image


def _notes(content: Content) -> list[str]:
    return [*scores_left_out(content, "CVAT"), *masks_left_out(content), *names_for_xml(content)]


CVAT = Format(
    "CVAT for images 1.1",
    place_in_image_folders,
    _describe,
    lambda content: f"cvat:{FILE}",
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
)
