"""Pascal VOC: an XML a picture, the pictures in one folder, and lists of names for the splits."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

from jobs.export.boxes import Box
from jobs.export.content import Content, Format, names_apart, split_folders
from jobs.export.notes import names_for_xml, of_boxes, xml_text
from jobs.export.plan import UNASSIGNED, Entry, ExportRow
from jobs.export.tables import MANIFEST, write_manifest

ANNOTATIONS, PICTURES, SETS = "Annotations", "JPEGImages", "ImageSets/Main"
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_GREY = ("L", "1", "I", "F", "I;16")


def _place(content: Content) -> list[Entry]:
    named = zip(content.entries, names_apart(content), strict=True)
    return [replace(entry, path=f"{PICTURES}/{name}") for entry, name in named]


def _describe(folder: Path, content: Content) -> None:
    (folder / ANNOTATIONS).mkdir()
    (folder / SETS).mkdir(parents=True)
    stems: dict[str | None, list[str]] = {}
    for entry in content.entries:
        name = entry.path.rpartition("/")[2]
        stem = name.rpartition(".")[0]
        stems.setdefault(entry.split, []).append(stem)
        root = _picture(content.row(entry), name, content.boxes_of(entry), content.box_names)
        ET.indent(root)
        (folder / ANNOTATIONS / f"{stem}.xml").write_bytes(ET.tostring(root, "utf-8"))
    folders = split_folders(content)
    for split, lines in stems.items():
        name = folders[split].rstrip("/") or UNASSIGNED
        (folder / SETS / f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    write_manifest(folder, content)


def _picture(row: ExportRow, name: str, boxes: list[Box], names: tuple[str, ...]) -> ET.Element:
    """A picture's annotation; corners are whole pixels, counted from 0 as most programs do today."""
    root = ET.Element("annotation")
    for tag, text in (("folder", PICTURES), ("filename", name)):
        ET.SubElement(root, tag).text = text
    size = ET.SubElement(root, "size")
    for tag, side in (("width", row.width), ("height", row.height), ("depth", 1 if row.mode in _GREY else 3)):
        ET.SubElement(size, tag).text = str(side)
    ET.SubElement(root, "segmented").text = "0"
    for box in boxes:
        entry = ET.SubElement(root, "object")
        ET.SubElement(entry, "name").text = xml_text(names[box.place])
        for tag, text in (("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            ET.SubElement(entry, tag).text = text
        corners = ET.SubElement(entry, "bndbox")
        for tag, side in zip(_CORNERS, whole_corners(box, row), strict=True):
            ET.SubElement(corners, tag).text = str(side)
    return root


def whole_corners(box: Box, row: ExportRow) -> tuple[int, int, int, int]:
    """A box in whole pixels of its picture, one at least each way."""
    left, top = min(round(box.x1), row.width - 1), min(round(box.y1), row.height - 1)
    return left, top, max(round(box.x2), left + 1), max(round(box.y2), top + 1)


def _notes(content: Content) -> list[str]:
    return [*of_boxes(content, "Pascal VOC"), *names_for_xml(content)]


VOC = Format(
    "Pascal VOC",
    _place,
    _describe,
    lambda content: f"voc:{ANNOTATIONS}",
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
)
