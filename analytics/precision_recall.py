"""Precision against recall of one class, over all thresholds."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats
from analytics.errors import WrongShape


@dataclass(frozen=True)
class Curve:
    """precision, recall (t,), thresholds falling, recall rising. average_precision: its area in steps; NaN, and no
    points, where there is no picture of the class.
    """

    precision: Floats
    recall: Floats
    average_precision: float


def curve(probability: Floats, *, positive: Bools) -> Curve:
    """The curve of a class: probability (n,) that pictures are given, positive (n,) bool whether they are of it.

    One point a distinct probability: pictures with the same one are named together. Average precision as
    scikit-learn's, without interpolation. Raises WrongShape where the lengths differ.
    """
    if probability.shape != positive.shape:
        raise WrongShape(f"positive must be {probability.shape} as the probabilities are, not {positive.shape}.")
    n_positive = int(positive.sum())
    if not n_positive:
        return Curve(np.empty(0), np.empty(0), float("nan"))
    order = np.argsort(-probability)
    falling = probability[order]
    last = np.append(np.flatnonzero(np.diff(falling)), len(falling) - 1)  # of each run of equal probabilities
    right = np.cumsum(positive[order])[last]
    precision, recall = right / (last + 1), right / n_positive
    return Curve(precision, recall, float(np.sum(np.diff(recall, prepend=0) * precision)))


def thinned(whole: Curve, *, n_points: int) -> Curve:
    """At most `n_points` points of a curve, evenly apart in recall, its ends kept; its average precision unchanged."""
    if len(whole.recall) <= n_points:
        return whole
    at = np.searchsorted(whole.recall, np.linspace(whole.recall[0], whole.recall[-1], n_points))
    at = np.unique(np.minimum(at, len(whole.recall) - 1))
    return Curve(whole.precision[at], whole.recall[at], whole.average_precision)
