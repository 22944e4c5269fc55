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
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

SEED, CENTRES, DIMS = 801, 50, 512
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
    """Print the comparison, or the table of growth."""
    arguments = _arguments()
    if arguments.way:
        print(json.dumps(WAYS[arguments.way](np.load(arguments.vectors, mmap_mode="r"))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.vectors or _synthetic(Path(folder), arguments.synthetic)
        if arguments.baseline_python:
            compare(arguments, np.load(path, mmap_mode="r"), folder=Path(folder))
        if arguments.growth:
            grow(arguments, np.load(path, mmap_mode="r"), folder=Path(folder))


def compare(arguments: argparse.Namespace, vectors: np.ndarray, *, folder: Path) -> None:
    """The whole curve by us, some of its k by PAM, the ratio and the losses."""
    subset = _subset(vectors, arguments.n, path=folder / "subset.npy")
    ours = _run("curve", subset)
    print(f"{arguments.n:,} x {vectors.shape[1]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    print(f"ours, k = 5 to 99 step 2: {ours['seconds']:.1f} s, peak {ours['peak_mb']:.0f} MB", flush=True)
    chosen = np.load(subset).astype(np.float64)
    timed: dict[int, float] = {}
    for k in arguments.timed:
        command = [arguments.baseline_python, "-c", BASELINE, str(subset), str(k), arguments.baseline_init, str(SEED)]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
        timed[k] = found["seconds"]
        own, theirs = (_loss(chosen, medoids) for medoids in (ours["medoids"][KS.index(k)], found["medoids"]))
        verdict = "no higher" if own <= theirs * (1 + 1e-9) else "HIGHER"
        print(f"PAM, k = {k}: {timed[k]:.1f} s, loss {theirs:.3f}; ours {own:.3f}: {verdict}", flush=True)
    whole = float(np.interp(KS, sorted(timed), [timed[k] for k in sorted(timed)]).sum())
    few, own = sum(timed.values()), ours["seconds"]
    print(f"PAM's {len(timed)} timed: {few:.0f} s; all {len(KS)}, at least {whole:.0f} s")
    print(f"ratio: at least {whole / own:.0f}x (bar 100); the timed k alone: {few / own:.0f}x")


def grow(arguments: argparse.Namespace, vectors: np.ndarray, *, folder: Path) -> None:
    """Seconds and peak memory of one k, and of the curve, for more and more vectors."""
    print(f"{'n':>8} {'way':<22}{'seconds':>9}{'peak MB':>9}{'mean distance':>15}")
    for n in arguments.growth:
        if n > len(vectors):
            continue
        subset = _subset(vectors, n, path=folder / "grown.npy")
        for way in arguments.growth_ways:
            title = f"k = {GROWTH_K}" if way == "one" else "k = 2 to 100"
            row = _run(way, subset)
            print(f"{n:>8,} {title:<22}{row['seconds']:>9.1f}{row['peak_mb']:>9.0f}{row['mean']:>15.4f}", flush=True)


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
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.perf_counter() - began, "peak_mb": peak, **found}


def _loss(vectors: np.ndarray, medoids: list[int]) -> float:
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    distances = 1 - units[medoids] @ units.T
    distances[np.arange(len(medoids)), medoids] = 0
    return float(distances.min(axis=0).sum())


def _subset(vectors: np.ndarray, n: int, *, path: Path) -> Path:
    rows = np.sort(np.random.default_rng(SEED).choice(len(vectors), min(n, len(vectors)), replace=False))
    np.save(path, vectors[rows])
    return path


def _run(way: str, path: Path) -> dict[str, object]:
    command = [sys.executable, __file__, "--vectors", str(path), "--way", way]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _synthetic(folder: Path, n: int) -> Path:
    """Points around centres, written some thousand at a time."""
    rng = np.random.default_rng(SEED)
    centres = rng.normal(size=(CENTRES, DIMS)).astype(np.float32)
    out = np.lib.format.open_memmap(folder / "synthetic.npy", mode="w+", dtype=np.float32, shape=(n, DIMS))
    for start in range(0, n, 10_000):
        size = min(10_000, n - start)
        noise = rng.normal(size=(size, DIMS)).astype(np.float32)
        out[start : start + size] = centres[rng.integers(CENTRES, size=size)] + noise
    out.flush()
    return folder / "synthetic.npy"


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
    parser.add_argument("--growth", type=_numbers, default=[], help="sizes, such as 10000,30000")
    parser.add_argument("--growth-ways", type=lambda text: text.split(","), default=["one", "curve_of_all"])
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
