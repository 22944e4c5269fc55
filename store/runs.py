"""Runs: one row a computation, so that every number on a page can say where it came from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.statements import sql


@dataclass(frozen=True)
class RunStart:
    """What is known of a computation when it begins."""

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


def new_run_id(workspace: Workspace) -> int:
    """A number no run has had."""
    return int(workspace.value("next_run_id"))


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A finished run. figures: what came of it. seconds: of all its attempts. finished_at: UTC."""

    run_id: int
    parameters: dict[str, object]
    figures: dict[str, object]
    seconds: float
    finished_at: object

    @classmethod
    def of(cls, row: Mapping[str, object]) -> Self:
        """From the columns of a query; parameters and figures are JSON there, figures null until the run is done."""
        figures = json.loads(str(row["figures"])) if row["figures"] else {}
        return cls(**{**row, "parameters": json.loads(str(row["parameters"])), "figures": figures})


@dataclass(frozen=True, kw_only=True)
class DatedRun(FinishedRun):
    """A finished run of a dataset. is_stale: images, labels or decisions have changed since it read them."""

    is_stale: bool
    code_version: str


@dataclass(frozen=True, kw_only=True)
class SpaceRun(DatedRun):
    """A finished run on the vectors of a space."""

    space: str


def start_run(cursor: duckdb.DuckDBPyConnection, run: RunStart) -> None:
    """Record that a computation began; a second time (a resumed job) changes nothing."""
    values = {**vars(run), "parameters": json.dumps(dict(run.parameters)), "started_at": utc_now()}
    cursor.execute(sql("insert_run"), values)


def finish_run(
    cursor: duckdb.DuckDBPyConnection, run_id: int, *, complete: bool, seconds: float, figures: Mapping[str, object]
) -> None:
    """Record how a computation ended: `complete` is False when it was cancelled, killed or failed."""
    device = figures.get("device")
    values = {"id": run_id, "complete": complete, "seconds": seconds, "device": device, "finished_at": utc_now()}
    cursor.execute(sql("finish_run"), {**values, "figures": json.dumps(dict(figures))})


def list_runs(workspace: Workspace, dataset_id: int) -> pa.Table:
    """All runs of a dataset, newest first."""
    return workspace.read("list_runs", dataset_id=dataset_id)


def newest_figures(workspace: Workspace, dataset_id: int, *, kind: str) -> dict[str, object] | None:
    """The figures of the dataset's newest finished run of a kind, or None."""
    found = workspace.value("newest_figures", dataset_id=dataset_id, kind=kind)
    return None if found is None else json.loads(str(found))
