"""The detection job: what is in each picture, as boxes in its own pixels (and masks), upright.

A row of its segments is a picture. What scores less than the floor is dropped, of boxes of one class on one object the
best is kept, and boxes are cut at the picture's edges; all three are recorded on the run.
"""

import dataclasses
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from analytics import coco_classes
from analytics.boxes import areas, clip, suppress
from importers.picture import PictureError, read_picture
from jobs.detect.coco_boxes import CocoBoxes, FileObjects, read_coco
from jobs.detect.parameters import COCO80, check_parameters, names_in_file, require_file
from jobs.detect.sam import BOXES, boxes_run, load_sam, outlined_rows, write_boxes
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from models.detector_catalogue import COCO_FILE, ONNX, SAM, parse_detector
from store.connection import Workspace
from store.datasets import find_dataset
from store.detections import images_to_detect, land_detections, run_figures

if TYPE_CHECKING:
    from models.detector import Detections, Detector

CLASSES = "classes.npy"
SEGMENT_ROWS = 1024
SEGMENT_SECONDS = 10.0
DEFAULTS: dict[str, object] = {
    "model": ONNX,
    "weights": "",
    "class_file": "",
    "names": "",
    "download": False,
    "device": "auto",
    "score_floor": 0.1,
    "nms_iou": 0.5,
    "most": 300,
    "values": "auto",
    "fit": "auto",
    "boxes_run": 0,
}
SCHEMA = pa.schema(
    [
        ("image_id", pa.int64()),
        ("sha256", pa.string()),
        ("reason", pa.string()),
        ("classes", pa.list_(pa.int32())),
        ("scores", pa.list_(pa.float32())),
        ("x1", pa.list_(pa.float32())),
        ("y1", pa.list_(pa.float32())),
        ("x2", pa.list_(pa.float32())),
        ("y2", pa.list_(pa.float32())),
        ("areas", pa.list_(pa.float32())),
        ("masks", pa.list_(pa.string())),
    ]
)


@dataclasses.dataclass
class Tally:
    """What a worker has seen so far. unnamed: classes beyond the names it was given."""

    n_done: int = 0
    n_failed: int = 0
    unnamed: set[int] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True)
