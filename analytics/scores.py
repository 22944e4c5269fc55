"""Scores of class predictions that hold for classes of any size."""

import numpy as np


def recalls(
    truth: np.ndarray, *, predicted: np.ndarray, n_classes: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """(n_classes,) float64: the share of each class's pictures that were predicted so; NaN for a class without any.

    truth, predicted: (n,) class indices; a truth below 0 is not counted. weights: (n,) how much each picture counts.
    """
    known = truth >= 0
    given = np.ones(len(truth)) if weights is None else weights
    support = np.bincount(truth[known], weights=given[known], minlength=n_classes)
    right = np.bincount(truth[known], weights=(given * (predicted == truth))[known], minlength=n_classes)
    return np.divide(right, support, out=np.full(n_classes, np.nan), where=support > 0)


def balanced_accuracy(truth: np.ndarray, *, predicted: np.ndarray, n_classes: int) -> float:
    """The mean recall of the classes that occur, in [0, 1]; NaN where none does."""
    found = recalls(truth, predicted=predicted, n_classes=n_classes)
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")


def claimed_with_leak(
    truth: np.ndarray, *, predicted: np.ndarray, is_copy: np.ndarray, leaked_share: float, n_classes: int
) -> float:
    """The balanced accuracy that a split by chance would have claimed.

    The rows `is_copy` are near duplicates of training pictures, the others are honest test pictures. A split by chance
    has `leaked_share` of the former; they are weighed so. NaN where there is no copy.
    """
    n_copies, n_honest = int(is_copy.sum()), int((~is_copy).sum())
    if not n_copies or not n_honest:
        return float("nan")
    weights = np.where(is_copy, leaked_share / n_copies, (1 - leaked_share) / n_honest)
    found = recalls(truth, predicted=predicted, n_classes=n_classes, weights=weights)
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")
