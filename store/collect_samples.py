"""Samples of a collection: the first candidates of each source and query, with their thumbnails."""

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.statements import sql

MOST_KEPT = 10  # samples: each is of use until the collection begins


def land_samples(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a sample into the open transaction. table: the columns of collect_sample, less run_id."""
    cursor.execute(sql("delete_collect_samples"), {"run_id": run_id, "n_kept": MOST_KEPT})
    cursor.register("incoming", table)
    cursor.execute(sql("insert_collect_samples"), {"run_id": run_id})


def has_sampled(workspace: Workspace, run_id: int) -> bool:
    """Whether the candidates of a sample are in the file."""
    return workspace.count("count_collect_samples", run_id=run_id) > 0


def samples(workspace: Workspace, run_id: int) -> pa.Table:
    """The rows of collect_sample of a run, less run_id, in the order found; none where it is gone."""
    return workspace.read("collect_samples", run_id=run_id)
