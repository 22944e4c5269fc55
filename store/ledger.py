"""The jobs' rows and the ledger of segments that have landed."""

import datetime
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.rows import JsonObject
from store.statements import sql


@dataclass(frozen=True, kw_only=True)
class JobRow:
    """A job as the file has it, with its dataset's name and its run's figures ({} before its end). Times are UTC."""

    id: str
    kind: str
    dataset_id: int
    dataset: str
    parameters: JsonObject
    state: str
    attempt: int
    n_todo: int
    n_done: int
    n_failed: int
    message: str
    who: str
    run_id: int
    created_at: datetime.datetime
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    figures: JsonObject


@dataclass(frozen=True)
class LandedTotals:
    """What a job's landed segments add up to; `next_n` is the number of the next segment."""

    n_segments: int
    n_rows: int
    n_failed: int
    next_n: int


def save_job(workspace: Workspace, row: JobRow) -> None:
    """Write a job's row."""
    values = {name: value for name, value in vars(row).items() if name not in ("dataset", "figures")}
    with workspace.writing() as cursor:
        cursor.execute(sql("upsert_job"), {**values, "parameters": json.dumps(row.parameters)})


def list_jobs(workspace: Workspace) -> list[JobRow]:
    """Every job, newest first."""
    return list(workspace.until_written("jobs", lambda: workspace.all("list_jobs", JobRow)))


def find_job(workspace: Workspace, job_id: str) -> JobRow | None:
    """One job, or None."""
    return workspace.first("job", JobRow, job_id=job_id)


def landed_totals(workspace: Workspace, job_id: str) -> LandedTotals:
    """Segments and rows of a job that are in the file."""
    return workspace.one("landed_totals", LandedTotals, job_id=job_id)


def land_segment(
    workspace: Workspace,
    *,
    job_id: str,
    n: int,
    table: pa.Table,
    n_failed: int,
    dataset_id: int,
    land: Callable[[duckdb.DuckDBPyConnection, pa.Table], None],
) -> bool:
    """Take segment `n` and its ledger row in, in one transaction. False if it has landed before.

    Where `land` notes no change of the data, only `Workspace.generation` is raised.
    """
    segments = {n: lambda: (table, n_failed)}
    return land_segments(workspace, job_id=job_id, segments=segments, dataset_id=dataset_id, land=land) == 1


def land_segments(
    workspace: Workspace,
    *,
    job_id: str,
    segments: Mapping[int, Callable[[], tuple[pa.Table, int]]],
    dataset_id: int,
    land: Callable[[duckdb.DuckDBPyConnection, pa.Table], None],
) -> int:
    """Take several segments and their ledger rows in, in one transaction; how many had not landed before.

    segments: by number, what reads the segment and says how many of its rows failed. Each is read when it is its turn,
    so that one is in memory at a time.
    """
    new = [n for n in segments if workspace.value("landed_segment", int, job_id=job_id, n=n) is None]
    if not new:
        return 0
    with workspace.writing(dataset_id, settles=False) as cursor:
        for n in new:
            table, n_failed = segments[n]()
            values = {"job_id": job_id, "n": n, "n_rows": table.num_rows, "n_failed": n_failed, "landed_at": utc_now()}
            cursor.execute(sql("insert_segment"), values)
            land(cursor, table)
            del table
    return len(new)
