"""Label checks: what goes into one, where its opinions go."""

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.statements import sql, vector_sql
from store.vectors import Space


def images_to_judge(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id, path, label, pixel_sha256, phash of the kept images with a vector in `space` not judged by the run."""
    statement = vector_sql("images_to_judge", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def read_predictions(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """image_id, fold, probabilities of an out-of-fold run over the dataset; no rows where there is no such run."""
    return workspace.read("read_predictions", dataset_id=dataset_id, run_id=run_id)


def land_opinions(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a label check's rows into the open transaction of `cursor`: predictions, opinions, issues, failures."""
    cursor.register("incoming", table)
    for statement in ("insert_predictions", "insert_label_opinions", "insert_label_issues", "mark_out_of_fold"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.execute(sql("delete_run_failures"), {"run_id": run_id})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})
