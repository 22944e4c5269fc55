"""Seconds, memory and kept neighbours of the maps, and of the libraries alone on the same vectors in the same run.

    python benchmarks/projection.py --vectors VECTORS.npy [--n 5000] [--growth 10000,30000]
    python benchmarks/projection.py --synthetic 10000       points around centres, where no vectors are at hand

VECTORS.npy is (n, d) float32, such as a projection job leaves in its folder while it runs. Each way runs in a process
of its own, import and compilation included, on the same cores. "kept" is the share of the 15 nearest in the full
space (cosine) that are among the 15 nearest on the map.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

SEED, CENTRES, DIMS = 801, 50, 512


def main() -> None:
    arguments = _arguments()
    if arguments.way:
        _Given.path = arguments.vectors.with_suffix(".npz")
        print(json.dumps(measure(arguments.way, np.load(arguments.vectors)[: arguments.n])))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.vectors or _synthetic(Path(folder), arguments.synthetic)
        rng = np.random.default_rng(SEED)
        vectors = np.load(path, mmap_mode="r")
        chosen = np.sort(rng.choice(len(vectors), min(arguments.n, len(vectors)), replace=False))
        subset = Path(folder) / "subset.npy"
        np.save(subset, vectors[chosen])
        _save_graph(subset)
        rows = {way: _run(way, subset, len(chosen)) for way in WAYS}
        _print(rows, title=f"{len(chosen):,} x {vectors.shape[1]}")
        for way in ("t-SNE", "t-SNE given the graph"):
            ratio = rows["scikit-learn TSNE"]["seconds"] / rows[way]["seconds"]
            print(f"{way} against scikit-learn's TSNE: {ratio:.1f}x (bar 3)")
        alone = rows["umap-learn"]["seconds"]
        given = rows["UMAP given the graph"]["seconds"]
        print(f"UMAP given the graph against umap-learn alone: {alone / given:.1f}x (bar 1.5)")
        print(f"UMAP with a search of its own:                 {alone / rows['UMAP']['seconds']:.1f}x")
        for n in arguments.growth:
            if n <= len(vectors):
                grown = Path(folder) / "grown.npy"
                np.save(grown, vectors[np.sort(rng.choice(len(vectors), n, replace=False))])
                _print({way: _run(way, grown, n) for way in ("PCA", "t-SNE", "UMAP")}, title=f"growth: {n:,}")


def measure(way: str, vectors: np.ndarray) -> dict[str, float]:
    """Run one way: its seconds, the process's peak memory, and the share of neighbours its map keeps."""
    from analytics.fidelity import fidelity
    from analytics.projection import in_metric

    warnings.simplefilter("ignore")
    began = time.perf_counter()
    points = WAYS[way](vectors)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    full = in_metric(vectors, metric="cosine")
    found = fidelity(full, points.astype(np.float32), rng=np.random.default_rng(SEED))
    return {"seconds": seconds, "peak_mb": peak, "kept": found.mean_kept, "trustworthiness": found.trustworthiness}


def _ours(method: str) -> Callable[[np.ndarray], np.ndarray]:
    def run(vectors: np.ndarray) -> np.ndarray:
        from analytics.projection import Recipe, project

        return project(vectors, recipe=Recipe(method, seed=SEED)).points

    return run


class _Given:
    """Where the neighbour graph is that a run of the kind `neighbours` left for every map."""

    path = Path()


def _save_graph(vectors: Path) -> None:
    from analytics.neighbours import neighbour_graph

    found = neighbour_graph(np.load(vectors, mmap_mode="r"), k=90, rng=np.random.default_rng(SEED))
    np.savez(vectors.with_suffix(".npz"), indices=found.indices, similarities=found.similarities)


def _given_the_graph(method: str) -> Callable[[np.ndarray], np.ndarray]:
    def run(vectors: np.ndarray) -> np.ndarray:
        from analytics.nearest import from_cosines
        from analytics.projection import Recipe, project

        given = np.load(_Given.path)
        graph = from_cosines(given["indices"], given["similarities"])
        return project(vectors, recipe=Recipe(method, seed=SEED), graph=graph).points

    return run


def _reduced(vectors: np.ndarray) -> np.ndarray:
    """What the peers are given: the same unit vectors after the same PCA."""
    from sklearn.decomposition import PCA

    from analytics.projection import in_metric

    return PCA(50, random_state=SEED).fit_transform(in_metric(vectors, metric="cosine"))


def _sklearn_tsne(vectors: np.ndarray) -> np.ndarray:
    from sklearn.manifold import TSNE

    return TSNE(perplexity=30, random_state=SEED, n_jobs=-1).fit_transform(_reduced(vectors))


def _umap_alone(vectors: np.ndarray) -> np.ndarray:
    import umap

    return umap.UMAP(n_neighbors=15, min_dist=0.1, random_state=SEED).fit_transform(_reduced(vectors))


WAYS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "PCA": _ours("pca"),
    "t-SNE": _ours("tsne"),
    "t-SNE given the graph": _given_the_graph("tsne"),
    "scikit-learn TSNE": _sklearn_tsne,
    "UMAP": _ours("umap"),
    "UMAP given the graph": _given_the_graph("umap"),
    "umap-learn": _umap_alone,
}


def _run(way: str, path: Path, n: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--vectors", str(path), "--n", str(n), "--way", way]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _synthetic(folder: Path, n: int) -> Path:
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(CENTRES, DIMS)).astype(np.float32)
    vectors = centres[rng.integers(CENTRES, size=n)] + rng.normal(size=(n, DIMS)).astype(np.float32)
    np.save(folder / "synthetic.npy", vectors)
    return folder / "synthetic.npy"


def _print(rows: dict[str, dict[str, float]], *, title: str) -> None:
    print(f"\n{title}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'way':22}{'seconds':>9}{'peak MB':>9}{'kept':>8}{'trustworthiness':>17}")
    for way, row in rows.items():
        kept = f"{row['kept']:8.3f}{row['trustworthiness']:17.3f}"
        print(f"{way:22}{row['seconds']:9.1f}{row['peak_mb']:9.0f}{kept}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="a .npy file of (n, d) float32")
    parser.add_argument("--synthetic", type=int, default=10_000, help="points to draw without --vectors (10000)")
    parser.add_argument("--n", type=int, default=5_000, help="vectors that every way is given (5000)")
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",")], default=[])
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