class Objects:
    """What is kept of one picture: boxes (n, 4), scores, classes, areas (n,), masks (n) as run-length code or None."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    areas: np.ndarray
    masks: list[str | None]


def compute(work: Work) -> dict[str, object]:
    """Look at every picture of the todo, or take the boxes of a COCO file."""
    if work.parameters["model"] == COCO_FILE:
        return _from_file(work)
    if parse_detector(str(work.parameters["model"])).family == SAM:
        return _outlines(work)
    from models.detection import load_detector
    from models.detector import DetectorSettings
    from models.devices import best_device

    parameters = work.parameters
    settings = DetectorSettings(
        key=str(parameters["model"]),
        weights=str(parameters["weights"]),
        classes=_given_classes(work),
        device=best_device() if parameters["device"] == "auto" else str(parameters["device"]),
        allow_download=bool(parameters["download"]),
        score_floor=float(parameters["score_floor"]),
        values=str(parameters["values"]),
        fit=str(parameters["fit"]),
    )
    detector = load_detector(settings)
    info = detector.info
    work.log(f"{info.model}: {info.backend} on {info.device}, {info.weights_source}. {info.preprocess}")
    began = time.monotonic()
    tally = _detect_all(work, detector)
    seconds = time.monotonic() - began
    return {
        "n_classes": len(info.classes),
        "images_per_second": round(tally.n_done / seconds, 2) if seconds else None,
        "backend": info.backend,
        "device": info.device,
        "preprocess": info.preprocess,
        "weights_source": info.weights_source,
        "weights_sha256": info.weights_sha256,
    }


def kept_objects(
    found: "Detections | FileObjects", *, width: int, height: int, parameters: dict[str, object]
) -> Objects:
    """What counts of the objects found in a picture: those above the floor, one an object, cut at the edges."""
    from models import masks

    boxes = clip(np.nan_to_num(found.boxes), width=width, height=height)
    counts = (found.scores >= float(parameters["score_floor"])) & (areas(boxes) > 0) & (found.classes >= 0)
    rows = np.flatnonzero(counts)
    best = suppress(
        found.boxes[rows],
        found.scores[rows],
        found.classes[rows],
        max_overlap=float(parameters["nms_iou"]),
        most=int(parameters["most"]),
    )
    rows = rows[best]
    codes: list[str | None] = [None] * len(rows)
    sizes = areas(boxes[rows]).astype(np.float32)
    for place, row in enumerate(rows if found.masks is not None else ()):
        mask = found.masks[row]
        whole = mask if mask.shape == (height, width) else None
        if whole is None:
            whole = masks.pasted(mask, found.boxes[row], width=width, height=height)
        codes[place], sizes[place] = masks.encode(whole)
    return Objects(boxes[rows], found.scores[rows], found.classes[rows], sizes, codes)


def _detect_all(work: Work, detector: "Detector") -> Tally:
    from models.detect_stream import ScannedPicture, iter_detections

    sha256_of: dict[int, str] = {}

    def read(path: Path, min_side: int) -> tuple[np.ndarray, int, int]:
        picture = read_picture(path, min_side=min_side)
        return picture.pixels, picture.width, picture.height

    def row_of(picture: ScannedPicture) -> dict[str, object]:
        row = {"image_id": picture.image_id, "sha256": sha256_of.pop(picture.image_id)}
        if picture.detections is None:
            return {**row, "reason": picture.reason}
        size = {"width": picture.width, "height": picture.height}
        return {**row, **_lists(kept_objects(picture.detections, parameters=work.parameters, **size))}

    rows = iter_detections(
        _items(work, sha256_of),
        read=read,
        detector=detector,
        n_threads=max(1, os.cpu_count() or 1),
        then=row_of,
        failure=PictureError,
    )
    message = f"Looking with {detector.info.model} ({detector.info.backend})"
    return _publish_all(work, rows, names=detector.info.classes, message=message)


def _publish_all(work: Work, rows: Iterator[dict[str, object]], *, names: tuple[str, ...], message: str) -> Tally:
    tally, waiting, published_at = Tally(), [], time.monotonic()
    for row in rows:
        _count(tally, row, n_names=len(names))
        waiting.append(row)
        if len(waiting) >= SEGMENT_ROWS or time.monotonic() - published_at > SEGMENT_SECONDS:
            _publish(work, waiting, names=names, unnamed=tally.unnamed)
            waiting, published_at = [], time.monotonic()
        work.report(tally.n_done, failed=tally.n_failed, message=message)
    _publish(work, waiting, names=names, unnamed=tally.unnamed)
    work.report(tally.n_done, failed=tally.n_failed, message="Looked at all")
    return tally


def _items(work: Work, sha256_of: dict[int, str]) -> Iterator[tuple[int, Path]]:
    for piece in work.todo():
        columns = (piece[name].to_pylist() for name in ("image_id", "path", "sha256"))
        for image_id, path, sha256 in zip(*columns, strict=True):
            sha256_of[image_id] = sha256
            yield image_id, work.root / path


def _lists(kept: Objects) -> dict[str, object]:
    sides = {name: kept.boxes[:, column] for column, name in enumerate(("x1", "y1", "x2", "y2"))}
    return {"classes": kept.classes, "scores": kept.scores, **sides, "areas": kept.areas, "masks": kept.masks}


def _count(tally: Tally, row: dict[str, object], *, n_names: int) -> None:
    tally.n_done += 1
    if row.get("reason") is not None:
        tally.n_failed += 1
        return
    tally.unnamed |= {int(index) for index in row["classes"] if index >= n_names}


def _publish(work: Work, rows: list[dict[str, object]], *, names: tuple[str, ...], unnamed: set[int]) -> None:
    if not rows:
        return
    known = dict(enumerate(names)) | {index: f"class {index}" for index in sorted(unnamed)}
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    work.publish(table.replace_schema_metadata({"classes": json.dumps(known)}))


def _from_file(work: Work) -> dict[str, object]:
    """The boxes of a COCO file, picture by picture; pictures that the file does not name are not looked at."""
    boxes = read_coco(Path(str(work.parameters["weights"])).expanduser())

    def rows() -> Iterator[dict[str, object]]:
        for piece in work.todo():
            for image in piece.to_pylist():
                yield _file_row(boxes, image, parameters=work.parameters)

    tally = _publish_all(work, rows(), names=boxes.names, message="Reading boxes")
    if tally.n_failed == tally.n_done:
        raise NothingToDo(
            f"None of the {tally.n_done:,} pictures of {work.spec.dataset} is named in {boxes.title}: its file_name "
            f"entries, such as {boxes.example!r}, must be paths or file names of this dataset."
        )
    source = f"file {work.parameters['weights']}"
    return {"n_classes": len(boxes.names), "is_truth": boxes.is_truth, "weights_source": source}


def _file_row(boxes: CocoBoxes, image: dict[str, object], *, parameters: dict[str, object]) -> dict[str, object]:
    row = {"image_id": image["image_id"], "sha256": image["sha256"]}
    width, height = int(image["width"]), int(image["height"])
    found = boxes.of(str(image["path"]), width=width, height=height)
    if found is None:
        return {**row, "reason": f"{boxes.title} does not name this picture."}
    asked = {**parameters, "nms_iou": 1.0, "most": 1_000_000}
    return {**row, **_lists(kept_objects(found, width=width, height=height, parameters=asked))}


def _outlines(work: Work) -> dict[str, object]:
    """The objects of an earlier detection again, each with its mask and the mask's area."""
    sam, about = load_sam(work)
    names = _given_classes(work)
    _publish_all(work, outlined_rows(work, sam), names=names, message="Outlining with Segment Anything")
    return {"n_classes": len(names), **about, "boxes_run": work.parameters["boxes_run"]}


