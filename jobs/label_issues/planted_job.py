"""The planted-labels job: the label check on a copy of the labels with wrong ones in it, to see what it finds of them.

The copy lives in the worker's memory: neither the data nor any result of a label check changes.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.errors import AnalyticsError
from analytics.planting import Found, Planted, curve, found, plant
from analytics.projection import unusable
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import COMPUTE
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.label_issues import job
from jobs.label_issues.judge import Judged, judge
from store.connection import Workspace
from store.label_issues import list_label_runs
from store.review import doubted_before

ELIGIBLE, CONFUSIONS = "eligible.npy", "confusions.npy"
_OWN: dict[str, object] = {"share": 0.03, "most": 1000}
_GIVEN = ("predictions", "predictions_run")  # probabilities made elsewhere know nothing of what is planted here
_CHECKS = {name: value for name, value in job.DEFAULTS.items() if name not in _GIVEN}
DEFAULTS = {**_CHECKS, **_OWN}


def compute(work: Work) -> dict[str, object]:
    """Plant, judge, and count what was found."""
    todo = pa.concat_tables(work.todo())
    folder = work.folder.path
    vectors = np.load(folder / job.VECTORS, mmap_mode="r")
    model, *classes = np.load(folder / job.ABOUT).tolist()
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(todo.num_rows), list(left_out))
    usable = todo.take(rows)
    planted = _planted(work, usable, eligible=np.load(folder / ELIGIBLE)[rows], confusions=np.load(folder / CONFUSIONS))
    copy = pa.array(planted.labels.astype(np.int32), mask=planted.labels < 0)
    usable = usable.set_column(usable.column_names.index("label"), "label", copy)
    material = job.material_of(work, usable, np.asarray(vectors[rows]), rows=rows, model=model, classes=classes)
    judged = judge(
        material,
        recipe=job.recipe_of(work.parameters),
        report=lambda share, message: work.report(int(min(share, 0.999) * work.n_todo), message=message),
    )
    figures = count_found(judged, planted)
    work.publish(pa.table({"image_id": todo["image_id"], "reason": pa.nulls(todo.num_rows, pa.string())}))
    work.report(work.n_todo, failed=0, message="Counted")
    return figures


def count_found(judged: Judged, planted: Planted) -> dict[str, object]:
    """What of the planted was found: by kind of mistake, and by how many pictures must be reviewed for it."""
    listed = judged.issues.is_issue | ((judged.copies.n_other_label > 0) & (judged.copies.label != planted.labels))
    order = np.flatnonzero(listed)[np.argsort(-judged.issues.severity[listed], kind="stable")]
    depth = np.full(len(planted.labels), np.inf)
    depth[order] = np.arange(1, len(order) + 1)
    is_found = listed[planted.rows]
    return {
        "n_planted": len(planted.rows),
        "n_doubted": len(order),
        "all": _told(found(is_found)),
        "any": _told(found(is_found[~planted.alike])),
        "alike": _told(found(is_found[planted.alike])),
        "curve": [[reviewed, round(share, 4)] for reviewed, share in curve(depth[planted.rows], n_images=len(order))],
    }


def _planted(work: Work, todo: pa.Table, *, eligible: np.ndarray, confusions: np.ndarray) -> Planted:
    labels = todo["label"].fill_null(-1).to_numpy().astype(np.int64)
    n = int(np.clip(np.ceil(float(work.parameters["share"]) * eligible.sum()), 1, int(work.parameters["most"])))
    rng = np.random.default_rng(int(work.parameters["seed"]))
    try:
        return plant(labels, eligible=eligible, confusions=confusions, n=n, rng=rng)
    except AnalyticsError as error:
        raise NothingToDo(str(error)) from error


def _told(counted: Found) -> dict[str, object]:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in vars(counted).items()}


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    if not 0 < float(parameters["share"]) <= 0.2 or not 1 <= int(parameters["most"]) <= 100_000:
        raise UnknownParameter("planted-labels: share lies above 0 and at most at 0.2, most between 1 and 100000.")
    of_check = {name: value for name, value in parameters.items() if name not in _OWN}
    checked = job.KIND.prepare(workspace, dataset, {**of_check, "predictions": "", "predictions_run": 0}, run_id)
    runs = list_label_runs(workspace, checked.dataset_id)
    if not runs:
        raise NothingToDo("Wrong labels are planted where a label check sees nothing wrong; check the labels first.")
    before = doubted_before(workspace, checked.dataset_id, run_id=runs[0].run_id)

    def write_inputs(folder: Path) -> None:
        checked.write_inputs(folder)
        ids = checked.todo["image_id"].to_numpy()
        np.save(folder / ELIGIBLE, np.isin(ids, before.trusted))
        np.save(folder / CONFUSIONS, before.confusions)

    chosen = {**{name: checked.parameters[name] for name in _CHECKS}, **{name: parameters[name] for name in _OWN}}
    return Prepared(
        checked.dataset_id,
        checked.dataset,
        checked.root,
        checked.todo,
        chosen,
        model=checked.model,
        write_inputs=write_inputs,
    )


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    """Nothing lands but the run's figures: what was planted was never in the data."""


KIND = Kind("planted-labels", COMPUTE, DEFAULTS, _prepare, _land, job.KIND.finish)
