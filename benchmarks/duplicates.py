"""Seconds to find the near duplicates of a dataset, against what a user would pick, in the same run.

    python benchmarks/duplicates.py --workspace W --dataset NAME     a workspace with vectors and a neighbour graph
    python benchmarks/duplicates.py [--synthetic 10000]              synthetic hashes and vectors

Ours: pairs by perceptual hash within 10 bits and by embedding from a cosine of .85 on (from the graph, whose own time
is that of benchmarks/neighbours.py), joined and grouped. Theirs: scikit-learn's radius_neighbors on the vectors, and
scikit-learn's Hamming distances between all hashes, which is how imagededup's brute force and most notebooks do it.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, timed

MIN_COSINE, MAX_BITS = 0.85, 10


def main() -> None:
    """Print a table of ours and theirs, and one of the growth."""
    from analytics.duplicates import hash_pairs

    arguments = _arguments()
    print(conditions())
    if arguments.workspace:
        vectors, hashes, graph = _of(arguments.workspace, arguments.dataset)
    else:
        vectors, hashes, graph = _synthetic(arguments.synthetic)
    (n_pairs, n_groups), seconds = timed(lambda: ours(hashes, *graph))
    print_header("way", "n", "seconds", "pairs", "of our time")
    print_row("Vitrine, after the graph (bar 10 s)", f"{len(hashes):,}", f"{seconds:.2f}", f"{n_pairs:,}", "1.0x")
    for way, find in (
        ("scikit-learn radius_neighbors", lambda: by_radius(vectors)),
        ("all hashes by pairwise_distances", lambda: by_all_hashes(hashes)),
    ):
        n_theirs, theirs_s = timed(find)
        print_row(way, f"{len(hashes):,}", f"{theirs_s:.2f}", f"{n_theirs:,}", f"{theirs_s / seconds:.0f}x")
    print(f"{n_groups:,} groups")
    print_header("hashes", "within bits", "seconds", "pairs")
    for n in arguments.growth:
        grown = _hashes(n)
        for bits in (4, 10) if n <= 150_000 else (4,):
            found, spent = timed(lambda grown=grown, bits=bits: hash_pairs(grown, max_bits=bits)[0])
            print_row(f"{n:,}", bits, f"{spent:.2f}", f"{len(found):,}")


def ours(hashes: np.ndarray, indices: np.ndarray, cosines: np.ndarray) -> tuple[int, int]:
    """Pairs and groups as the job finds them."""
    from analytics.duplicates import Pairs, graph_pairs, grouped, hash_pairs, joined

    found = joined(hash_pairs(hashes, max_bits=MAX_BITS), graph_pairs(indices, cosines, min_cosine=MIN_COSINE))
    same = np.zeros(len(found[0]), bool)
    return len(found[0]), grouped(Pairs(*found, same, same)).n_groups


def by_radius(vectors: np.ndarray) -> int:
    """Pairs above the cosine by scikit-learn."""
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(metric="cosine", algorithm="brute", n_jobs=-1).fit(vectors)
    n = 0
    for first in range(0, len(vectors), 4096):
        found = search.radius_neighbors(vectors[first : first + 4096], 1 - MIN_COSINE, return_distance=False)
        n += sum(len(row) - 1 for row in found)
    return n // 2


def by_all_hashes(hashes: np.ndarray) -> int:
    """Pairs within MAX_BITS by comparing all with all."""
    from sklearn.metrics import pairwise_distances_chunked

    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1).astype(np.float32)
    n = 0
    for block in pairwise_distances_chunked(bits, metric="cityblock", n_jobs=1):
        n += int((block <= MAX_BITS).sum())
    return (n - len(hashes)) // 2


def _of(workspace: str, dataset: str) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    from store.connection import open_workspace
    from store.datasets import find_dataset
    from store.duplicates import images_to_compare
    from store.neighbours import latest_graph, read_graph
    from store.overview import main_space
    from store.vectors import read_vectors

    opened = open_workspace(workspace)
    found = find_dataset(opened, dataset)
    space, graph = main_space(opened, found.id), latest_graph(opened, found.id)
    if space is None or graph is None:
        raise SystemExit("The dataset needs vectors and a neighbour graph first: run embed, then neighbours.")
    near = read_graph(opened, graph.run_id)
    hashes = images_to_compare(opened, found.id)["phash"].to_numpy().astype(np.uint64)
    vectors = read_vectors(opened, space)[1]
    opened.close()
    return vectors, hashes, (near.indices, near.similarities)


def _synthetic(n: int) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    from analytics.neighbours import neighbour_graph

    rng = np.random.default_rng(801)
    vectors = rng.normal(size=(n, 128)).astype(np.float32)
    vectors[: n // 20] = vectors[n // 20 : n // 10] + 0.1 * rng.normal(size=(n // 20, 128))
    graph = neighbour_graph(vectors, k=30, rng=rng)
    return vectors, _hashes(n), (graph.indices, graph.similarities)


def _hashes(n: int) -> np.ndarray:
    """Random hashes, a tenth of them a few bits off another."""
    rng = np.random.default_rng(801)
    hashes = rng.integers(0, 2**63, n, dtype=np.uint64)
    flips = np.uint64(1) << rng.integers(0, 64, (n // 10, 3)).astype(np.uint64)
    hashes[: n // 10] = hashes[n // 10 : 2 * (n // 10)] ^ np.bitwise_or.reduce(flips, axis=1)
    return hashes


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace")
    parser.add_argument("--dataset")
    parser.add_argument("--synthetic", type=int, default=10_000, help="images to draw without --workspace (10000)")
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",")], default=[100_000, 1_000_000])
    return parser.parse_args()


if __name__ == "__main__":
    main()
