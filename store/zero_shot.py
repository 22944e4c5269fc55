"""Zero-shot runs: which pictures go into one, where its probabilities go, how often it says what the label says."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space

PREDICTION_KIND = "zero-shot"  # nothing was learnt from the pictures, so any of them may be scored on


@dataclass(frozen=True, kw_only=True)
class ZeroShotRun(SpaceRun):
    """A finished zero-shot run."""


def images_to_name(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id of the kept images with a vector in `space` that the run has not predicted yet."""
    statement = vector_sql("images_to_name", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def named_images(workspace: Workspace, dataset_id: int, *, space: Space, label_run: int) -> pa.Table:
    """image_id, label, agreed of the kept images with a vector in `space`, by id.

    agreed: the classifier of label check `label_run`, which never saw the picture, and its neighbours' majority both
    say the label that it has now. Zero-shot has no say in it. False everywhere for a run that is not there.
    """
    statement = vector_sql("named_images", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, label_run=label_run)


def vectors_state(workspace: Workspace, space: Space) -> tuple[int, int]:
    """How many vectors the space has and the last run that wrote one: a key for what is kept of them in memory."""
    row = workspace.read_text(vector_sql("vectors_state", space_id=space.id)).to_pylist()[0]
    return int(row["n"]), int(row["newest"])


def land_names(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take rows (image_id, fold, probabilities, reason) of a zero-shot run into the open transaction of `cursor`."""
    cursor.register("incoming", table)
    cursor.execute(sql("insert_predictions"), {"run_id": run_id})
    cursor.execute(sql("mark_prediction_kind"), {"run_id": run_id, "kind": PREDICTION_KIND})
    for statement in ("delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})


def named_labels(workspace: Workspace, *, run_id: int, label_run: int) -> pa.Table:
    """label, predicted, agreed (as in named_images) of the kept images that a run predicted."""
    return workspace.read("named_labels", run_id=run_id, label_run=label_run)


def list_zero_shot_runs(workspace: Workspace, dataset_id: int) -> list[ZeroShotRun]:
    """The dataset's finished zero-shot runs, newest first."""
    return finished_runs(workspace, dataset_id, kind="zero-shot", of=ZeroShotRun)
