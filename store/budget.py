"""Data budgets: what goes into one, where its cells go, what there is to see of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space


@dataclass(frozen=True, kw_only=True)
class BudgetRun(SpaceRun):
    """A finished data budget."""


def images_to_budget(workspace: Workspace, dataset_id: int, *, space: Space, label_run: int) -> pa.Table:
    """What is known of the images with a vector in `space`: splits, labels given and now, what the label check says.

    label_run: the run of the check; 0 where there is none, and nothing is doubted then.
    """
    statement = vector_sql("budget_images", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, label_run=label_run)


def version_labels(workspace: Workspace, *, version_ids: Sequence[int]) -> pa.Table:
    """version_id, image_id, label of the images with one label in some versions."""
    return workspace.read("version_labels", version_ids=list(version_ids))


def has_cells(workspace: Workspace, run_id: int) -> bool:
    """Whether the run has landed."""
    return bool(workspace.value("budget_is_there", bool, run_id=run_id))


def land_cells(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a data budget's rows into the open transaction of `cursor`: its cells and its evaluation set."""
    cursor.register("incoming", table)
    for statement in ("insert_budget_cells", "insert_budget_evaluation"):
        cursor.execute(sql(statement), {"run_id": run_id})


def list_budgets(workspace: Workspace, dataset_id: int) -> list[BudgetRun]:
    """The dataset's finished data budgets, newest first."""
    return finished_runs(workspace, dataset_id, kind="data-budget", of=BudgetRun)


def read_cells(workspace: Workspace, run_id: int) -> pa.Table:
    """part, condition, selection, noise, size, n_pool, seed, balanced_accuracy, recalls: a row a trained classifier."""
    return workspace.read("budget_cells", run_id=run_id)


def read_evaluation(workspace: Workspace, run_id: int) -> pa.Table:
    """image_id, sha256, path, label, labels, split of the pictures that a run's classifiers were judged on."""
    return workspace.read("budget_evaluation", run_id=run_id)
