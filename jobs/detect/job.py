"""The detection job: what is in each picture, as boxes in its own pixels (and masks), upright.

A row of its segments is a picture. What scores less than the floor is dropped, of boxes of one class on one object the
best is kept, and boxes are cut at the picture's edges; all three are recorded on the run.
"""

import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics import coco_classes
from analytics.boxes import areas, clip, suppress
from analytics.wording import count
from importers.picture import PictureError, read_picture
from importers.sources import PicturePath, reading_threads
from jobs.detect.coco_boxes import CocoBoxes, FileObjects, PictureRefused
from jobs.detect.kind import COCO80, DetectParameters
from jobs.detect.marked import ANNOTATIONS, Imported, read_marked
from jobs.detect.order_files import names_in_file, require_file
from jobs.detect.sam import BOXES, Row, boxes_run, load_sam, outlined_rows, write_boxes
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from models.detector_catalogue import AS_ANNOTATED, COCO_FILE, MARKED, ONNX, SAM, parse_detector
from store.connection import Workspace
from store.datasets import find_dataset
from store.detections import images_to_detect, land_detections, pictures_of, run_figures

if TYPE_CHECKING:
    from models.detector import Detections, Detector

CLASSES = "classes.npy"
PICTURES_LISTED = "pictures.parquet"
SEGMENT_ROWS = 1024
SEGMENT_SECONDS = 10.0
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


@dataclasses.dataclass(frozen=True)
class Limits:
    """What counts of a picture's objects. max_objects None: as many as there are."""

    score_floor: float
    nms_iou: float
    max_objects: int | None


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


def compute(work: Work[DetectParameters]) -> Figures:
    """Look at every picture of the todo, or take boxes that were marked before."""
    if work.parameters.model in MARKED:
        return _from_file(work)
    if parse_detector(work.parameters.model).family == SAM:
        return _outlines(work)
    from models.detection import load_detector
    from models.detector import DetectorSettings
    from models.devices import best_device

    parameters = work.parameters
    settings = DetectorSettings(
        key=parameters.model,
        weights=parameters.weights,
        classes=_given_classes(work),
        device=best_device() if parameters.device == "auto" else parameters.device,
        allow_download=parameters.download,
        score_floor=parameters.score_floor,
        values=parameters.values,
        fit=parameters.fit,
    )
    detector = work.once("detector", lambda: load_detector(settings))
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


def kept_objects(objects: "Detections | FileObjects", *, width: int, height: int, limits: Limits) -> Objects:
    """What counts of the objects found in a picture: those above the floor, one an object, cut at the edges."""
    from models import masks

    boxes = clip(np.nan_to_num(objects.boxes), width=width, height=height)
    counts = (objects.scores >= limits.score_floor) & (areas(boxes) > 0) & (objects.classes >= 0)
    rows = np.flatnonzero(counts)
    best = suppress(
        objects.boxes[rows],
        objects.scores[rows],
        objects.classes[rows],
        max_overlap=limits.nms_iou,
        max_boxes=limits.max_objects,
    )
    rows = rows[best]
    codes: list[str | None] = [None] * len(rows)
    sizes = areas(boxes[rows]).astype(np.float32)
    for n, row in enumerate(rows.tolist()):
        if objects.masks is None:
            break
        mask = objects.masks[row]
        if mask is None:
            continue
        whole = mask if mask.shape == (height, width) else None
        if whole is None:
            whole = masks.pasted(mask, objects.boxes[row], width=width, height=height)
        codes[n], sizes[n] = masks.encode(whole)
    return Objects(boxes[rows], objects.scores[rows], objects.classes[rows], sizes, codes)


