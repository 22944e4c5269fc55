"""Seconds and peak memory of the neighbour graph, the maps and the medoids as the number of pictures grows.

    python benchmarks/explore_growth.py --vectors VECTORS.npy [--sizes 10000 30000 100000 300000]
    python benchmarks/explore_growth.py [--sizes ...]      synthetic points, 10,000 and 30,000 by default

Each step is the job's own worker, started as the dashboard starts it, in a folder that is laid out as it would be
(without the writing of that folder and the landing of its results in the database): the graph with 90 neighbours, then
t-SNE and UMAP that are given it, then medoids for k = 20. Above 100,000 pictures the maps are of a sample, as they are
for a user, and the rest is placed. Memory is the worker's largest resident size; the memory-mapped vectors count.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import watched
from benchmarks.support.points import clouds, grown
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb

SAID = ("recall", "n_direct", "neighbours_kept", "trustworthiness", "mean_distance")
STEPS: dict[str, tuple[str, dict[str, object]]] = {
    "graph": ("neighbours", {}),
    "t-SNE": ("projection", {"method": "tsne"}),
    "UMAP": ("projection", {"method": "umap"}),
    "medoids": ("medoids", {"k": 20}),
}


def main() -> None:
    """Print a table: step, n, seconds, peak MB, and what the job said of its result."""
    arguments = _arguments()
    print(conditions())
    print_header("step", "n", "seconds", "peak MB", "figures")
    for n in arguments.sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            base = arguments.vectors or clouds(folder, min(n, 30_000))
            vectors = grown(base, n, into=folder / "grown.npy")
            for step in arguments.steps:
                ran = run(folder / step, step, vectors, n=n, graph=folder / "graph")
                if step == "graph":
                    keep_graph(folder / "graph")
                figures = {key: ran["figures"][key] for key in SAID if ran["figures"].get(key) is not None}
                print_row(step, f"{n:,}", f"{ran['seconds']:.1f}", f"{ran['peak_mb']:,.0f}", json.dumps(figures))
    print(f"(this script itself: {peak_mb():,.0f} MB)")


def run(path: Path, step: str, vectors: Path, *, n: int, graph: Path) -> dict[str, object]:
    """Lay out a job of `n` images in `path` and run its worker: seconds, peak_mb, figures."""
    from jobs.engine.folder import JobFolder
    from jobs.engine.kinds import load_kind
    from jobs.engine.spec import JobSpec
    from store.neighbours import INDICES, SIMILARITIES

    kind, wanted = STEPS[step]
    parameters = load_kind(kind).read({**wanted, "space": "grown"}).as_json()
    ids = pa.array(np.arange(n, dtype=np.int64))
    labels = pa.array(np.arange(n) % 10)
    spec = JobSpec(
        f"{kind}-000001",
        kind,
        1,
        "grown",
        str(path),
        str(path),
        parameters,
        "benchmark",
        1,
        "benchmark",
        1,
        "2026-01-01T00:00:00",
        n_todo=n,
    )
    folder = JobFolder(path)
    folder.create(spec, pa.table({"image_id": ids, "label": labels}))
    os.link(vectors, path / "vectors.npy")
    if kind == "projection" and (graph / INDICES).exists():
        for name in (INDICES, SIMILARITIES):
            os.link(graph / name, path / name)
    if kind == "medoids":
        classes = pa.table({"image_id": ids, "class_index": pa.array(np.arange(n) % 10, pa.int32())})
        pq.write_table(classes, path / "classes.parquet")
        np.save(path / "start.npy", np.empty(0, np.int64))
    ran = watched("-m", "jobs.engine.worker", path)
    return {"seconds": ran["seconds"], "peak_mb": ran["peak_mb"], "figures": folder.ending()[1]}


def keep_graph(path: Path) -> None:
    """Write a neighbours job's segments as the arrays that a projection job is given."""
    from store.neighbours import INDICES, SIMILARITIES

    tables = [pq.read_table(each) for each in sorted(path.glob("segments/*.parquet"), key=lambda each: int(each.stem))]
    rows = sum(table.num_rows for table in tables)
    for column, name, kind in (("neighbours", INDICES, np.int32), ("similarities", SIMILARITIES, np.float32)):
        flat = np.concatenate([table[column].combine_chunks().flatten().to_numpy() for table in tables])
        np.save(path / name, flat.reshape(rows, -1).astype(kind))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="a .npy file of (n, d) float32")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000])
    parser.add_argument("--steps", nargs="+", default=list(STEPS), choices=list(STEPS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