def _given_classes(work: Work) -> tuple[str, ...]:
    path = work.folder.path / CLASSES
    if path.is_file():
        return tuple(np.load(path).tolist())
    if work.parameters["names"] != COCO80:
        return ()
    return coco_classes.COCO80


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    key = parse_detector(str(parameters["model"]))
    check_parameters(parameters)
    if key.family in (ONNX, COCO_FILE):
        require_file(parameters, what="a COCO file" if key.family == COCO_FILE else "an ONNX file")
    names = names_in_file(str(parameters["class_file"]))
    found = find_dataset(workspace, dataset)
    if key.family == SAM:
        before = boxes_run(workspace, found.id, run_id=int(parameters["boxes_run"])).parameters
        parameters = parameters | {name: before[name] for name in ("score_floor", "nms_iou", "most") if name in before}
    todo = images_to_detect(workspace, found.id, run_id=run_id)

    def write_inputs(folder: Path) -> None:
        listed = names
        if key.family == SAM:
            listed = write_boxes(workspace, found.id, run_id=int(parameters["boxes_run"]), folder=folder)
        if listed:
            np.save(folder / CLASSES, np.array(listed))

    return Prepared(
        found.id, found.name, found.root, todo, parameters, model=str(parameters["model"]), write_inputs=write_inputs
    )


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    names = json.loads((table.schema.metadata or {})[b"classes"])
    land_detections(cursor, table, names={int(index): name for index, name in names.items()}, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    for name in (CLASSES, BOXES):
        (job_folder(workspace.root, spec.id).path / name).unlink(missing_ok=True)
    whole = run_figures(workspace, spec.run_id)  # of all attempts, where a worker knows its own
    return {**whole, "score_floor": spec.parameters["score_floor"], "nms_iou": spec.parameters["nms_iou"]}


KIND = Kind("detect", COMPUTE, DEFAULTS, _prepare, _land, _finish)
