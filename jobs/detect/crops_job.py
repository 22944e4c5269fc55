"""The crops job: detected objects cut out of their pictures into a folder, which is then imported as a dataset.

FOLDER/<class>/<name of the picture>-<image id>-<number>.jpg, with the box each was cut from in the table `crop`.
"""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

from importers.picture import PictureError, read_picture
from importers.sources import Root
from jobs.detect.crops_kind import CropsParameters
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset, list_datasets
from store.detections import crops_done, land_crops, list_detection_runs, object_rows
from store.privacy import PEOPLE, people_in, privacy_of

SEGMENT_ROWS = 2048
QUALITY = 95
Row = dict[str, Any]  # an object of the todo, or a row of _SCHEMA, by column
_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("image_id", pa.int64()),
        ("class_name", pa.string()),
        ("score", pa.float32()),
        ("x1", pa.float32()),
        ("y1", pa.float32()),
        ("x2", pa.float32()),
        ("y2", pa.float32()),
        ("reason", pa.string()),
    ]
)


def compute(work: Work[CropsParameters]) -> Figures:
    """Cut every object of the todo out; a picture is read once."""
    folder = Path(work.parameters.folder)
    waiting: list[Row] = []
    n_done = n_failed = 0
    for objects in _by_picture(work):
        with work.touching(int(objects[0]["image_id"])):
            rows = _cut(objects, root=work.root, folder=folder)
        waiting += rows
        n_done += len(objects)
        n_failed += sum(row["reason"] is not None for row in rows)
        if len(waiting) >= SEGMENT_ROWS:
            work.publish(pa.Table.from_pylist(waiting, schema=_SCHEMA))
            waiting = []
        work.report(n_done, failed=n_failed, message="Cutting out")
    if waiting:
        work.publish(pa.Table.from_pylist(waiting, schema=_SCHEMA))
    work.report(n_done, failed=n_failed, message="Cut out")
    return {"n_unread": n_failed}


def _by_picture(work: Work[CropsParameters]) -> Iterator[list[Row]]:
    """The objects of one picture after the other."""
    held: list[Row] = []
    for piece in work.todo():
        for row in piece.to_pylist():
            if held and held[0]["image_id"] != row["image_id"]:
                yield held
                held = []
            held.append(row)
    if held:
        yield held


def _cut(objects: list[Row], *, root: Root, folder: Path) -> list[Row]:
    """Rows of _SCHEMA: one an object, or one for a picture that cannot be read."""
    try:
        picture = Image.fromarray(read_picture(root / str(objects[0]["path"])).pixels)
    except PictureError as error:
        return [{**_row(objects[0]), "reason": str(error)}]
    for each in objects:
        target = folder / str(each["crop_path"])
        target.parent.mkdir(parents=True, exist_ok=True)
        box = (each["left"], each["top"], each["right"], each["bottom"])
        picture.crop(box).save(target, "JPEG", quality=QUALITY, subsampling=0)
    return [{**_row(each), "reason": None} for each in objects]


def _row(each: Row) -> Row:
    names = ("image_id", "class_name", "score", "x1", "y1", "x2", "y2")
    return {name: each[name] for name in names} | {"path": each["crop_path"]}


def _with_margin(each: Row, *, margin: float) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (float(each[name]) for name in ("x1", "y1", "x2", "y2"))
    x_more, y_more = margin * (x2 - x1), margin * (y2 - y1)
    left, top = np.floor(np.maximum([x1 - x_more, y1 - y_more], 0)).astype(int).tolist()
    right, bottom = (
        np.ceil(np.minimum([x2 + x_more, y2 + y_more], [each["width"], each["height"]])).astype(int).tolist()
    )
    return left, top, right, bottom


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "object"


