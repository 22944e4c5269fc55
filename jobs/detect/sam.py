"""Masks for boxes that an earlier detection found: a new detection of the same objects, each with its outline."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from importers.picture import PictureError, read_picture
from importers.sources import Root
from jobs.detect.kind import DetectParameters
from jobs.engine.errors import UnknownParameter
from jobs.engine.kinds import Figures
from jobs.engine.worker import Work
from models.detector_catalogue import parse_detector
from store.connection import Workspace
from store.detections import DetectionRun, all_objects, detected_classes, list_detection_runs

if TYPE_CHECKING:
    from models.sam import Sam

BOXES = "boxes.npy"  # (n, 7) float64: image, class, score, x1, y1, x2, y2; whole numbers are exact to 2^53
Row = dict[str, Any]  # a picture of the todo, or what is published of it, by column
_COLUMNS = ("image_id", "class_index", "score", "x1", "y1", "x2", "y2")


def boxes_run(workspace: Workspace, dataset_id: int, *, run_id: int) -> DetectionRun:
    """The finished detection whose boxes are to be outlined; raises UnknownParameter, which names those there are."""
    runs = {run.run_id: run for run in list_detection_runs(workspace, dataset_id)}
    if run_id not in runs:
        numbers = ", ".join(map(str, runs)) or "none yet"
        raise UnknownParameter(
            f"detect: sam outlines the boxes of an earlier detection; name it with --boxes-run (finished: {numbers}), "
            f"not {run_id}."
        )
    return runs[run_id]


def write_boxes(workspace: Workspace, dataset_id: int, *, run_id: int, folder: Path) -> list[str]:
    """Leave a detection's boxes in a job's folder; the names of its classes, by index."""
    table = all_objects(workspace, dataset_id, run_id=run_id)
    columns = [table[name].to_numpy().astype(np.float64) for name in _COLUMNS]
    np.save(folder / BOXES, np.column_stack(columns).reshape(-1, len(_COLUMNS)))
    names = detected_classes(workspace, run_id)
    return [names.get(index, f"class {index}") for index in range(max(names, default=-1) + 1)]


def load_sam(parameters: DetectParameters) -> tuple["Sam", Figures]:
    """The network that was ordered, and what the run records of it."""
    from models.devices import best_device
    from models.sam import Sam

    device = best_device() if parameters.device == "auto" else parameters.device
    size = parse_detector(parameters.model).name
    sam = Sam(size, weights=parameters.weights, device=device, allow_download=parameters.download)
    return sam, {
        "backend": sam.backend,
        "device": device,
        "weights_source": sam.source,
        "weights_sha256": sam.sha256,
        "preprocess": "RGB, longer side to 1024 (bilinear); each box of the earlier detection is the prompt.",
    }


def outlined_rows(work: Work[DetectParameters], sam: "Sam") -> Iterator[Row]:
    """A row a picture, as detections are published: the same objects, with masks and the masks' areas."""
    boxes = np.load(work.folder.path / BOXES)
    boxes = boxes[np.argsort(boxes[:, 0], kind="stable")]
    for piece in work.todo():
        for image in piece.to_pylist():
            first, last = np.searchsorted(boxes[:, 0], [image["image_id"], image["image_id"] + 1])
            yield _row(work.root, sam, image, boxes[first:last])


def _row(root: Root, sam: "Sam", image: Row, own: np.ndarray) -> Row:
    from models import masks

    row = {"image_id": image["image_id"], "sha256": image["sha256"]}
    pairs: list[tuple[str, int]] = []
    if len(own):  # else there is nothing to outline, and the file need not be read
        try:
            picture = read_picture(root / image["path"], min_side=1024)
        except PictureError as problem:
            return {**row, "reason": str(problem)}
        outlines = sam.masks(picture.pixels, own[:, 3:], width=picture.width, height=picture.height)
        pairs = [masks.encode(mask) for mask in outlines]
    sides = {name: own[:, column].astype(np.float32) for column, name in enumerate(_COLUMNS) if column > 2}
    return {
        **row,
        "classes": own[:, 1].astype(np.int32),
        "scores": own[:, 2].astype(np.float32),
        **sides,
        "areas": np.array([area for _, area in pairs], np.float32),
        "masks": [code for code, _ in pairs],
    }
