"""The label-issues job: what several methods think of every label, which pictures lie far out, exchanged names.

It lands whole or not at all.
"""

from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from analytics.errors import AnalyticsError
from analytics.out_of_fold import Predictions, in_class_order
from jobs.engine.errors import UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.label_issues.inputs import FILES, FOLDS, PREDICTIONS, inputs_of, material_of, prepared, usable_vectors
from jobs.label_issues.judge import judge, rows_of
from jobs.label_issues.kind import CheckParameters, LabelIssuesParameters
from jobs.label_issues.predictions_file import read_predictions_file
from store.connection import Workspace
from store.label_issues import land_opinions, read_predictions

P = TypeVar("P", bound=CheckParameters)


def compute(work: Work[LabelIssuesParameters]) -> Figures:
    """Judge every label and every picture, and publish all rows at once."""
    todo = pa.concat_tables(work.todo())
    usable = usable_vectors(work, todo)
    judged = judge(
        material_of(work, usable.todo, usable),
        parameters=work.parameters,
        report=lambda share, message: work.report(int(min(share, 0.999) * work.n_todo), message=message),
    )
    work.publish(rows_of(judged, todo, rows=usable.rows, left_out=usable.left_out))
    work.report(work.n_todo, failed=len(usable.left_out), message="Judged")
    return judged.figures


def prepare(
    workspace: Workspace, dataset: str, parameters: LabelIssuesParameters, run_id: int
) -> Prepared[LabelIssuesParameters]:
    """Judge every picture with a vector, with what the file holds of neighbours, predictions and detections."""
    inputs = inputs_of(workspace, dataset, parameters, run_id=run_id)
    predictions = _given_predictions(workspace, inputs.dataset.id, parameters, todo=inputs.todo, names=inputs.names)

    def write_inputs(folder: Path) -> None:
        inputs.write(workspace, folder)
        if predictions is not None:
            np.save(folder / PREDICTIONS, predictions[0])
            np.save(folder / FOLDS, predictions[1])

    return prepared(inputs, parameters.changed(**inputs.chosen()), write_inputs=write_inputs)


def _given_predictions(
    workspace: Workspace, dataset_id: int, parameters: LabelIssuesParameters, *, todo: pa.Table, names: list[str]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Probabilities (n, c) and folds (n,) of a classifier of the person's own; None where this job makes them."""
    if not todo.num_rows or not (parameters.predictions or parameters.predictions_run):
        return None
    try:
        if parameters.predictions:
            file = Path(parameters.predictions).expanduser()
            given = read_predictions_file(file, paths=todo["path"].to_pylist())
        else:
            run_id = parameters.predictions_run
            given = _predictions_of_run(workspace, dataset_id, run_id, todo=todo, names=names)
        values = in_class_order(given, classes=names)
        assert given.folds is not None  # else in_class_order has raised InSample
        return values, given.folds
    except AnalyticsError as error:
        raise UnknownParameter(f"label-issues: {error}") from error


def _predictions_of_run(
    workspace: Workspace, dataset_id: int, run_id: int, *, todo: pa.Table, names: list[str]
) -> Predictions:
    table = read_predictions(workspace, dataset_id, run_id=run_id)
    if not table.num_rows:
        raise UnknownParameter(f"label-issues: run {run_id} has no out-of-fold predictions of this dataset.")
    row_of = {image_id: row for row, image_id in enumerate(table["image_id"].to_pylist())}
    rows = np.array([row_of.get(image_id, -1) for image_id in todo["image_id"].to_pylist()])
    values = np.stack(table["probabilities"].to_numpy()).astype(np.float32)
    held_out = np.where((rows >= 0)[:, None], values[rows], np.nan)
    folds = np.where(rows >= 0, table["fold"].to_numpy()[rows], -1).astype(np.int32)
    return Predictions(held_out, tuple(names), folds)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[LabelIssuesParameters], table: pa.Table) -> None:
    """Take every opinion into the file."""
    land_opinions(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[P]) -> Figures:
    """Clear the job's inputs away."""
    for name in FILES:
        (job_folder(workspace.root, job.spec.id).path / name).unlink(missing_ok=True)
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
