"""The neighbours job: each image's nearest others in an embedding space, searched once for all that ask."""

from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa

from analytics.neighbours import NeighbourGraph, neighbour_graph
from analytics.projection import unusable
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import COMPUTE, Kind, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.worker import Work
from store.connection import Workspace
from store.datasets import find_dataset
from store.neighbours import drop_older_graphs, images_not_compared, images_with_vector, land_neighbours
from store.projections import write_vectors

VECTORS = "vectors.npy"
K_MOST = 500
DEFAULTS: dict[str, object] = {"space": "", "k": 90, "seed": 801}
_ROWS_AT_ONCE = 50_000


def compute(work: Work) -> dict[str, object]:
    """Search the neighbours of every usable vector, and publish them in segments."""
    k = int(work.parameters["k"])
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = load_vectors(work.folder.path / VECTORS)
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be compared: each is zero, or holds what is not a number.")
    kept = np.asarray(vectors[rows]) if left_out else vectors
    work.report(0, message=f"Looking for the {k} nearest of {len(rows):,} images")

    def report(done: int, total: int) -> None:
        work.report(int(0.999 * work.n_todo * done / total), message=f"Neighbours of {done:,} of {total:,} images")

    found = neighbour_graph(kept, k=k, rng=np.random.default_rng(int(work.parameters["seed"])), report=report)
    _publish(work, ids[rows], found, left_out=pa.table(_left_out(ids, left_out), schema=SCHEMA))
    work.report(work.n_todo, failed=len(left_out), message="Compared")
    return {
        "n_images": len(rows),
        "n_left_out": len(left_out),
        "k": found.indices.shape[1],
        "metric": "cosine",
        "recall": round(found.recall, 5),
        "n_checked": found.n_checked,
        "method": found.method,
    }


SCHEMA = pa.schema(
    [
        ("image_id", pa.int64()),
        ("neighbours", pa.list_(pa.int64())),
        ("similarities", pa.list_(pa.float32())),
        ("reason", pa.string()),
    ]
)


def _publish(work: Work, ids: np.ndarray, found: NeighbourGraph, *, left_out: pa.Table) -> None:
    n, k = found.indices.shape
    for first in range(0, n, _ROWS_AT_ONCE):
        rows = slice(first, min(first + _ROWS_AT_ONCE, n))
        size = rows.stop - rows.start
        offsets = np.arange(size + 1, dtype=np.int32) * k
        table = pa.table(
            [
                pa.array(ids[rows]),
                pa.ListArray.from_arrays(offsets, pa.array(ids[found.indices[rows].ravel()])),
                pa.ListArray.from_arrays(offsets, pa.array(found.similarities[rows].ravel())),
                pa.nulls(size, pa.string()),
            ],
            schema=SCHEMA,
        )
        work.publish(pa.concat_tables([table, left_out]) if rows.stop == n else table)


def load_vectors(path: Path) -> np.ndarray:
    """The array of a .npy file: in memory where that takes less than half of what is free, else mapped."""
    mapped = np.load(path, mmap_mode="r")
    return np.array(mapped) if mapped.nbytes < psutil.virtual_memory().available / 2 else mapped


def _left_out(ids: np.ndarray, reasons: dict[int, str]) -> dict[str, list[object]]:
    n = len(reasons)
    return {
        "image_id": [int(ids[row]) for row in reasons],
        "neighbours": [None] * n,
        "similarities": [None] * n,
        "reason": list(reasons.values()),
    }


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    k = int(parameters["k"])
    if not 1 <= k <= K_MOST:
        raise UnknownParameter(f"neighbours: k must lie between 1 and {K_MOST}, not {k}.")
    found = find_dataset(workspace, dataset)
    space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="neighbours")
    todo = images_with_vector(workspace, found.id, space=space)
    if not images_not_compared(workspace, found.id, space=space, run_id=run_id).num_rows:
        todo = todo.slice(0, 0)  # a resume compares all of them again, or none: a graph is one whole

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)

    chosen = {**parameters, "space": space.name}
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_neighbours(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    (job_folder(workspace.root, spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    drop_older_graphs(workspace, spec.dataset_id, run_id=spec.run_id)
    return {"space": spec.parameters["space"]}


KIND = Kind("neighbours", COMPUTE, DEFAULTS, _prepare, _land, _finish)
