"""Seconds and memory of the label check, against what a user would pick, in the same run.

    python benchmarks/label_issues.py --vectors VECTORS.npy --labels LABELS.npy    from vectors to ranked issues
    python benchmarks/label_issues.py --rows 1000000                               from probabilities to issues alone
    python benchmarks/label_issues.py                                              both, on drawn data

VECTORS.npy is (n, d) float32, LABELS.npy (n,) class indices. Each way runs in a process of its own on the same cores.
What a user would pick: scikit-learn's cross_val_predict of a logistic regression on the vectors, then cleanlab's
find_label_issues; it gives one opinion, and neither groups copies nor looks for outliers.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer, run_ways
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, timed

SEED, N_CLASSES = 801, 10


def main() -> None:
    """Print a table a comparison, or (with --way) measure one way."""
    arguments = _arguments()
    if arguments.way:
        vectors = np.load(arguments.vectors, mmap_mode="r")
        answer(lambda: measure(arguments.way, vectors, np.load(arguments.labels)))
        return
    print(conditions())
    with tempfile.TemporaryDirectory() as folder:
        if arguments.vectors or not arguments.rows or arguments.drawn:
            drawn = _drawn_vectors(Path(folder), arguments.drawn or 5_000) if not arguments.vectors else ()
            paths = drawn or (arguments.vectors, arguments.labels)
            if arguments.whole:
                _compare(("Vitrine",), *paths)
                paths = _thinned(Path(folder), *paths, n=arguments.whole)
            _compare(("Vitrine", "cross_val_predict + cleanlab"), *paths)
        _compare(("Vitrine, issues alone", "cleanlab alone"), *_drawn_shares(Path(folder), arguments.rows or 1_000_000))


def measure(way: str, values: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Run one way: seconds, the process's peak memory in MB, and how many issues it found."""
    n_issues, seconds = timed(lambda: WAYS[way](values, labels))
    return {"seconds": seconds, "peak_mb": peak_mb(), "issues": n_issues}


def _vitrine(vectors: np.ndarray, labels: np.ndarray) -> int:
    from jobs.label_issues.judge import Material, judge
    from jobs.label_issues.kind import LabelIssuesParameters

    n = len(labels)
    material = Material(
        vectors=np.asarray(vectors),
        labels=labels.astype(np.int64),
        pixels=np.arange(n),
        hashes=np.random.default_rng(SEED).integers(0, 2**63, n).astype(np.uint64),
        classes=tuple(f"class {i}" for i in range(int(labels.max()) + 1)),
    )
    return int(
        judge(material, parameters=LabelIssuesParameters(), report=lambda share, message: None).issues.is_issue.sum()
    )


def _user(vectors: np.ndarray, labels: np.ndarray) -> int:
    from cleanlab.filter import find_label_issues
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    model = LogisticRegression(max_iter=400)
    shares = cross_val_predict(model, np.asarray(vectors), labels, cv=5, method="predict_proba")
    return int(find_label_issues(labels, shares, n_jobs=1).sum())


def _vitrine_issues(shares: np.ndarray, labels: np.ndarray) -> int:
    from analytics.label_noise import find_label_issues
    from analytics.noise_rates import noise_rates

    issues = find_label_issues(labels, probabilities=np.asarray(shares), seed=SEED)
    noise_rates(labels, probabilities=issues.probabilities, rng=np.random.default_rng(SEED))
    return int(issues.is_issue.sum())


def _cleanlab(shares: np.ndarray, labels: np.ndarray) -> int:
    from cleanlab.filter import find_label_issues

    return int(find_label_issues(labels, np.asarray(shares), n_jobs=1).sum())


WAYS = {
    "Vitrine": _vitrine,
    "cross_val_predict + cleanlab": _user,
    "Vitrine, issues alone": _vitrine_issues,
    "cleanlab alone": _cleanlab,
}


def _compare(ways: tuple[str, ...], values: Path, labels: Path) -> None:
    shape = np.load(values, mmap_mode="r").shape
    rows = run_ways(__file__, ways, "--vectors", values, "--labels", labels)
    print_header(f"{shape[0]:,} x {shape[1]:,}", "seconds", "peak MB", "issues")
    for way, row in rows.items():
        print_row(way, f"{row['seconds']:.1f}", f"{row['peak_mb']:,.0f}", f"{row['issues']:,}")
    ours = rows[ways[0]]["seconds"]
    for way in ways[1:]:
        if way in rows:
            print(f"{way} takes {rows[way]['seconds'] / ours:.1f} times as long (bar for Vitrine: 60 s, 2,000 MB)")


def _thinned(folder: Path, values: Path, labels: Path, *, n: int) -> tuple[Path, Path]:
    """Files of `n` rows drawn from others."""
    every = np.load(values, mmap_mode="r")
    rows = np.sort(np.random.default_rng(SEED).permutation(len(every))[:n])
    return _saved(folder, "thinned", every[rows], np.load(labels)[rows])


def _drawn_vectors(folder: Path, n: int) -> tuple[Path, Path]:
    rng = np.random.default_rng(SEED)
    truth, labels = _noisy_labels(n, rng=rng)
    centres = rng.normal(size=(N_CLASSES, 256)) * 0.4
    return _saved(folder, "vectors", (centres[truth] + rng.normal(size=(n, 256))).astype(np.float32), labels)


def _drawn_shares(folder: Path, n: int) -> tuple[Path, Path]:
    rng = np.random.default_rng(SEED)
    truth, labels = _noisy_labels(n, rng=rng)
    scores = rng.normal(size=(n, N_CLASSES)).astype(np.float32)
    scores[np.arange(n), truth] += 2.5
    shares = np.exp(scores)
    return _saved(folder, "shares", shares / shares.sum(axis=1, keepdims=True), labels)


def _noisy_labels(n: int, *, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """True labels, and given ones of which a fifth are wrong."""
    truth = rng.integers(0, N_CLASSES, n)
    wrong = rng.random(n) < 0.2
    return truth, np.where(wrong, (truth + rng.integers(1, N_CLASSES, n)) % N_CLASSES, truth)


def _saved(folder: Path, name: str, values: np.ndarray, labels: np.ndarray) -> tuple[Path, Path]:
    np.save(folder / f"{name}.npy", values)
    np.save(folder / f"{name}-labels.npy", labels)
    return folder / f"{name}.npy", folder / f"{name}-labels.npy"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, help="vectors as .npy")
    parser.add_argument("--labels", type=Path, help="class indices as .npy")
    parser.add_argument("--drawn", type=int, default=0, help="vectors to draw without --vectors; 5,000 by default")
    parser.add_argument("--rows", type=int, default=0, help="rows of drawn probabilities; 1,000,000 by default")
    parser.add_argument("--whole", type=int, default=0, help="Vitrine on all rows, and both ways on so many of them")
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
