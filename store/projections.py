"""Projections: which vectors go into one, where its points go, and which there are."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.runs import SpaceRun, finished_runs
from store.statements import sql, vector_sql
from store.vectors import Space

_ROWS_AT_ONCE = 4096


@dataclass(frozen=True, kw_only=True)
class ProjectionRun(SpaceRun):
    """A finished projection."""

    n_points: int


@dataclass(frozen=True)
class PointFacts:
    """A point's image; label and labels are those that count now. trust: share of its neighbours that it keeps."""

    sha256: str
    path: str
    split: str | None
    label: int | None
    labels: list[int] | None
    dataset_id: int
    trust: float | None


@dataclass(frozen=True)
class _PointCount:
    run_id: int
    n_points: int


@dataclass(frozen=True)
class Balance:
    """Of n_images kept images, n_unplaced have no point; n_failed were left out by the run, which says why."""

    n_images: int
    n_unplaced: int
    n_failed: int


def images_to_project(workspace: Workspace, dataset_id: int, *, space: Space, run_id: int) -> pa.Table:
    """image_id, label of the kept images with a vector in `space` that run `run_id` has not placed yet."""
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
    """Take a projection's rows (image_id, x, y, z, trust, stability, reason) into the open transaction of `cursor`.

    Rows with a reason were left out, and become failures of the run. A table from a worker that knew no stability
    lacks its column.
    """
    if "stability" not in table.column_names:
        table = table.append_column("stability", pa.nulls(table.num_rows, pa.float32()))
    cursor.register("incoming", table)
    cursor.execute(sql("insert_projection_points"), {"run_id": run_id})
    cursor.execute(sql("delete_run_failures"), {"run_id": run_id})
    cursor.execute(sql("insert_run_failures"), {"run_id": run_id})


def list_projections(workspace: Workspace, dataset_id: int) -> list[ProjectionRun]:
    """The dataset's finished projections, newest first."""
    counts = {each.run_id: each.n_points for each in workspace.all("point_counts", _PointCount, dataset_id=dataset_id)}
    return [
        ProjectionRun(**vars(run), n_points=counts[run.run_id])
        for run in finished_runs(workspace, dataset_id, kind="projection", of=SpaceRun)
        if run.run_id in counts
    ]


def points(workspace: Workspace, run_id: int) -> tuple[np.ndarray, np.ndarray]:
    """positions (n, 2) or, in three dimensions, (n, 3) float32, and image ids (n,) int64 of a run, by image."""
    table = workspace.read("projection_points", run_id=run_id)
    axes = ["x", "y"] if table["z"].null_count else ["x", "y", "z"]
    positions = np.column_stack([table[axis].to_numpy() for axis in axes])
    return positions, table["image_id"].to_numpy()


def point_values(workspace: Workspace, run_id: int) -> pa.Table:
    """label, split, brightness, contrast, sharpness, entropy, trust of a run's points, in the order of `points`."""
    return workspace.read("projection_values", run_id=run_id)


def point_trust(workspace: Workspace, run_id: int) -> np.ndarray:
    """Share of its neighbours that each of a run's points keeps, (n,) float32; NaN where unknown."""
    return np.asarray(workspace.read("projection_trust", run_id=run_id)["trust"].to_numpy(), np.float32)


def point_stability(workspace: Workspace, run_id: int) -> np.ndarray:
    """Share of its neighbours that each of a run's points has on a second map too, (n,) float32; NaN where unknown."""
    return np.asarray(workspace.read("projection_stability", run_id=run_id)["stability"].to_numpy(), np.float32)


def point_sources(workspace: Workspace, run_id: int) -> pa.ChunkedArray:
    """Where each of a run's points comes from: the host of its address, or its first folder; null where neither is."""
    return workspace.read("projection_sources", run_id=run_id)["source"]


def point_clusters(workspace: Workspace, run_id: int) -> pa.ChunkedArray:
    """The cluster of each of a run's points by name, from the newest clusters of its dataset; null outside."""
    return workspace.read("projection_clusters", run_id=run_id)["cluster"]


def point_objects(workspace: Workspace, run_id: int) -> np.ndarray:
    """Objects (score 0.3 or more) in each of a run's points by the newest detection, (n,) float64; NaN: unknown."""
    counted = workspace.read("projection_objects", run_id=run_id)["n"]
    return np.asarray(counted.cast(pa.float64()).fill_null(float("nan")).to_numpy(), np.float64)


def point_zero_shot(workspace: Workspace, run_id: int) -> np.ndarray:
    """The class that the dataset's newest zero-shot run gives each of a run's points, (n,) int; -1 without one."""
    return np.asarray(workspace.read("projection_zero_shot", run_id=run_id)["predicted"].fill_null(-1).to_numpy())


def point_opinions(workspace: Workspace, run_id: int) -> pa.Table:
    """predicted (class index), issue, severity of a run's points, from the newest label check; null outside."""
    return workspace.read("projection_opinions", run_id=run_id)


def point_matches(workspace: Workspace, run_id: int, *, text: str) -> np.ndarray:
    """Whether each point's path contains `text`, upper and lower case alike; (n,) bool in the order of `points`."""
    return np.asarray(workspace.read("map_matches", run_id=run_id, text=text)["fits"].fill_null(False).to_numpy(), bool)


def point_facts(workspace: Workspace, run_id: int, image_id: int) -> PointFacts | None:
    """What is known of one point, or None if the run has no such point."""
    return workspace.first("map_facts", PointFacts, run_id=run_id, image_id=image_id)


def balance(workspace: Workspace, dataset_id: int, *, run_id: int) -> Balance:
    """How many of the dataset's kept images the run could place."""
    return workspace.one("projection_balance", Balance, dataset_id=dataset_id, run_id=run_id)


def left_out(workspace: Workspace, run_id: int, *, n_rows: int = 20) -> pa.Table:
    """path, reason of images that the run left out; at most `n_rows`."""
    return workspace.read("projection_failures", run_id=run_id, n_rows=n_rows)


def selected_images(workspace: Workspace, dataset_id: int, *, run_id: int, image_ids: np.ndarray) -> pa.Table:
    """image_id, sha256, path, split, label, labels, trust (null off the run's map) of `image_ids`, in their order."""
    values = {"dataset_id": dataset_id, "run_id": run_id}
    return workspace.read_beside({"chosen": _in_order(image_ids)}, sql("selected_images"), **values)


def points_table(workspace: Workspace, dataset_id: int, *, run_id: int) -> pa.Table:
    """A run's points, by path: image_id, path, class, split, x, y, z, trust."""
    return workspace.read("projection_export", dataset_id=dataset_id, run_id=run_id)


def projector_images(workspace: Workspace, *, image_ids: np.ndarray) -> pa.Table:
    """image_id, path, root, sha256, has_thumb, width, height, label, labels, split of `image_ids`, in their order."""
    return workspace.read_beside({"chosen": _in_order(image_ids)}, sql("projector_images"))


def run_dataset(workspace: Workspace, run_id: int) -> int:
    """The dataset that a run belongs to; 0 where there is no such run."""
    return workspace.value("run_dataset", int, run_id=run_id) or 0


def _in_order(image_ids: np.ndarray) -> pa.Table:
    return pa.table({"image_id": pa.array(image_ids, pa.int64()), "position": np.arange(len(image_ids))})
