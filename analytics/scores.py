"""Scores of class predictions that hold for classes of any size, for one label a picture and for several."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Flags, Floats, Ints, ratio


def recalls(truth: Ints, *, predicted: Ints, n_classes: int, weights: Floats | None = None) -> Floats:
    """(n_classes,) float64: the share of each class's pictures that were predicted so; NaN for a class without any.

    truth, predicted: (n,) class indices; a truth below 0 is not counted. weights: (n,) how much each picture counts.
    """
    is_known = truth >= 0
    given = np.ones(len(truth)) if weights is None else weights
    support = np.bincount(truth[is_known], weights=given[is_known], minlength=n_classes)
    right = np.bincount(truth[is_known], weights=(given * (predicted == truth))[is_known], minlength=n_classes)
    return ratio(right, support, empty=np.nan)


def balanced_accuracy(truth: Ints, *, predicted: Ints, n_classes: int) -> float:
    """The mean recall of the classes that occur, in [0, 1]; NaN where none does."""
    by_class = recalls(truth, predicted=predicted, n_classes=n_classes)
    return float(np.nanmean(by_class)) if np.isfinite(by_class).any() else float("nan")


def log_loss(truth: Ints, probabilities: Floats) -> float:
    """The mean of -log p of the true classes (n,) by probabilities (n, c), in nats; a p below 1e-12 counts as that."""
    own = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(own, 1e-12)).mean())


def several_labels_log_loss(truth: Flags, probabilities: Floats) -> float:
    """The mean log loss of all n * c yes-or-no answers: truth (n, c) of 0 and 1, probabilities (n, c), in nats."""
    sure = np.clip(probabilities.astype(np.float64), 1e-12, 1 - 1e-12)
    return float(-np.where(truth > 0, np.log(sure), np.log(1 - sure)).mean())


def claimed_with_leak(truth: Ints, *, predicted: Ints, is_copy: Bools, leaked_share: float, n_classes: int) -> float:
    """The balanced accuracy that a split by chance would have claimed.

    The rows `is_copy` are near duplicates of training pictures, the others are honest test pictures. A split by chance
    has `leaked_share` of the former; they are weighed so. NaN where there is no copy.
    """
    n_copies, n_honest = int(is_copy.sum()), int((~is_copy).sum())
    if not n_copies or not n_honest:
        return float("nan")
    weights = np.where(is_copy, leaked_share / n_copies, (1 - leaked_share) / n_honest)
    by_class = recalls(truth, predicted=predicted, n_classes=n_classes, weights=weights)
    return float(np.nanmean(by_class)) if np.isfinite(by_class).any() else float("nan")


def several_labels_recalls(truth: Flags, predicted: Flags) -> Floats:
    """(c,) float64: the share of each class's pictures that were given it; NaN for a class that none carries.

    truth, predicted: (n, c) of 0 and 1.
    """
    return ratio(((truth > 0) & (predicted > 0)).sum(axis=0), (truth > 0).sum(axis=0), empty=np.nan)


@dataclass(frozen=True)
class F1:
    """F1 by class (c,), NaN for a class that neither occurs nor is predicted; its mean; and of all labels together."""

    by_class: Floats
    macro: float
    micro: float


def average_precisions(truth: Flags, scores: Floats, *, weights: Floats | None = None) -> Floats:
    """(c,) float64: the average precision of each class, the mean precision at every rank of a picture that carries it.

    truth: (n, c) of 0 and 1; scores: (n, c), pictures of equal score count at one rank; weights: (n,). NaN for a class
    that no picture carries.
    """
    n, n_classes = truth.shape
    given = np.ones(n) if weights is None else weights
    out = np.full(n_classes, np.nan)
    for index in np.flatnonzero(truth.any(axis=0)):
        order = np.argsort(-scores[:, index], kind="stable")
        ranked = scores[order, index]
        hits = np.cumsum(given[order] * truth[order, index])
        seen = np.cumsum(given[order])
        last = np.append(np.flatnonzero(np.diff(ranked)), n - 1)  # of each run of equal scores
        recall = hits[last] / hits[-1]
        out[index] = float((np.diff(recall, prepend=0.0) * hits[last] / seen[last]).sum())
    return out


def f1_scores(truth: Flags, predicted: Flags) -> F1:
    """F1 of truth and predicted, (n, c) of 0 and 1: 2 hits / (carried + predicted)."""
    hits = ((truth > 0) & (predicted > 0)).sum(axis=0)
    total = (truth > 0).sum(axis=0) + (predicted > 0).sum(axis=0)
    by_class = ratio(2.0 * hits, total, empty=np.nan)
    if not total.sum():
        return F1(by_class, float("nan"), float("nan"))
    return F1(by_class, float(np.nanmean(by_class)), float(2.0 * hits.sum() / total.sum()))