def prepare(
    workspace: Workspace, dataset_name: str, parameters: CropsParameters, run_id: int
) -> Prepared[CropsParameters]:
    """Take the objects that count and are not cut out yet; of the people that are blurred, none.

    Raises UnknownParameter for a detection that is not there or a name that is taken, NothingToDo without an object.
    """
    dataset = find_dataset(workspace, dataset_name)
    name = parameters.name.strip() or f"{dataset_name} objects"
    runs = {run.run_id: run for run in list_detection_runs(workspace, dataset.id)}
    detection_run = parameters.detection_run or next(iter(runs), 0)
    if detection_run not in runs:
        numbers = ", ".join(map(str, runs)) or "none yet"
        raise UnknownParameter(f"crops: {dataset_name} has no finished detection {detection_run} (runs: {numbers}).")
    folder = parameters.folder or str(workspace.root / "uploads" / f"crops-{_safe(name)}-{secrets.token_hex(3)}")
    if any(each.name == name and each.root != folder for each in list_datasets(workspace)):
        raise UnknownParameter(f"crops: there is a dataset called {name!r} already; choose another name.")
    todo = _objects(workspace, dataset.id, run_id=detection_run, parameters=parameters)
    todo = _without_people(workspace, dataset.id, todo)
    done, failed = crops_done(workspace, run_id)
    todo = todo.filter(pc.invert(pc.is_in(todo["crop_path"], value_set=pa.array(list(done), pa.string()))))
    todo = todo.filter(pc.invert(pc.is_in(todo["image_id"], value_set=pa.array(list(failed), pa.int64()))))
    chosen = parameters.changed(name=name, detection_run=detection_run, folder=folder)
    return Prepared(dataset.id, dataset.name, dataset.root, todo, chosen, model=runs[detection_run].model)


def _objects(workspace: Workspace, dataset_id: int, *, run_id: int, parameters: CropsParameters) -> pa.Table:
    """The objects to cut, by picture; raises NothingToDo where there is none."""
    table = object_rows(workspace, dataset_id, run_id=run_id, score=parameters.min_score)
    if parameters.class_name:
        table = table.filter(pc.equal(table["class_name"], parameters.class_name))
    if not table.num_rows:
        what = parameters.class_name or "object"
        raise NothingToDo(f"No {what} of run {run_id} scores {parameters.min_score} or more: there is nothing to cut.")
    return _cuts(table, margin=parameters.margin, min_side=parameters.min_side)


def _cuts(table: pa.Table, *, margin: float, min_side: int) -> pa.Table:
    """The objects that are large enough, each with the box to cut (left, top, right, bottom) and its file."""
    rows: list[Row] = []
    number, last = 0, None
    for row in table.drop_columns(["mask", "area"]).to_pylist():
        number = number + 1 if row["image_id"] == last else 1
        last = row["image_id"]
        left, top, right, bottom = _with_margin(row, margin=margin)
        if min(right - left, bottom - top) < min_side:
            continue
        name = f"{_safe(Path(row['path']).stem)}-{row['image_id']}-{number}.jpg"
        sides = {"left": left, "top": top, "right": right, "bottom": bottom}
        rows.append({**row, **sides, "crop_path": f"{_safe(row['class_name'])}/{name}"})
    if not rows:
        raise NothingToDo(f"No object of {table.num_rows:,} has sides of {min_side} pixels or more.")
    return pa.Table.from_pylist(rows)


def _without_people(workspace: Workspace, dataset_id: int, todo: pa.Table) -> pa.Table:
    """The objects that are no people where those are to be blurred; raises NothingToDo where none is left.

    Of a picture that is known from another dataset and blurred whole there nothing is cut out.
    """
    hidden = people_in(workspace, dataset_id, image_ids=todo["image_id"].unique().to_pylist())
    if hidden is None:
        return todo
    is_person = pc.is_in(pc.utf8_lower(todo["class_name"]), value_set=pa.array(PEOPLE))
    privacy = privacy_of(workspace, dataset_id)
    if privacy is None or not privacy.blurs_people:
        whole = [image_id for image_id, boxes in hidden.items() if boxes is None]
        some = [image_id for image_id, boxes in hidden.items() if boxes is not None and len(boxes)]
        is_person = pc.and_(is_person, pc.is_in(todo["image_id"], value_set=pa.array(some, pa.int64())))
        is_person = pc.or_(is_person, pc.is_in(todo["image_id"], value_set=pa.array(whole, pa.int64())))
    left = todo.filter(pc.invert(is_person))
    if not left.num_rows:
        raise NothingToDo(
            "The people of this dataset are blurred, by its own switch or by that of one that holds the same pictures; "
            "crops of them would show them. Turn the switch off first."
        )
    return left


def land(cursor: duckdb.DuckDBPyConnection, job: Job[CropsParameters], table: pa.Table) -> None:
    """Take the crops' origins into the file."""
    land_crops(cursor, table, run_id=job.run_id, detection_run=job.parameters.detection_run)


def finish(workspace: Workspace, job: Job[CropsParameters]) -> Figures:
    """How many crops there are, where, and what their dataset is to be called."""
    done, _ = crops_done(workspace, job.run_id)
    return {"n_crops": len(done), "folder": job.parameters.folder, "name": job.parameters.name}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