def _detect_all(work: Work[DetectParameters], detector: "Detector") -> Tally:
    from models.detect_stream import ScannedPicture, iter_detections

    sha256_of: dict[int, str] = {}
    id_of: dict[PicturePath, int] = {}
    parameters = work.parameters
    limits = Limits(parameters.score_floor, parameters.nms_iou, parameters.max_objects)

    def read(path: PicturePath, min_side: int) -> tuple[np.ndarray, int, int]:
        with work.touching(id_of.pop(path, -1)):
            picture = read_picture(path, min_side=min_side)
        return picture.pixels, picture.width, picture.height

    def row_of(picture: ScannedPicture) -> Row:
        row = {"image_id": picture.image_id, "sha256": sha256_of.pop(picture.image_id)}
        if picture.detections is None:
            return {**row, "reason": picture.reason}
        objects = kept_objects(picture.detections, width=picture.width, height=picture.height, limits=limits)
        return {**row, **_lists(objects)}

    rows = iter_detections(
        _items(work, sha256_of, id_of),
        read=read,
        detector=detector,
        n_threads=reading_threads(work.root, n_cores=work.n_cores),
        then=row_of,
        failure=PictureError,
    )
    message = f"Looking with {detector.info.model} ({detector.info.backend})"
    return _publish_all(work, rows, names=detector.info.classes, message=message)


def _publish_all(work: Work[DetectParameters], rows: Iterator[Row], *, names: tuple[str, ...], message: str) -> Tally:
    tally, published_at = Tally(), time.monotonic()
    waiting: list[Row] = []
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


def _items(
    work: Work[DetectParameters], sha256_of: dict[int, str], id_of: dict[PicturePath, int]
) -> Iterator[tuple[int, PicturePath]]:
    for piece in work.todo():
        columns = (piece[name].to_pylist() for name in ("image_id", "path", "sha256"))
        for image_id, path, sha256 in zip(*columns, strict=True):
            sha256_of[image_id] = sha256
            picture = work.root / path
            id_of[picture] = image_id
            yield image_id, picture


def _lists(kept: Objects) -> Row:
    sides = {name: kept.boxes[:, column] for column, name in enumerate(("x1", "y1", "x2", "y2"))}
    return {"classes": kept.classes, "scores": kept.scores, **sides, "areas": kept.areas, "masks": kept.masks}


def _count(tally: Tally, row: Row, *, n_names: int) -> None:
    tally.n_done += 1
    tally.n_failed += row.get("reason") is not None
    if row.get("classes") is None:
        return
    tally.unnamed |= {int(index) for index in row["classes"] if index >= n_names}


def _publish(work: Work[DetectParameters], rows: list[Row], *, names: tuple[str, ...], unnamed: set[int]) -> None:
    if not rows:
        return
    classes = dict(enumerate(names)) | {index: f"class {index}" for index in sorted(unnamed)}
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    work.publish(table.replace_schema_metadata({"classes": json.dumps(classes)}))


def _from_file(work: Work[DetectParameters]) -> Figures:
    """Boxes that were marked before, picture by picture; pictures that are not named there are not looked at."""
    pictures = _all_pictures(work)
    file, found = read_marked(work, pictures)
    boxes = found.boxes
    if not boxes.n_usable and file.n_usable:
        raise NothingToDo(
            f"{boxes.title} names {count(found.n_named, 'picture')} of {work.spec.dataset}, and has no usable "
            f"annotation of any of them; its {count(file.n_usable, 'annotation')} are of other pictures."
        )

    def rows() -> Iterator[Row]:
        for piece in work.todo():
            for image in piece.to_pylist():
                yield _file_row(boxes, image, score_floor=work.parameters.score_floor)

    _publish_all(work, rows(), names=boxes.names, message="Reading boxes")
    for sentence in found.sentences():
        work.log(sentence)
    return {
        "n_classes": len(boxes.names),
        "is_truth": boxes.is_truth,
        "weights_source": f"file {work.parameters.weights}" if work.parameters.weights else boxes.title,
        **found.figures(),
    }


def _all_pictures(work: Work[DetectParameters]) -> pa.Table:
    """path, width, height of all pictures of the dataset, those that are done included: names are unique among all."""
    listed = work.folder.path / PICTURES_LISTED
    if listed.is_file():
        return pq.read_table(listed)
    return pa.concat_tables([piece.select(["path", "width", "height"]) for piece in work.todo()])


