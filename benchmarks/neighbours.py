"""Seconds, memory and recall of the neighbour graph, against what a user would pick, in the same run.

    python benchmarks/neighbours.py --vectors VECTORS.npy [--k 15] [--growth 10000,30000,100000,300000]
    python benchmarks/neighbours.py [--synthetic 10000]    synthetic points, where no vectors are at hand

VECTORS.npy is (n, d) float32. Each way runs in a process of its own on the same cores, cosine distances throughout.
Recall is the share of the true k nearest of 500 rows. Growth takes rows of VECTORS and, beyond their number, points
drawn around them (a row plus noise of a tenth of its length), so that they lie as vectors of pictures do.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer, run_ways
from benchmarks.support.points import clouds, grown
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, timed

SEED, N_CHECKED = 801, 500


def main() -> None:
    """Print a table of all ways, and one of the growth, or (with --way) measure one way."""
    arguments = _arguments()
    if arguments.way:
        answer(lambda: measure(arguments.way, np.load(arguments.vectors), arguments.k))
        return
    print(conditions())
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.vectors or clouds(Path(folder), arguments.synthetic)
        rows = _compare(arguments.ways.split(","), path, arguments.k)
        for way, row in rows.items():
            ratio = row["seconds"] / rows["Vitrine"]["seconds"]
            print(f"{way}: {ratio:.1f}x Vitrine's time (bar 6 against scikit-learn)")
        for n in arguments.growth:
            _compare(["Vitrine"], grown(path, n, into=Path(folder) / "grown.npy"), arguments.k)


def measure(way: str, vectors: np.ndarray, k: int) -> dict[str, float]:
    """Run one way: seconds, the process's peak memory in MB, and the recall of what it found."""
    before = peak_mb()
    indices, seconds = timed(lambda: WAYS[way](vectors, k))
    peak = peak_mb()
    return {"seconds": seconds, "peak_mb": peak, "before_mb": before, "recall": _recall(vectors, indices, k)}


def _vitrine(vectors: np.ndarray, k: int) -> np.ndarray:
    from analytics.neighbours import neighbour_graph

    return neighbour_graph(vectors, k=k, rng=np.random.default_rng(SEED)).indices


def _scikit_learn(vectors: np.ndarray, k: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=k + 1, metric="cosine", algorithm="brute", n_jobs=-1).fit(vectors)
    return search.kneighbors(vectors, return_distance=False)[:, 1:]


def _scikit_learn_unit(vectors: np.ndarray, k: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute", n_jobs=-1).fit(unit)
    return search.kneighbors(unit, return_distance=False)[:, 1:]


def _faiss_flat(vectors: np.ndarray, k: int) -> np.ndarray:
    import faiss

    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(unit)
    return index.search(unit, k + 1)[1][:, 1:]


def _pynndescent(vectors: np.ndarray, k: int) -> np.ndarray:
    from pynndescent import NNDescent

    return NNDescent(vectors, metric="cosine", n_neighbors=k + 1, random_state=SEED).neighbor_graph[0][:, 1:]


def _usearch(vectors: np.ndarray, k: int) -> np.ndarray:
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f32", expansion_search=max(64, 2 * k))
    index.add(np.arange(len(vectors)), vectors)
    return index.search(vectors, k + 1).keys[:, 1:].astype(np.int64)


WAYS = {
    "Vitrine": _vitrine,
    "scikit-learn cosine brute": _scikit_learn,
    "scikit-learn unit-length brute": _scikit_learn_unit,
    "faiss IndexFlatIP": _faiss_flat,
    "pynndescent": _pynndescent,
    "usearch (HNSW)": _usearch,
}


def _recall(vectors: np.ndarray, indices: np.ndarray, k: int) -> float:
    rows = np.sort(np.random.default_rng(1).choice(len(vectors), min(N_CHECKED, len(vectors)), replace=False))
    lengths = np.linalg.norm(vectors, axis=1)
    cosines = vectors[rows] @ vectors.T / lengths
    cosines[np.arange(len(rows)), rows] = -np.inf
    truth = np.argpartition(cosines, -k, axis=1)[:, -k:]
    return float((indices[rows][:, :, None] == truth[:, None, :]).any(axis=1).mean())


def _compare(ways: list[str], path: Path, k: int) -> dict[str, dict[str, float]]:
    shape = np.load(path, mmap_mode="r").shape
    rows = run_ways(__file__, ways, "--vectors", path, "--k", k)
    print_header(f"{shape[0]:,} x {shape[1]}, k = {k}", "seconds", "peak MB", "of it vectors", "recall")
    for way, row in rows.items():
        megabytes = f"{row['peak_mb']:,.0f}", f"{row['before_mb']:,.0f}"
        print_row(way, f"{row['seconds']:.1f}", *megabytes, f"{row['recall']:.4f}")
    return rows


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="a .npy file of (n, d) float32")
    parser.add_argument("--synthetic", type=int, default=10_000, help="points to draw without --vectors (10000)")
    parser.add_argument("--k", type=int, default=15)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",")], default=[])
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
