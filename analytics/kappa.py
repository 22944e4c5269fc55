"""How far people agree beyond chance: Cohen's kappa for two, Fleiss' for more, with intervals."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import WrongShape

_Z = 1.959964


@dataclass(frozen=True)
class Kappa:
    """kappa in [-1, 1], its standard error and 95 % interval, and the share of pairs of answers that are the same.

    n: pictures. All but n are NaN where nothing can be said: no picture, or everybody says the same one thing.
    """

    kappa: float
    error: float
    low: float
    high: float
    same: float
    n: int

    @property
    def is_known(self) -> bool:
        """Whether there is a number."""
        return bool(np.isfinite(self.kappa))


def cohen(first: Ints, second: Ints) -> Kappa:
    """Cohen's kappa of two people's answers on the same pictures, both (n,) int of any categories.

    Standard error of large samples that does not suppose that they agree by chance only. Ref: Cohen, 1960; Fleiss,
    Cohen and Everitt, 1969. Raises WrongShape.
    """
    first, second = np.asarray(first, np.int64), np.asarray(second, np.int64)
    if first.shape != second.shape or first.ndim != 1:
        raise WrongShape(f"Both answer the same pictures, not {first.shape} and {second.shape}.")
    n = len(first)
    if not n:
        return _unknown(0)
    _, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    c = int(codes.max()) + 1
    table = np.bincount(codes[:n] * c + codes[n:], minlength=c * c).reshape(c, c) / n
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    same, chance = float(np.trace(table)), float(rows @ columns)
    if chance >= 1:
        return _unknown(n, same=same)
    kappa = (same - chance) / (1 - chance)
    own = np.diag(table) @ ((1 - chance) - (rows + columns) * (1 - same)) ** 2
    cross = table * (columns[:, None] + rows[None, :]) ** 2  # of answers i and j: share of second's i and first's j
    others = (1 - same) ** 2 * (cross.sum() - np.trace(cross))
    variance = (own + others - (same * chance - 2 * chance + same) ** 2) / (n * (1 - chance) ** 4)
    return _with_interval(kappa, float(np.sqrt(max(variance, 0.0))), same=same, n=n)


def fleiss(counts: Ints) -> Kappa:
    """Fleiss' kappa of pictures that several people answered, not always the same nor equally many.

    counts: (n, c) how many gave each answer; pictures with fewer than two answers are left out. The standard error is a
    jackknife's over the pictures. Ref: Fleiss, Psychol. Bull. 1971; Fleiss, Levin and Paik, 2003 (unequal numbers);
    Efron and Stein, 1981 (jackknife). Raises WrongShape.
    """
    counts = np.asarray(counts, np.int64)
    if counts.ndim != 2:
        raise WrongShape(f"counts is (n, c), not {counts.shape}.")
    counts = counts[counts.sum(axis=1) >= 2]
    n = len(counts)
    if not n:
        return _unknown(0)
    people = counts.sum(axis=1)
    agreed = (counts * (counts - 1)).sum(axis=1) / (people * (people - 1))
    kappa, same = _fleiss_of(agreed.sum(), counts.sum(axis=0), n=n)
    if not np.isfinite(kappa):
        return _unknown(n, same=float(same))
    if n < 3:
        return _with_interval(float(kappa), float("nan"), same=float(same), n=n)
    without, _ = _fleiss_of(agreed.sum() - agreed, counts.sum(axis=0) - counts, n=n - 1)
    without = np.where(np.isfinite(without), without, 1.0)
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    return _with_interval(float(kappa), float(error), same=float(same), n=n)


def _fleiss_of(agreed: Floats | np.floating, answers: Ints, *, n: int) -> tuple[Floats, Floats]:
    """kappa and the share of agreeing pairs from sums over n pictures; answers: (..., c)."""
    shares = answers / answers.sum(axis=-1, keepdims=True)
    chance = (shares**2).sum(axis=-1)
    same = np.asarray(agreed) / n
    left = 1 - chance
    kappa: Floats = np.where(left > 1e-12, (same - chance) / np.where(left > 1e-12, left, 1), np.nan)
    return kappa, same


def _with_interval(kappa: float, error: float, *, same: float, n: int) -> Kappa:
    low, high = (max(kappa - _Z * error, -1.0), min(kappa + _Z * error, 1.0)) if np.isfinite(error) else (-1.0, 1.0)
    return Kappa(kappa, error, low, high, same, n)


def _unknown(n: int, *, same: float = float("nan")) -> Kappa:
    nan = float("nan")
    return Kappa(nan, nan, nan, nan, same, n)
