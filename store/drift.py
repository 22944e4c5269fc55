"""Drift: which pictures there are to compare, what a run found, and what there is to see of it."""

import datetime
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.runs import FinishedRun, finished_runs
from store.statements import sql


@dataclass(frozen=True)
class DriftMeasure:
    """One measure of a run. low, high: None where it has no interval. p_adjusted: for all measures of the run."""

    measure: str
    value: float
    low: float | None
    high: float | None
    p: float
    p_adjusted: float
    n_before: int
    n_after: int
    note: str


@dataclass(frozen=True)
class DriftShare:
    """Pictures of a class before and after; label None: those without one."""

    label: int | None
    n_before: int
    n_after: int


@dataclass(frozen=True)
class DriftPicture:
    """A later picture that shows what was found. why: cluster, near, label or far. other_id: the nearest earlier."""

    why: str
    cluster: int
    image_id: int
    other_id: int | None
    cosine: float | None


@dataclass(frozen=True)
class DriftPoint:
    """One measure of one of the runs so far; finished_at: UTC."""

    run_id: int
    finished_at: datetime.datetime
    measure: str
    value: float
    p_adjusted: float


@dataclass(frozen=True, kw_only=True)
class DriftRun(FinishedRun):
    """A finished comparison. model: the embedding space by name, None where there were no vectors."""

    model: str | None


def images_to_compare(workspace: Workspace, dataset_id: int) -> pa.Table:
    """What is known of the kept images: when they came, their split, class and measures."""
    return workspace.read("drift_images", dataset_id=dataset_id)


def has_drift(workspace: Workspace, run_id: int) -> bool:
    """Whether the run has landed."""
    return bool(workspace.value("drift_is_there", bool, run_id=run_id))


def land_drift(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take what a run found into an open transaction: rows with a measure, with a label, and with an image_id."""
    cursor.register("incoming", table)
    for statement in ("insert_drift_measures", "insert_drift_shares", "insert_drift_images"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.unregister("incoming")


def list_drift_runs(workspace: Workspace, dataset_id: int) -> list[DriftRun]:
    """The dataset's finished comparisons, newest first."""
    return finished_runs(workspace, dataset_id, kind="drift", of=DriftRun)


def drift_measures(workspace: Workspace, run_id: int) -> list[DriftMeasure]:
    """What a run measured."""
    return workspace.all("drift_measures", DriftMeasure, run_id=run_id)


def drift_shares(workspace: Workspace, run_id: int) -> list[DriftShare]:
    """The classes of a run, those without a label last."""
    return workspace.all("drift_shares", DriftShare, run_id=run_id)


def drift_pictures(workspace: Workspace, run_id: int) -> list[DriftPicture]:
    """The pictures that a run shows, as far as they are still kept."""
    return workspace.all("drift_pictures", DriftPicture, run_id=run_id)


def drift_history(workspace: Workspace, dataset_id: int) -> list[DriftPoint]:
    """Every measure of every finished comparison, oldest first."""
    return workspace.all("drift_history", DriftPoint, dataset_id=dataset_id)
