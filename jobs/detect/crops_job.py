"""The crops job: detected objects cut out of their pictures into a folder, which is then imported as a dataset.

FOLDER/<class>/<name of the picture>-<image id>-<number>.jpg, with the box each was cut from in the table `crop`.
"""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from PIL import Image

from importers.picture import PictureError, read_picture
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import FILES
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset, list_datasets
from store.detections import crops_done, land_crops, list_detection_runs, object_rows
from store.privacy import PEOPLE, privacy_of

SEGMENT_ROWS = 2048
QUALITY = 95
DEFAULTS: dict[str, object] = {
    "detection_run": 0,
    "class_name": "",
    "least_score": 0.5,
    "margin": 0.05,
    "least_side": 8,
    "name": "",
    "folder": "",
}
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


def compute(work: Work) -> dict[str, object]:
    """Cut every object of the todo out; a picture is read once."""
    folder = Path(str(work.parameters["folder"]))
    waiting: list[dict[str, object]] = []
    n_done = n_failed = 0
    for objects in _by_picture(work):
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


def _by_picture(work: Work) -> Iterator[list[dict[str, object]]]:
    """The objects of one picture after the other."""
    held: list[dict[str, object]] = []
    for piece in work.todo():
        for row in piece.to_pylist():
            if held and held[0]["image_id"] != row["image_id"]:
                yield held
                held = []
            held.append(row)
    if held:
        yield held


def _cut(objects: list[dict[str, object]], *, root: Path, folder: Path) -> list[dict[str, object]]:
    """Rows of _SCHEMA: one an object, or one for a picture that cannot be read."""
    try:
        picture = Image.fromarray(read_picture(root / str(objects[0]["path"])).pixels)
    except PictureError as error:
        return [{**_row(objects[0]), "reason": str(error)}]
    for each in objects:
        target = folder / str(each["crop_path"])
        target.parent.mkdir(parents=True, exist_ok=True)
        box = tuple(each[name] for name in ("left", "top", "right", "bottom"))
        picture.crop(box).save(target, "JPEG", quality=QUALITY, subsampling=0)
    return [{**_row(each), "reason": None} for each in objects]


def _row(each: dict[str, object]) -> dict[str, object]:
    names = ("image_id", "class_name", "score", "x1", "y1", "x2", "y2")
    return {name: each[name] for name in names} | {"path": each["crop_path"]}


def _with_margin(each: dict[str, object], *, margin: float) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = (float(each[name]) for name in ("x1", "y1", "x2", "y2"))
    x_more, y_more = margin * (x2 - x1), margin * (y2 - y1)
    low = np.floor(np.maximum([x1 - x_more, y1 - y_more], 0)).astype(int).tolist()
    high = np.ceil(np.minimum([x2 + x_more, y2 + y_more], [each["width"], each["height"]])).astype(int).tolist()
    return (*low, *high)


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-")[:80] or "object"


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    name = str(parameters["name"]).strip() or f"{dataset} objects"
    runs = {run.run_id: run for run in list_detection_runs(workspace, found.id)}
    wanted = int(parameters["detection_run"]) or next(iter(runs), 0)
    if wanted not in runs:
        known = ", ".join(map(str, runs)) or "none yet"
        raise UnknownParameter(f"crops: {dataset} has no finished detection {wanted} (runs: {known}).")
    if not 0 <= float(parameters["margin"]) <= 1:
        raise UnknownParameter(f"crops: margin must lie between 0 and 1, not {parameters['margin']}.")
    folder = str(parameters["folder"]) or str(
        workspace.root / "uploads" / f"crops-{_safe(name)}-{secrets.token_hex(3)}"
    )
    if any(each.name == name and each.root != folder for each in list_datasets(workspace)):
        raise UnknownParameter(f"crops: there is a dataset called {name!r} already; choose another name.")
    todo = _objects(workspace, found.id, run_id=wanted, parameters=parameters)
    privacy = privacy_of(workspace, found.id)
    if privacy is not None and privacy.blurs_people:
        todo = _without_people(todo)
    done, failed = crops_done(workspace, run_id)
    todo = todo.filter(pc.invert(pc.is_in(todo["crop_path"], value_set=pa.array(list(done), pa.string()))))
    todo = todo.filter(pc.invert(pc.is_in(todo["image_id"], value_set=pa.array(list(failed), pa.int64()))))
    chosen = {**parameters, "name": name, "detection_run": wanted, "folder": folder}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=runs[wanted].model)


def _objects(workspace: Workspace, dataset_id: int, *, run_id: int, parameters: dict[str, object]) -> pa.Table:
    """The objects to cut, by picture; raises NothingToDo where there is none."""
    table = object_rows(workspace, dataset_id, run_id=run_id, score=float(parameters["least_score"]))
    if parameters["class_name"]:
        table = table.filter(pc.equal(table["class_name"], str(parameters["class_name"])))
    if not table.num_rows:
        what = str(parameters["class_name"] or "object")
        raise NothingToDo(
            f"No {what} of run {run_id} scores {parameters['least_score']} or more: there is nothing to cut."
        )
    return _places(table, margin=float(parameters["margin"]), least_side=int(parameters["least_side"]))


def _places(table: pa.Table, *, margin: float, least_side: int) -> pa.Table:
    """The objects that are large enough, each with the box to cut (left, top, right, bottom) and its file."""
    rows, number, last = [], 0, None
    for row in table.drop_columns(["mask", "area"]).to_pylist():
        number = number + 1 if row["image_id"] == last else 1
        last = row["image_id"]
        left, top, right, bottom = _with_margin(row, margin=margin)
        if min(right - left, bottom - top) < least_side:
            continue
        name = f"{_safe(Path(row['path']).stem)}-{row['image_id']}-{number}.jpg"
        sides = {"left": left, "top": top, "right": right, "bottom": bottom}
        rows.append({**row, **sides, "crop_path": f"{_safe(row['class_name'])}/{name}"})
    if not rows:
        raise NothingToDo(f"All {table.num_rows:,} objects are smaller than {least_side} pixels.")
    return pa.Table.from_pylist(rows)


def _without_people(todo: pa.Table) -> pa.Table:
    """The objects that are no people, while those are to be blurred; raises NothingToDo where none is left."""
    is_person = pc.is_in(pc.utf8_lower(todo["class_name"]), value_set=pa.array(PEOPLE))
    left = todo.filter(pc.invert(is_person))
    if not left.num_rows:
        raise NothingToDo(
            "The people of this dataset are blurred; crops of them would show them. Turn the switch off first."
        )
    return left


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_crops(cursor, table, run_id=spec.run_id, detection_run=int(spec.parameters["detection_run"]))


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    done, _ = crops_done(workspace, spec.run_id)
    return {"n_crops": len(done), "folder": spec.parameters["folder"], "name": spec.parameters["name"]}


KIND = Kind("crops", FILES, DEFAULTS, _prepare, _land, _finish)
