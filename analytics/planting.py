"""Wrong labels planted in a copy of the labels, to see what share of them a method finds."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints, Numbers
from analytics.errors import BadParameter
from analytics.noise_rates import wilson


@dataclass(frozen=True)
class Planted:
    """labels: (n,) the copy with wrong labels in it. rows: (m,) where. alike: (m,) bool, a likely mistake."""

    labels: Ints
    rows: Ints
    alike: Bools


@dataclass(frozen=True)
class Recall:
    """n_found of n_planted were found: share (NaN without any) and its 95 % interval (Wilson)."""

    n_planted: int
    n_found: int
    share: float
    low: float
    high: float


def plant(labels: Ints, *, eligible: Bools, confusions: Numbers, n: int, rng: np.random.Generator) -> Planted:
    """Give `n` eligible pictures another class: half of them any other at random, half a class likely to be mistaken.

    labels: (n_images,) class index, -1 without one (never planted in). eligible: (n_images,) bool. confusions: (c, c)
    counts of given and suggested class; a class of which nothing is known gets any other. A class that no label uses is
    never planted. Raises BadParameter where there are not two classes or no eligible picture.
    """
    present = np.unique(labels[labels >= 0])
    candidates = np.flatnonzero(eligible & (labels >= 0))
    if len(present) < 2 or not len(candidates) or n < 1:
        raise BadParameter(
            f"Planting needs two classes and a picture to plant in, not {len(present)} and {len(candidates)}."
        )
    rows = rng.choice(candidates, min(n, len(candidates)), replace=False)
    alike = np.arange(len(rows)) % 2 == 1
    out = labels.copy()
    for number, row in enumerate(rows.tolist()):
        own = labels[row]
        others = present[present != own]
        weights = np.ones(len(others))
        if alike[number] and confusions[own][others].sum() > 0:
            weights = confusions[own][others].astype(np.float64)
        out[row] = rng.choice(others, p=weights / weights.sum())
    return Planted(out, rows, alike)


def recall(is_found: Bools) -> Recall:
    """Count what was found (m,) bool."""
    n, hits = len(is_found), int(np.sum(is_found))
    low, high = (float(end) for end in wilson(hits, n))
    return Recall(n, hits, hits / n if n else float("nan"), low, high)


def curve(depths: Floats, *, n_images: int, n_points: int = 21) -> list[tuple[int, float]]:
    """How many pictures must be reviewed, worst first, and what share of the planted is found by then.

    depths: (m,) ranks from 1 of the planted pictures in the review's order, inf where they are not in it.
    """
    last = depths[np.isfinite(depths)].max(initial=1)
    steps = np.unique(np.linspace(0, min(last, n_images), n_points).astype(int))
    return [(int(step), float((depths <= step).mean())) for step in steps]
