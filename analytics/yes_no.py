"""A yes or no for every picture: how many say yes at a line, by class, and which lie nearest to the line."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints

BINS = 40


@dataclass(frozen=True)
class Line:
    """What a line divides. above: rows (m,) from the line on, the surest first; below: those under it, the nearest
    to the line first.

    n_yes, n: (c,) pictures of each class above the line, and in all; the last is of those without a class.
    """

    above: Ints
    below: Ints
    n_yes: Ints
    n: Ints


def divide(shares: Floats, *, labels: Ints, n_classes: int, line: float) -> Line:
    """Divide pictures by their shares (n,) in [0, 1]; labels (n,) class index, -1 for none."""
    order = np.lexsort((np.arange(len(shares)), -shares))
    yes = shares >= line
    above = order[yes[order]]
    below = order[~yes[order]]
    class_of = np.where(labels < 0, n_classes, labels)
    n = np.bincount(class_of, minlength=n_classes + 1)
    return Line(above, below, np.bincount(class_of[yes], minlength=n_classes + 1), n)


def histogram(shares: Floats) -> tuple[Ints, Floats]:
    """Counts (40,) and edges (41,) over [0, 1]."""
    return np.histogram(shares, bins=BINS, range=(0.0, 1.0))
