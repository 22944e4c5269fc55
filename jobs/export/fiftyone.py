"""FiftyOne's plain JSON: labels.json (FiftyOneImageClassificationDataset) and detections.json beside data/.

The second is a FiftyOneImageDetectionDataset under another name: `labels_path` says which is meant.
"""

import json
from dataclasses import replace
from pathlib import Path

from jobs.export.boxes import Box
from jobs.export.content import Content, Format, names_apart, split_folders
from jobs.export.notes import masks_left_out
from jobs.export.plan import Entry, ExportRow
from jobs.export.tables import MANIFEST, write_manifest

DATA, LABELS, DETECTIONS = "data", "labels.json", "detections.json"


def _place(content: Content) -> list[Entry]:
    splits = split_folders(content)
    named = zip(content.entries, names_apart(content), strict=True)
    return [replace(entry, path=f"{DATA}/{splits[entry.split]}{name}") for entry, name in named]


def _describe(folder: Path, content: Content) -> None:
    """A picture is called by its path in data/ without its ending; those without a label are not in labels.json."""
    labels: dict[str, object] = {}
    for entry in content.entries:
        held = content.labels(entry)
        if held:
            labels[_key(entry)] = held if content.multi else held[0]
    _write(folder / LABELS, {"classes": list(content.classes), "labels": labels})
    boxes = content.boxes
    if boxes is not None:
        found = {
            _key(entry): [_detection(box, content.row(entry), boxes.names) for box in content.boxes_of(entry)]
            for entry in content.entries
            if boxes.has_looked_at(content.row(entry).image_id)
        }
        _write(folder / DETECTIONS, {"classes": list(boxes.names), "labels": found})
    write_manifest(folder, content)


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _key(entry: Entry) -> str:
    return entry.path.removeprefix(f"{DATA}/").rpartition(".")[0]


def _detection(box: Box, row: ExportRow, names: tuple[str, ...]) -> dict[str, object]:
    """Left, top, width and height in shares of the sides."""
    sides = (box.x1 / row.width, box.y1 / row.height, (box.x2 - box.x1) / row.width, (box.y2 - box.y1) / row.height)
    scored = {} if box.score is None else {"confidence": round(box.score, 5)}
    return {"label": names[box.place], "bounding_box": [round(side, 8) for side in sides], **scored}


def _notes(content: Content) -> list[str]:
    notes = masks_left_out(content)
    if content.has_splits:
        notes.append(
            f"FiftyOne's JSON has no place for splits: they are the folders in {DATA}, and stand in {MANIFEST}."
        )
    return notes


FIFTYONE = Format(
    "FiftyOne JSON",
    _place,
    _describe,
    lambda content: f"labels:{LABELS if content.boxes is None else DETECTIONS}",
    holds_boxes=True,
    labels_in=lambda content: MANIFEST,
    notes=_notes,
)
