"""The curve over k against scikit-learn-extra's PAM on the same vectors in the same run, and growth in n.

    python benchmarks/medoids.py --vectors VECTORS.npy --baseline-python OTHER/bin/python [--timed 5,15,25]
    python benchmarks/medoids.py --synthetic 300000 --growth 10000,30000,100000,300000

VECTORS.npy is (n, d) float32; without it points around centres are drawn. scikit-learn-extra is not developed any
more and its wheel does not load with NumPy 2, so it lives in an environment of its own, built from source:

    python3 -m venv OTHER && OTHER/bin/pip install numpy scikit-learn cython setuptools wheel
    OTHER/bin/pip install --no-binary scikit-learn-extra --no-build-isolation scikit-learn-extra

The curve is k = 5 to 100 step 2. Ours computes it whole, each k starting from the medoids of the one before. PAM
starts anew for each k, and takes minutes for one: a few of its k are timed (--timed), the seconds of those between are
read off straight lines, and every larger k is counted as if it took no longer than the largest timed, which is too
little. Losses are compared at the timed k, both recomputed in float64 from the same vectors.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer, figures_of, run_ways
from benchmarks.support.points import clouds, subset
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb

SEED = 801
KS = list(range(5, 101, 2))
GROWTH_K = 20
BASELINE = """
import json, sys, time
import numpy as np
from sklearn_extra.cluster import KMedoids
path, k, init, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
vectors = np.load(path)
began = time.perf_counter()
found = KMedoids(k, metric="cosine", method="pam", init=init, random_state=seed).fit(vectors)
print(json.dumps({"seconds": time.perf_counter() - began, "medoids": found.medoid_indices_.tolist()}))
"""


def main() -> None:
    """Print the curve beside PAM, and the growth, or (with --way) measure one way."""
    arguments = _arguments()
    if arguments.way:
        answer(lambda: WAYS[arguments.way](np.load(arguments.vectors, mmap_mode="r")))
        return
    print(conditions())
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.vectors or clouds(Path(folder), arguments.synthetic)
        if arguments.baseline_python:
            compare(arguments, subset(path, arguments.n, into=Path(folder) / "subset.npy"))
        else:
            print("Skipped scikit-learn-extra's PAM: --baseline-python names no interpreter that has it.")
        grow(arguments, path, folder=Path(folder))


def compare(arguments: argparse.Namespace, path: Path) -> None:
    """The whole curve by us, some of its k by PAM, the ratio and the losses."""
    ours = run_ways(__file__, ["curve"], "--vectors", path)["curve"]
    vectors = np.load(path).astype(np.float64)
    print(f"\n{len(vectors):,} x {vectors.shape[1]}; ours, k = 5 to 99 step 2: {ours['seconds']:.1f} s")
    print_header("k", "PAM, s", "PAM's loss", "our loss", "ours is")
    timed: dict[int, float] = {}
    for k in arguments.timed:
        command = [arguments.baseline_python, "-c", BASELINE, path, k, arguments.baseline_init, SEED]
        found = figures_of(command)
        timed[k] = found["seconds"]
        own, theirs = (_loss(vectors, medoids) for medoids in (ours["medoids"][KS.index(k)], found["medoids"]))
        verdict = "no higher" if own <= theirs * (1 + 1e-9) else "HIGHER"
        print_row(k, f"{timed[k]:.1f}", f"{theirs:.3f}", f"{own:.3f}", verdict)
    whole = float(np.interp(KS, sorted(timed), [timed[k] for k in sorted(timed)]).sum())
    few, own = sum(timed.values()), ours["seconds"]
    print(f"PAM's {len(timed)} timed: {few:.0f} s; all {len(KS)}, at least {whole:.0f} s")
    print(f"ratio: at least {whole / own:.0f}x (bar 100); the timed k alone: {few / own:.0f}x")


def grow(arguments: argparse.Namespace, path: Path, *, folder: Path) -> None:
    """Seconds and peak memory of one k, and of the curve, for more and more vectors."""
    n_vectors = len(np.load(path, mmap_mode="r"))
    print_header("n", "way", "seconds", "peak MB", "mean distance")
    for n in (n for n in arguments.growth if n <= n_vectors):
        rows = run_ways(__file__, arguments.growth_ways, "--vectors", subset(path, n, into=folder / "grown.npy"))
        for way, row in rows.items():
            title = f"k = {GROWTH_K}" if way == "one" else "k = 2 to 100"
            print_row(f"{n:,}", title, f"{row['seconds']:.1f}", f"{row['peak_mb']:,.0f}", f"{row['mean']:.4f}")


def _curve(vectors: np.ndarray) -> dict[str, object]:
    from analytics.distances import Vectors
    from analytics.medoids import find_medoids

    began = time.perf_counter()
    found = find_medoids(Vectors(np.asarray(vectors)), KS, rng=np.random.default_rng(SEED))
    return _measured(began, medoids=[one.medoids.tolist() for one in found])


def _one(vectors: np.ndarray) -> dict[str, object]:
    """What the job does for one k: search, settle, assign."""
    from analytics.distances import Vectors
    from analytics.medoids import find_medoids, settled
    from analytics.subsets import assign

    began = time.perf_counter()
    whole = Vectors(vectors)
    (found,) = find_medoids(whole, [GROWTH_K], rng=np.random.default_rng(SEED))
    members = assign(whole, settled(whole, found.medoids))
    return _measured(began, mean=float(members.distance.mean(dtype=np.float64)))


def _curve_of_all(vectors: np.ndarray) -> dict[str, object]:
    """What the job does for the curve: search every k, and judge it over all vectors."""
    from analytics.distances import Vectors
    from analytics.medoids import find_medoids
    from analytics.subsets import judge

    began = time.perf_counter()
    whole = Vectors(vectors)
    found = find_medoids(whole, range(2, 101), rng=np.random.default_rng(SEED))
    worth = judge(whole, [one.medoids for one in found], rng=np.random.default_rng(SEED))
    return _measured(began, mean=worth[GROWTH_K - 2].loss / len(whole))


WAYS = {"curve": _curve, "one": _one, "curve_of_all": _curve_of_all}


def _measured(began: float, **found: object) -> dict[str, object]:
    return {"seconds": time.perf_counter() - began, "peak_mb": peak_mb(), **found}


def _loss(vectors: np.ndarray, medoids: list[int]) -> float:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = 1 - units[medoids] @ units.T
    distances[np.arange(len(medoids)), medoids] = 0
    return float(distances.min(axis=0).sum())


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="a .npy file of (n, d) float32")
    parser.add_argument("--synthetic", type=int, default=30_000, help="points to draw without --vectors (30000)")
    parser.add_argument("--n", type=int, default=5_000, help="vectors in the comparison (5000)")
    parser.add_argument("--baseline-python", help="an interpreter that has scikit-learn-extra")
    parser.add_argument("--baseline-init", default="heuristic", choices=["heuristic", "build", "k-medoids++", "random"])
    parser.add_argument("--timed", type=_numbers, default=[5, 15, 25], help="k that PAM is timed at")
    parser.add_argument("--growth", type=_numbers, default=[10_000, 30_000], help="sizes (10000,30000)")
    parser.add_argument("--growth-ways", type=lambda text: text.split(","), default=["one", "curve_of_all"])
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
