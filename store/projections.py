"""Projections: which vectors go into one, where its points go, and which there are."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.statements import sql, vector_sql
from store.vectors import Space

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class ProjectionRun:
    """A finished projection. is_stale: images, labels or decisions have changed since it read the vectors."""

    run_id: int
    space: str
    parameters: dict[str, object]
    figures: dict[str, object]
    is_stale: bool
    seconds: float
    code_version: str
    finished_at: object
    n_points: int


def images_to_project(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id of the kept images with a vector in `space` that run `run_id` has not placed yet."""
    statement = vector_sql("images_to_project", space_id=space.id)
    return workspace.read_text(statement, dataset_id=dataset_id, run_id=run_id)


def write_vectors(workspace: Workspace, space: Space, *, images: pa.Table, path: Path) -> None:
    """Write the vectors of `images` (image_id) to the .npy file `path`: (n, dim) float32 in their order.

    A few thousand are in memory at a time. An image without a vector becomes a row of NaN.
    """
    part = path.with_suffix(".part")
    out = np.lib.format.open_memmap(part, mode="w+", dtype=np.float32, shape=(images.num_rows, space.dim))
    out[:] = np.nan
    rows = pa.array(np.arange(images.num_rows))
    with contextlib.closing(workspace.cursor()) as cursor:
        cursor.register("chosen", pa.table({"row": rows, "image_id": images["image_id"]}))
        statement = vector_sql("read_chosen_vectors", space_id=space.id)
        for batch in cursor.sql(statement).to_arrow_reader(_ROWS_AT_ONCE):
            flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
            out[batch.column("row").to_numpy()] = flat.reshape(batch.num_rows, space.dim)
    out.flush()
    del out
    part.replace(path)


def land_points(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a projection's rows (image_id, x, y, z, trust, reason) into the open transaction of `cursor`.

    Rows with a reason were left out, and become failures of the run.
    """
    cursor.register("incoming", table)
    cursor.execute(sql("insert_projection_points"), {"run_id": run_id})
    cursor.execute(sql("delete_run_failures"), {"run_id": run_id})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})


def list_projections(workspace: Workspace, dataset_id: int) -> list[ProjectionRun]:
    """The dataset's finished projections, newest first."""
    return [
        ProjectionRun(
            **{**row, "parameters": json.loads(row["parameters"]), "figures": json.loads(row["figures"] or "{}")}
        )
        for row in workspace.rows("list_projections", dataset_id=dataset_id)
    ]