def _file_row(boxes: CocoBoxes, image: Row, *, score_floor: float) -> Row:
    row = {"image_id": image["image_id"], "sha256": image["sha256"]}
    width, height = int(image["width"]), int(image["height"])
    try:
        objects = boxes.of(image["path"], width=width, height=height)
    except PictureRefused as error:
        return {**row, "reason": str(error)}
    if objects is None:
        return {**row, "reason": f"{boxes.title} does not name this picture."}
    limits = Limits(score_floor, nms_iou=1.0, max_objects=None)
    kept = kept_objects(objects, width=width, height=height, limits=limits)
    return {**row, **_lists(kept), "reason": objects.problem}


def _outlines(work: Work[DetectParameters]) -> Figures:
    """The objects of an earlier detection again, each with its mask and the mask's area."""
    sam, about = work.once("sam", lambda: load_sam(work.parameters))
    names = _given_classes(work)
    _publish_all(work, outlined_rows(work, sam), names=names, message="Outlining with Segment Anything")
    return {"n_classes": len(names), **about, "boxes_run": work.parameters.boxes_run}


def _given_classes(work: Work[DetectParameters]) -> tuple[str, ...]:
    path = work.folder.path / CLASSES
    if path.is_file():
        return tuple(np.load(path).tolist())
    if work.parameters.names != COCO80:
        return ()
    return coco_classes.COCO80


def prepare(
    workspace: Workspace, dataset_name: str, parameters: DetectParameters, run_id: int
) -> Prepared[DetectParameters]:
    """Take the kept pictures that the run has not looked at; of sam, the boxes to outline come along.

    Raises UnknownModel for a detector that is not known, UnknownParameter for a file or a detection that is not there.
    """
    key = parse_detector(parameters.model)
    if key.family in (ONNX, COCO_FILE):
        require_file(parameters, what="a COCO file" if key.family == COCO_FILE else "an ONNX file")
    names = names_in_file(parameters.class_file)
    dataset = find_dataset(workspace, dataset_name)
    imported = Imported.of(dataset) if key.family == AS_ANNOTATED else None
    if key.family == AS_ANNOTATED:
        if imported is None:
            raise NothingToDo(
                f"{dataset.name} was imported without annotations that say where objects are. Import its folder again "
                "if there are some now."
            )
        parameters = parameters.changed(mark=imported.mark)
    if key.family == SAM:
        before = boxes_run(workspace, dataset.id, run_id=parameters.boxes_run).parameters
        kept = {name: before[name] for name in ("score_floor", "nms_iou") if name in before}
        limit = before.get("max_objects", before.get("most"))
        parameters = parameters.changed(**kept, **({} if limit is None else {"max_objects": limit}))
    todo = images_to_detect(workspace, dataset.id, run_id=run_id)

    def write_inputs(folder: Path) -> None:
        listed = names
        if key.family == SAM:
            listed = write_boxes(workspace, dataset.id, run_id=parameters.boxes_run, folder=folder)
        if listed:
            np.save(folder / CLASSES, np.array(listed))
        if imported is not None:
            imported.leave(folder)
        if key.family in MARKED:
            pq.write_table(pictures_of(workspace, dataset.id), folder / PICTURES_LISTED)

    model = parameters.model
    return Prepared(dataset.id, dataset.name, dataset.root, todo, parameters, model=model, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[DetectParameters], table: pa.Table) -> None:
    """Take a segment's objects into the file."""
    names = json.loads((table.schema.metadata or {})[b"classes"])
    land_detections(cursor, table, names={int(index): name for index, name in names.items()}, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[DetectParameters]) -> Figures:
    """Clear the worker's inputs away; how much was found in all."""
    for name in (CLASSES, BOXES, PICTURES_LISTED, ANNOTATIONS):
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    whole = run_figures(workspace, job.run_id)  # of all attempts, where a worker knows its own
    return {**vars(whole), "score_floor": job.parameters.score_floor, "nms_iou": job.parameters.nms_iou}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
