"""The jobs' rows and the ledger of segments that have landed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.statements import sql


@dataclass(frozen=True)
class LandedTotals:
    """What a job's landed segments add up to; `next_n` is the number of the next segment."""

    n_segments: int
    n_rows: int
    n_failed: int
    next_n: int


def save_job(workspace: Workspace, row: Mapping[str, object]) -> None:
    """Write a job's row (the columns of `job`; parameters as a mapping)."""
    with workspace.writing() as cursor:
        cursor.execute(sql("upsert_job"), {**row, "parameters": json.dumps(row["parameters"])})


def list_jobs(workspace: Workspace) -> list[dict[str, object]]:
    """Every job, newest first, with its dataset's name, parameters and figures."""
    return [
        {**row, "parameters": json.loads(row["parameters"]), "figures": json.loads(row["figures"] or "{}")}
        for row in workspace.rows("list_jobs")
    ]


def landed_totals(workspace: Workspace, job_id: str) -> LandedTotals:
    """Segments and rows of a job that are in the file."""
    return LandedTotals(**workspace.rows("landed_totals", job_id=job_id)[0])


def land_segment(
    workspace: Workspace,
    *,
    job_id: str,
    n: int,
    table: pa.Table,
    n_failed: int,
    dataset_id: int,
    changes_data: bool,
    land: Callable[[duckdb.DuckDBPyConnection, pa.Table], None],
) -> bool:
    """Take segment `n` and its ledger row in, in one transaction. False if it has landed before.

    changes_data: images, labels or decisions come with it; else only `Workspace.generation` is raised.
    """
    if workspace.value("landed_segment", job_id=job_id, n=n) is not None:
        return False
    with workspace.writing(dataset_id, changes_data=changes_data, settles=False) as cursor:
        values = {"job_id": job_id, "n": n, "n_rows": table.num_rows, "n_failed": n_failed, "landed_at": utc_now()}
        cursor.execute(sql("insert_segment"), values)
        land(cursor, table)
    return True
