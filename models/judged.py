"""How well probabilities fit labels, by the names that an epoch of a curve has for it."""

import numpy as np


def judged(found: np.ndarray, truth: np.ndarray) -> dict[str, object]:
    """Loss, balanced accuracy and recalls of probabilities `found` (n, c) for class indices `truth` (n,)."""
    n_classes = found.shape[1]
    loss = float(-np.log(np.maximum(found[np.arange(len(truth)), truth], 1e-12)).mean())
    support = np.bincount(truth, minlength=n_classes)
    right = np.bincount(truth[found.argmax(1) == truth], minlength=n_classes)
    recalls = _shares(right, support)
    accuracy = float(np.mean([recall for recall in recalls if recall is not None]))
    return {"loss": loss, "balanced_accuracy": accuracy, "recalls": recalls}


def judged_several(found: np.ndarray, truth: np.ndarray) -> dict[str, object]:
    """Loss, mean average precision and recalls (at 0.5) of probabilities `found`, truth (n, c) of 0 and 1.

    Classes that never occur do not count.
    """
    from sklearn.metrics import average_precision_score

    sure = np.clip(found.astype(np.float64), 1e-12, 1 - 1e-12)
    loss = float(-np.where(truth > 0, np.log(sure), np.log(1 - sure)).mean())
    occurs = truth.any(0)
    mean = float(average_precision_score(truth[:, occurs], found[:, occurs])) if occurs.any() else 0.0
    recalls = _shares(((found >= 0.5) & (truth > 0)).sum(0), truth.sum(0, dtype=np.int64))
    return {"loss": loss, "balanced_accuracy": None, "mean_average_precision": mean, "recalls": recalls}


def _shares(right: np.ndarray, support: np.ndarray) -> list[float | None]:
    return [float(a / b) if b else None for a, b in zip(right, support, strict=True)]
