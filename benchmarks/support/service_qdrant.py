"""Qdrant's engine (qdrant-edge-py) on given vectors: built once into a folder, then asked one query at a time.

    PYTHON service_qdrant.py VECTORS.npy QUERIES.npy FOLDER

PYTHON: of an environment with qdrant-edge-py and numpy. HNSW by its defaults (m 16, ef_construct 100). Ends with a JSON
line: build seconds, milliseconds of each query, and the rows found.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from qdrant_edge import (
    Distance,
    EdgeConfig,
    EdgeShard,
    EdgeVectorParams,
    Point,
    Query,
    QueryRequest,
    SearchParams,
    UpdateOperation,
)

_AT_ONCE = 2_000


def build(folder: Path, vectors: np.ndarray) -> float:
    """Build the index in `folder`; the seconds that it took, 0 where it was there."""
    if (folder / "built").exists():
        return float((folder / "built").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    config = EdgeConfig(vectors={"": EdgeVectorParams(size=vectors.shape[1], distance=Distance.Cosine)})
    shard = EdgeShard.create(str(folder / "shard"), config)
    for first in range(0, len(vectors), _AT_ONCE):
        block = vectors[first : first + _AT_ONCE].tolist()
        points = [Point(first + n, {"": vector}) for n, vector in enumerate(block)]
        shard.update(UpdateOperation.upsert_points(points))
    while shard.optimize():
        pass
    shard.flush()
    shard.close()
    seconds = time.perf_counter() - began
    (folder / "built").write_text(str(seconds))
    return seconds


def main() -> None:
    """Build, ask, print."""
    vectors, queries, folder = np.load(sys.argv[1], mmap_mode="r"), np.load(sys.argv[2]), Path(sys.argv[3])
    seconds = build(folder, vectors)
    shard = EdgeShard.load(str(folder / "shard"))
    times, rows = [], []
    for _ in range(2):  # the first warms up
        times, rows = [], []
        for query in queries.tolist():
            began = time.perf_counter()
            found = shard.query(QueryRequest(limit=10, query=Query.Nearest(query), params=SearchParams()))
            times.append(1000 * (time.perf_counter() - began))
            rows.append([point.id for point in found])
    print(json.dumps({"build_s": seconds, "ms": times, "rows": rows, "info": str(shard.info())[:300]}))
    shard.close()


if __name__ == "__main__":
    main()
