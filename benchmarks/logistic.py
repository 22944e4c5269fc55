"""Out-of-fold logistic regression on vectors, against scikit-learn's carried to convergence on all dimensions.

    python benchmarks/logistic.py --vectors VECTORS.npy --labels LABELS.npy [--rows N]
    python benchmarks/logistic.py [--rows N]      N (5,000) made-up vectors of 1,280 numbers, a third with a wrong label

VECTORS.npy is (n, d) float32, LABELS.npy (n,) class indices. Both ways use the same five folds, penalty and scale, each
in a process of its own: Vitrine's on the first 512 principal components with its own end of the search, scikit-learn's
on all d dimensions until its gradient is below 1e-6. Prints seconds, peak memory, and how well each predicts the labels
of pictures it has not seen: balanced accuracy and mean log loss.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.support.child import answer, run_ways
from benchmarks.support.table import print_header, print_row
from benchmarks.support.timing import conditions, peak_mb, timed

FOLDS, DIMS, SEED = 5, 512, 801


def main() -> None:
    """Print a table of both ways, or (with --way) measure one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--rows", type=int, default=0, help="so many rows, drawn at random")
    parser.add_argument("--way", choices=list(WAYS), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        answer(lambda: measure(given))
        return
    print(conditions())
    print_header("way", "n", "seconds", "peak MB", "balanced accuracy", "mean log loss")
    found = run_ways(__file__, WAYS, *sys.argv[1:])
    for way, row in found.items():
        worth = f"{row['balanced_accuracy']:.4f}", f"{row['log_loss']:.4f}"
        print_row(way, f"{row['n']:,}", f"{row['seconds']:.1f}", f"{row['peak_mb']:,.0f}", *worth)
    ours, theirs = found.values()
    print(f"scikit-learn at convergence takes {theirs['seconds'] / ours['seconds']:.1f} times as long")


def measure(given: argparse.Namespace) -> dict[str, float]:
    """Run one way."""
    rng = np.random.default_rng(SEED)
    if given.vectors:
        vectors, labels = np.load(given.vectors), np.load(given.labels).astype(np.int64)
    else:
        vectors, labels = made_up(given.rows or 5000, rng)
    if given.vectors and given.rows:
        rows = np.sort(rng.choice(len(labels), given.rows, replace=False))
        vectors, labels = vectors[rows], labels[rows]
    folds = rng.integers(0, FOLDS, len(labels)).astype(np.int32)
    found, seconds = timed(lambda: WAYS[given.way](vectors, labels, folds))
    own = np.maximum(found[np.arange(len(labels)), labels], 1e-12)
    right = found.argmax(axis=1) == labels
    recalls = [right[labels == index].mean() for index in np.unique(labels)]
    return {
        "n": len(labels),
        "seconds": seconds,
        "peak_mb": peak_mb(),
        "balanced_accuracy": float(np.mean(recalls)),
        "log_loss": float(-np.log(own).mean()),
    }


def made_up(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Ten overlapping clouds (n, 1280) with a few broad directions, as embeddings have; labels (n,), a third wrong."""
    kinds = rng.integers(0, 10, n)
    spread = 1 / np.sqrt(np.arange(1, 1281))
    vectors = (rng.normal(size=(10, 1280))[kinds] + 2 * rng.normal(size=(n, 1280))) * spread
    labels = np.where(rng.random(n) < 1 / 3, rng.integers(0, 10, n), kinds)
    return vectors.astype(np.float32), labels


def _ours(vectors: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    from analytics.out_of_fold import features, held_out_probabilities

    points = features(vectors, dims=DIMS)
    return held_out_probabilities(points, labels=labels, folds=folds, n_classes=int(labels.max()) + 1)


def _theirs(vectors: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    from analytics.out_of_fold import STRENGTH

    centred = vectors - vectors.mean(axis=0)
    centred /= np.sqrt(centred.var(axis=0).sum())
    found = np.zeros((len(labels), int(labels.max()) + 1))
    for fold in range(FOLDS):
        model = LogisticRegression(C=STRENGTH, max_iter=20_000, tol=1e-6)
        model.fit(centred[folds != fold], labels[folds != fold])
        found[np.ix_(folds == fold, model.classes_)] = model.predict_proba(centred[folds == fold])
    return found


WAYS = {"Vitrine": _ours, "scikit-learn at convergence": _theirs}

if __name__ == "__main__":
    main()
