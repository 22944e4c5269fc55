"""Out-of-fold logistic regression on vectors, against scikit-learn's carried to convergence on all dimensions.

    python benchmarks/logistic.py --vectors VECTORS.npy --labels LABELS.npy [--rows N]
    python benchmarks/logistic.py [--rows N]      N (5,000) made-up vectors of 1,280 numbers, a third with a wrong label

VECTORS.npy is (n, d) float32, LABELS.npy (n,) class indices. Both ways use the same five folds, penalty and scale, each
in a process of its own: Vitrine's on the first 512 principal components with its own end of the search, scikit-learn's
on all d dimensions until its gradient is below 1e-6. Prints seconds, peak memory, and how well each predicts the labels
of pictures it has not seen: balanced accuracy and mean log loss.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

FOLDS, DIMS, SEED = 5, 512, 801


def main() -> None:
    """Compare, or (with --way) measure one way and print a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors")
    parser.add_argument("--labels")
    parser.add_argument("--rows", type=int, default=0, help="so many rows, drawn at random")
    parser.add_argument("--way", choices=list(WAYS))
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measure(given)))
        return
    found = {}
    for way in WAYS:
        words = [sys.executable, __file__, *sys.argv[1:], "--way", way]
        found[way] = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        print(way, json.dumps(found[way]), flush=True)
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
    began = time.perf_counter()
    found = WAYS[given.way](vectors, labels, folds)
    seconds = time.perf_counter() - began
    own = np.maximum(found[np.arange(len(labels)), labels], 1e-12)
    right = found.argmax(axis=1) == labels
    recalls = [right[labels == index].mean() for index in np.unique(labels)]
    return {
        "n": len(labels),
        "seconds": round(seconds, 2),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
        "balanced_accuracy": round(float(np.mean(recalls)), 5),
        "log_loss": round(float(-np.log(own).mean()), 5),
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
