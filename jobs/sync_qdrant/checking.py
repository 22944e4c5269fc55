"""What is compared at the end of a sync: how many points there are, and a sample of them, number by number."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.wording import count
from jobs.engine.errors import JobFailed
from jobs.sync_qdrant.plan import SAY_ANEW, UPSERT, Plan
from service.qdrant.contract import VectorStore
from store.connection import Workspace
from store.projections import write_vectors
from store.vectors import Space

CHECKS, CHECK_VECTORS = "checks.parquet", "check_vectors.npy"  # in the job's folder: what the sample should be
MIN_COSINE = 1 - 1e-5  # of a vector with itself, after Qdrant has made it one long in float32
_AT_ONCE = 100
_AGAIN = "Sync with --full yes: the collection is built anew beside this one."


def write_checks(
    workspace: Workspace, space: Space, folder: Path, *, now: pa.Table, todo: pa.Table, n: int, seed: int
) -> None:
    """Leave the sample: `n` points of all, and as many of those that are to change; their payloads and vectors."""
    rng = np.random.default_rng(seed)
    changed = todo.filter(pc.is_in(todo["action"], value_set=pa.array([SAY_ANEW, UPSERT])))["point_id"]
    places = np.flatnonzero(pc.is_in(now["point_id"], value_set=changed.combine_chunks()).to_numpy())
    drawn = [rng.choice(some, min(n, len(some)), replace=False) for some in (np.arange(now.num_rows), places)]
    sample = now.take(pa.array(np.unique(np.concatenate(drawn)).astype(np.int64)))
    write_vectors(workspace, space, images=sample, path=folder / CHECK_VECTORS)
    pq.write_table(sample.select(["point_id", "payload"]), folder / CHECKS)


def compare(store: VectorStore, plan: Plan, folder: Path) -> int:
    """See that there are as many points as there should be, and that the sample is what it should be; its size.

    Raises JobFailed, which says what differs.
    """
    n = store.count(plan.collection)
    if n != plan.n_points:
        raise JobFailed(f"{plan.collection} holds {count(n, 'point')}, and {plan.n_points:,} should be there. {_AGAIN}")
    sample, vectors = pq.read_table(folder / CHECKS), np.load(folder / CHECK_VECTORS, mmap_mode="r")
    for first in range(0, sample.num_rows, _AT_ONCE):
        rows = sample.slice(first, _AT_ONCE).to_pylist()
        there = store.read(plan.collection, [row["point_id"] for row in rows])
        for row, vector in zip(rows, vectors[first : first + _AT_ONCE], strict=True):
            point = there.get(row["point_id"])
            said = {name: value for name, value in json.loads(row["payload"]).items() if value is not None}
            problem = (
                "is not there" if point is None else differs(point.vector, vector, said=point.payload, should=said)
            )
            if problem:
                raise JobFailed(f"{said['path']} {problem} in {plan.collection}. {_AGAIN}")
    return int(sample.num_rows)


def differs(one: np.ndarray, other: np.ndarray, *, said: dict[str, object], should: dict[str, object]) -> str:
    """What is wrong with a point, to follow its path; "" for nothing. one, other: (d,), as it is and should be."""
    if said != should:
        name = next(key for key in sorted({*said, *should}) if said.get(key) != should.get(key))
        return f"says another {name}"
    if one.shape != other.shape:
        return f"has {count(len(one), 'number')} instead of {len(other):,}"
    cosine = float(one @ other) / float(np.linalg.norm(one) * np.linalg.norm(other) or 1.0)
    return "" if cosine >= MIN_COSINE else f"has another vector (cosine {cosine:.4f})"
