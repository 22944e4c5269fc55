"""Seconds, memory and kept neighbours of the maps, and of the libraries alone on the same vectors in the same run.

    python benchmarks/projection.py --vectors VECTORS.npy [--n 5000] [--growth 10000,30000]
    python benchmarks/projection.py --synthetic 10000       points around centres, where no vectors are at hand

VECTORS.npy is (n, d) float32, such as a projection job leaves in its folder while it runs. Each way runs in a process
of its own, import and compilation included, on the same cores. "kept" is the share of the 15 nearest in the full
space (cosine) that are among the 15 nearest on the map.
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import Figures, answer, run_ways
from benchmarks.support.points import clouds, subset
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, timed

SEED = 801


def main() -> None:
    """Print a table of all ways, and one of the growth, or (with --way) measure one way."""
    arguments = _arguments()
    if arguments.way:
        _Given.path = arguments.vectors.with_suffix(".npz")
        answer(lambda: measure(arguments.way, np.load(arguments.vectors)))
        return
    print(conditions())
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.vectors or clouds(Path(folder), arguments.synthetic)
        chosen = subset(path, arguments.n, into=Path(folder) / "subset.npy")
        _save_graph(chosen)
        _print_ratios(_compare(arguments.ways.split(","), chosen))
        for n in arguments.growth:
            _compare(["PCA", "t-SNE", "UMAP"], subset(path, n, into=Path(folder) / "grown.npy"))


def measure(way: str, vectors: np.ndarray) -> dict[str, float]:
    """Run one way: its seconds, the process's peak memory, and the share of neighbours its map keeps."""
    from analytics.fidelity import fidelity
    from analytics.projection import in_metric

    warnings.simplefilter("ignore")
    points, seconds = timed(lambda: WAYS[way](vectors))
    peak = peak_mb()
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


def _compare(ways: list[str], path: Path) -> dict[str, Figures]:
    shape = np.load(path, mmap_mode="r").shape
    rows = run_ways(__file__, ways, "--vectors", path)
    print_header(f"{shape[0]:,} x {shape[1]}", "seconds", "peak MB", "kept", "trustworthiness")
    for way, row in rows.items():
        kept = f"{row['kept']:.3f}", f"{row['trustworthiness']:.3f}"
        print_row(way, f"{row['seconds']:.1f}", f"{row['peak_mb']:,.0f}", *kept)
    return rows


def _print_ratios(rows: dict[str, Figures]) -> None:
    peers = (("scikit-learn TSNE", "t-SNE", 3), ("umap-learn", "UMAP", 1.5))
    for peer, method, bar in peers:
        for way in (f"{method} given the graph", method):
            if peer in rows and way in rows:
                print(f"{way} against {peer}: {rows[peer]['seconds'] / rows[way]['seconds']:.1f}x (bar {bar})")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="a .npy file of (n, d) float32")
    parser.add_argument("--synthetic", type=int, default=10_000, help="points to draw without --vectors (10000)")
    parser.add_argument("--n", type=int, default=5_000, help="vectors that every way is given (5000)")
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",")], default=[])
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
