"""Runs: one row a computation, so that every number on a page can say where it came from."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.rows import JsonObject
from store.statements import sql


@dataclass(frozen=True)
class RunStart:
    """What is known of a computation when it begins. reads: what of its dataset, of store.subjects; None: not known."""

    id: int
    dataset_id: int
    job_id: str
    kind: str
    model: str | None
    parameters: Mapping[str, object]
    seed: int | None
    code_version: str
    input_generation: int
    device: str | None
    reads: Sequence[str] | None = None


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A finished run of a dataset. figures: what came of it. seconds: of all its attempts. finished_at: UTC.

    changed: what it read (of store.subjects) and has changed since, by name.
    """

    run_id: int
    parameters: JsonObject
    figures: JsonObject
    changed: list[str]
    seconds: float
    code_version: str
    finished_at: datetime.datetime

    @property
    def is_stale(self) -> bool:
        """Whether something that it read has changed since."""
        return bool(self.changed)


@dataclass(frozen=True, kw_only=True)
class SpaceRun(FinishedRun):
    """A finished run on the vectors of a space."""

    space: str


AnyRun = TypeVar("AnyRun", bound=FinishedRun)


def new_run_id(workspace: Workspace) -> int:
    """A number no run has had."""
    return workspace.count("next_run_id")


def finished_runs(
    workspace: Workspace, dataset_id: int, *, kind: str | None, of: type[AnyRun], n_rows: int | None = None
) -> list[AnyRun]:
    """The dataset's finished runs of a kind (None: of every kind), newest first; at most `n_rows` (None: all).

    of: FinishedRun, or a dataclass built on it whose further fields are columns of `run`: kind, job_id, model (or
    space, which is the model of a run on vectors), prediction_kind, device.
    """

    def read() -> list[AnyRun]:
        return workspace.all("finished_runs", of, dataset_id=dataset_id, kind=kind, n_rows=n_rows)

    return list(workspace.until_written(("finished_runs", dataset_id, kind, of, n_rows), read))


def start_run(cursor: duckdb.DuckDBPyConnection, run: RunStart) -> None:
    """Record that a computation began; a second time (a resumed job) changes nothing."""
    reads = None if run.reads is None else list(run.reads)
    values = {**vars(run), "parameters": json.dumps(dict(run.parameters)), "reads": reads, "started_at": utc_now()}
    cursor.execute(sql("insert_run"), values)


def finish_run(
    cursor: duckdb.DuckDBPyConnection, run_id: int, *, complete: bool, seconds: float, figures: Mapping[str, object]
) -> None:
    """Record how a computation ended: `complete` is False when it was cancelled, killed or failed."""
    device = figures.get("device")
    values = {"id": run_id, "complete": complete, "seconds": seconds, "device": device, "finished_at": utc_now()}
    cursor.execute(sql("finish_run"), {**values, "figures": json.dumps(dict(figures))})


def changed_since(workspace: Workspace, run_id: int) -> set[str]:
    """Everything of the run's dataset (of store.subjects) that has changed since it began, read by it or not."""
    return set(workspace.read("changed_since_run", run_id=run_id)["subject"].to_pylist())


def failed_images(workspace: Workspace, run_id: int) -> set[int]:
    """The numbers of the pictures that a run could not do."""
    return set(workspace.read("run_failure_images", run_id=run_id)["image_id"].to_pylist())


def land_run_failures(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take image_id, reason of pictures that a run could not do into an open transaction."""
    cursor.register("incoming", table)
    for statement in ("delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.unregister("incoming")


def list_runs(workspace: Workspace, dataset_id: int) -> pa.Table:
    """All runs of a dataset, newest first."""
    return workspace.read("list_runs", dataset_id=dataset_id)


def newest_figures(workspace: Workspace, dataset_id: int, *, kind: str) -> JsonObject | None:
    """The figures of the dataset's newest finished run of a kind, or None."""
    runs = finished_runs(workspace, dataset_id, kind=kind, of=FinishedRun, n_rows=1)
    return runs[0].figures if runs else None
