"""The planted-labels job: the label check on a copy of the labels with wrong ones in it, to see what it finds of them.

The copy lives in the worker's memory: neither the data nor any result of a label check changes.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from analytics.errors import AnalyticsError
from analytics.planting import Planted, Recall, curve, plant, recall
from jobs.engine.errors import NothingToDo
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.label_issues.inputs import inputs_of, material_of, prepared, usable_vectors
from jobs.label_issues.job import finish
from jobs.label_issues.judge import Judged, judge
from jobs.label_issues.planted_kind import PlantedLabelsParameters
from store.connection import Workspace
from store.label_issues import list_label_runs
from store.review import doubted_before

ELIGIBLE, CONFUSIONS = "eligible.npy", "confusions.npy"


def compute(work: Work[PlantedLabelsParameters]) -> Figures:
    """Plant, judge, and count what was found."""
    todo = pa.concat_tables(work.todo())
    usable = usable_vectors(work, todo)
    planted = _planted(work, usable.todo, rows=usable.rows)
    labels = pa.array(planted.labels.astype(np.int32), mask=planted.labels < 0)
    copy = usable.todo.set_column(usable.todo.column_names.index("label"), "label", labels)
    judged = judge(
        material_of(work, copy, usable),
        parameters=work.parameters,
        report=lambda share, message: work.report(int(min(share, 0.999) * work.n_todo), message=message),
    )
    work.publish(pa.table({"image_id": todo["image_id"], "reason": pa.nulls(todo.num_rows, pa.string())}))
    work.report(work.n_todo, failed=0, message="Counted")
    return count_found(judged, planted)


def count_found(judged: Judged, planted: Planted) -> Figures:
    """What of the planted was found: by kind of mistake, and by how many pictures must be reviewed for it."""
    listed = judged.issues.is_issue | ((judged.copies.n_other_label > 0) & (judged.copies.label != planted.labels))
    order = np.flatnonzero(listed)[np.argsort(-judged.issues.severity[listed], kind="stable")]
    depth = np.full(len(planted.labels), np.inf)
    depth[order] = np.arange(1, len(order) + 1)
    is_found = listed[planted.rows]
    return {
        "n_planted": len(planted.rows),
        "n_doubted": len(order),
        "all": _rounded(recall(is_found)),
        "any": _rounded(recall(is_found[~planted.alike])),
        "alike": _rounded(recall(is_found[planted.alike])),
        "curve": [[reviewed, round(share, 4)] for reviewed, share in curve(depth[planted.rows], n_images=len(order))],
    }


def _planted(work: Work[PlantedLabelsParameters], todo: pa.Table, *, rows: np.ndarray) -> Planted:
    """`todo`'s labels with wrong ones among them; rows: the places of its pictures in the job's inputs."""
    eligible = np.load(work.folder.path / ELIGIBLE)[rows]
    labels = todo["label"].fill_null(-1).to_numpy().astype(np.int64)
    n = int(np.clip(np.ceil(work.parameters.share * eligible.sum()), 1, work.parameters.max_planted))
    confusions = np.load(work.folder.path / CONFUSIONS)
    try:
        return plant(
            labels,
            eligible=eligible,
            confusions=confusions,
            n=n,
            rng=np.random.default_rng(work.parameters.seed),
        )
    except AnalyticsError as error:
        raise NothingToDo(str(error)) from error


def _rounded(counted: Recall) -> Figures:
    return {name: round(value, 5) if isinstance(value, float) else value for name, value in vars(counted).items()}


def prepare(
    workspace: Workspace, dataset: str, parameters: PlantedLabelsParameters, run_id: int
) -> Prepared[PlantedLabelsParameters]:
    """Check the same pictures as a label check; wrong labels may stand where the newest check doubts nothing."""
    inputs = inputs_of(workspace, dataset, parameters, run_id=run_id)
    runs = list_label_runs(workspace, inputs.dataset.id)
    if not runs:
        raise NothingToDo("Wrong labels are planted where a label check sees nothing wrong; check the labels first.")
    before = doubted_before(workspace, inputs.dataset.id, run_id=runs[0].run_id)

    def write_inputs(folder: Path) -> None:
        inputs.write(workspace, folder)
        np.save(folder / ELIGIBLE, np.isin(inputs.todo["image_id"].to_numpy(), before.trusted))
        np.save(folder / CONFUSIONS, before.confusions)

    return prepared(inputs, parameters.changed(**inputs.chosen()), write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[PlantedLabelsParameters], table: pa.Table) -> None:
    """Nothing lands but the run's figures: what was planted was never in the data."""


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
