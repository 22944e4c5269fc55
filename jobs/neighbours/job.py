"""The neighbours job: each image's nearest others in an embedding space, searched once for all that ask."""

from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa

from analytics.neighbours import NeighbourGraph, neighbour_graph
from analytics.projection import unusable
from analytics.wording import count
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.neighbours.kind import NeighboursParameters
from store.connection import Workspace
from store.datasets import find_dataset
from store.neighbours import drop_older_graphs, images_not_compared, images_with_vector, land_neighbours
from store.projections import write_vectors

VECTORS = "vectors.npy"
_ROWS_AT_ONCE = 50_000


def compute(work: Work[NeighboursParameters]) -> Figures:
    """Search the neighbours of every usable vector, and publish them in segments."""
    k = work.parameters.k
    ids = np.concatenate([piece["image_id"].to_numpy() for piece in work.todo()])
    vectors = load_vectors(work.folder.path / VECTORS)
    left_out = unusable(vectors)
    rows = np.setdiff1d(np.arange(len(ids)), list(left_out))
    if not len(rows):
        raise NothingToDo("No vector of this space can be compared: each is zero, or holds what is not a number.")
    kept = np.asarray(vectors[rows]) if left_out else vectors
    work.report(0, message=f"Looking for the {k} nearest of {count(len(rows), 'image')}")

    def report(done: int, total: int) -> None:
        work.report(
            int(0.999 * work.n_todo * done / total), message=f"Neighbours of {done:,} of {count(total, 'image')}"
        )

    found = neighbour_graph(kept, k=k, rng=np.random.default_rng(work.parameters.seed), report=report)
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


def _publish(work: Work[NeighboursParameters], ids: np.ndarray, found: NeighbourGraph, *, left_out: pa.Table) -> None:
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


def prepare(
    workspace: Workspace, dataset: str, parameters: NeighboursParameters, run_id: int
) -> Prepared[NeighboursParameters]:
    """Compare all pictures with a vector, or none where the run's graph has all of them."""
    found = find_dataset(workspace, dataset)
    space = chosen_space(workspace, found.id, name=parameters.space, kind="neighbours")
    todo = images_with_vector(workspace, found.id, space=space)
    if not images_not_compared(workspace, found.id, space=space, run_id=run_id).num_rows:
        todo = todo.slice(0, 0)  # a resume compares all of them again, or none: a graph is one whole

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)

    chosen = parameters.changed(space=space.name)
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[NeighboursParameters], table: pa.Table) -> None:
    """Take neighbour lists into the file."""
    land_neighbours(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[NeighboursParameters]) -> Figures:
    """Clear the vectors and the older graphs of the space away."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)  # large, and in the file anyway
    drop_older_graphs(workspace, job.dataset_id, run_id=job.run_id)
    return {"space": job.parameters.space}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
