"""Seconds, memory and recall of the neighbour graph, against what a user would pick, in the same run.

    python benchmarks/neighbours.py --vectors VECTORS.npy [--k 15] [--growth 10000,30000,100000,300000]
    python benchmarks/neighbours.py                        10,000 synthetic points, where no vectors are at hand

VECTORS.npy is (n, d) float32. Each way runs in a process of its own on the same cores, cosine distances throughout.
Recall is the share of the true k nearest of 500 rows. Growth takes rows of VECTORS and, beyond their number, points
drawn around them (a row plus noise of a tenth of its length), so that they lie as vectors of pictures do.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

SEED, N_CHECKED = 801, 500


def main() -> None:
    arguments = _arguments()
    if arguments.way:
        print(json.dumps(measure(arguments.way, np.load(arguments.vectors), arguments.k)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(arguments.vectors) if arguments.vectors else synthetic(Path(folder), 10_000)
        vectors = np.load(path, mmap_mode="r")
        rows = {way: _run(way, path, arguments.k) for way in arguments.ways.split(",")}
        _print(rows, f"{len(vectors):,} x {vectors.shape[1]}, k = {arguments.k}")
        ours = rows["Vitrine"]["seconds"]
        for way, row in rows.items():
            print(f"{way + ':':40} {row['seconds'] / ours:6.1f}x Vitrine's time (bar 6 against scikit-learn)")
        for n in arguments.growth:
            more = grown(Path(folder), vectors, n)
            _print({"Vitrine": _run("Vitrine", more, arguments.k)}, f"growth: {n:,}, k = {arguments.k}")


def measure(way: str, vectors: np.ndarray, k: int) -> dict[str, float]:
    """Run one way: seconds, the process's peak memory in MB, and the recall of what it found."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    began = time.perf_counter()
    indices = WAYS[way](vectors, k)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
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


def grown(folder: Path, vectors: np.ndarray, n: int) -> Path:
    """A file of `n` rows in `folder`: those of `vectors`, then points around them."""
    rng = np.random.default_rng(SEED)
    path = folder / "grown.npy"
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(n, vectors.shape[1]))
    scale = 0.1 * float(np.linalg.norm(vectors[:1000], axis=1).mean()) / np.sqrt(vectors.shape[1])
    order = rng.permutation(len(vectors))
    for first in range(0, n, len(vectors)):
        rows = np.sort(order[: min(len(vectors), n - first)])
        noise = scale * rng.standard_normal((len(rows), vectors.shape[1]), dtype=np.float32) if first else 0
        out[first : first + len(rows)] = vectors[rows] + noise
    out.flush()
    return path


def synthetic(folder: Path, n: int) -> Path:
    """A file of `n` points around fifty centres in `folder`."""
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(50, 512)) * np.linspace(2, 0.1, 512)
    path = folder / "synthetic.npy"
    np.save(path, (centres[rng.integers(50, size=n)] + rng.normal(size=(n, 512))).astype(np.float32))
    return path


def _run(way: str, path: Path, k: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--vectors", str(path), "--k", str(k)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def _print(rows: dict[str, dict[str, float]], title: str) -> None:
    print(f"\n{title}\n{'way':34} {'seconds':>8} {'peak MB':>8} {'of it vectors':>14} {'recall':>7}")
    for way, row in rows.items():
        print(f"{way:34} {row['seconds']:8.1f} {row['peak_mb']:8,.0f} {row['before_mb']:14,.0f} {row['recall']:7.4f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vectors")
    parser.add_argument("--k", type=int, default=15)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",")], default=[])
    parser.add_argument("--way", choices=list(WAYS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
