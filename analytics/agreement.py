"""Agreement: of an image's label with those of its neighbours, and of people who score the same things."""

import collections
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Metric = Literal["nominal", "ordinal", "interval"]


@dataclass(frozen=True)
class Agreement:
    """n neighbours with a label, of which n_same carry the image's own. others: (label, how many), most first."""

    n: int
    n_same: int
    others: tuple[tuple[Hashable, int], ...]

    @property
    def share(self) -> float | None:
        """n_same of n in [0, 1]; None where no neighbour has a label."""
        return self.n_same / self.n if self.n else None


def agreement(own: Hashable | None, labels: Sequence[Hashable | None]) -> Agreement:
    """Compare an image's label with those of its neighbours; unlabelled neighbours are not counted."""
    counts = collections.Counter(label for label in labels if label is not None)
    n_same = counts.pop(own, 0) if own is not None else 0
    others = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return Agreement(n_same + sum(counts.values()), n_same, tuple(others))


def krippendorff_alpha(values: np.ndarray, *, metric: Metric = "ordinal") -> float | None:
    """How far people agree beyond chance: 1 in all, 0 as if drawn at random, below 0 less than that.

    values: (n_units, n_people), NaN where somebody gave none; units with fewer than two values are left out. None
    where nobody can be compared, or where all values are the same: then there is nothing to agree on.
    Ref: Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011.
    """
    units = [unit[~np.isnan(unit)] for unit in np.asarray(values, dtype=np.float64)]
    units = [unit for unit in units if len(unit) > 1]
    if not units:
        return None
    scale, places = np.unique(np.concatenate(units), return_inverse=True)
    counts = np.bincount(places, minlength=len(scale)).astype(np.float64)  # (n_values,)
    seen = np.zeros((len(scale), len(scale)))  # of each pair of values, how often it stands in a unit
    for unit in units:
        here = np.bincount(np.searchsorted(scale, unit), minlength=len(scale)).astype(np.float64)
        seen += (np.outer(here, here) - np.diag(here)) / (len(unit) - 1)
    apart = _squared_distances(scale, counts, metric)
    by_chance = float((np.outer(counts, counts) * apart).sum())
    if by_chance == 0:
        return None
    return 1 - float(counts.sum() - 1) * float((seen * apart).sum()) / by_chance


def _squared_distances(scale: np.ndarray, counts: np.ndarray, metric: Metric) -> np.ndarray:
    """How far two values lie apart, squared: (n_values, n_values). counts: how often each was given."""
    if metric == "nominal":
        return 1 - np.eye(len(scale))
    # Ordinal: between two values lie all that were given between them, and half of their own.
    at = scale if metric == "interval" else np.cumsum(counts) - counts / 2
    apart: np.ndarray = (at[:, None] - at[None, :]) ** 2
    return apart
