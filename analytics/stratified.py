"""The share of something among pictures, from a stratified sample of them, with an interval that covers it."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from analytics.arrays import Floats, Ints, Numbers, ratio
from analytics.errors import BadParameter, WrongShape

LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """A share in [0, 1] of n_population pictures with its 95 % interval, from n of them; NaN, 0 and 1 without any.

    hits: how many of the n have it; a fraction where people who saw a picture differ.
    """

    share: float
    low: float
    high: float
    n: int
    hits: float
    n_population: int

    @property
    def is_known(self) -> bool:
        """Whether anything of it was seen."""
        return self.n > 0


def estimate(hits: Floats | Ints, *, n: Ints, sizes: Ints) -> Share:
    """The share in a population of strata, from what was drawn at random of each.

    hits, n, sizes: (s,) of each stratum how many of those drawn have it, were drawn, and there are. A stratum of which
    nothing was drawn counts as the rest of the sample does, and anything from 0 to 1 in the interval.
    Raises WrongShape, BadParameter.
    """
    hits, n, sizes = np.asarray(hits, float), np.asarray(n, np.int64), np.asarray(sizes, np.int64)
    if not hits.shape == n.shape == sizes.shape or hits.ndim != 1:
        raise WrongShape(f"hits, n and sizes are of the same strata, not {hits.shape}, {n.shape}, {sizes.shape}.")
    if (hits < 0).any() or (hits > n).any() or (n > sizes).any():
        raise BadParameter("0 <= hits <= n <= sizes in each stratum.")
    there = sizes > 0
    hits, n, sizes = hits[there], n[there], sizes[there]
    total = int(n.sum())
    if not total:
        return Share(np.nan, 0.0, 1.0, 0, 0.0, int(sizes.sum()))
    low, high = interval(hits, n=n, sizes=sizes)
    pooled = hits.sum() / total
    share = float((sizes * np.where(n > 0, ratio(hits, n, empty=0.0), pooled)).sum() / sizes.sum())
    ends = min(float(low), share), max(float(high), share)
    return Share(share, *ends, total, float(hits.sum()), int(sizes.sum()))


def interval(hits: Numbers, *, n: Ints, sizes: Ints, level: float = LEVEL) -> tuple[Floats, Floats]:
    """The interval (low, high) of a weighted mean of shares; hits may be (..., s) for many draws of the same design.

    Clopper and Pearson's idea with weights: above, one more hit is put where it weighs most, and a beta distribution
    is fitted to mean and variance of what that gives; below, the same of what is no hit. Of one stratum it is Clopper
    and Pearson's interval; a finite stratum counts as n (N - 1) / (N - n) pictures. Ref: Clopper and Pearson, 1934; Fay
    and Feuer, Stat. Med. 1997 (one more event at the largest weight); Tiwari, Clegg and Zou, 2006 (beta).
    """
    found: Floats = np.asarray(hits, np.float64)
    above = _upper(found, n=n, sizes=sizes, level=level)
    return 1 - _upper(n - found, n=n, sizes=sizes, level=level), above


def expected(rates: Floats, *, n: Ints, sizes: Ints) -> Share:
    """What a sample of n (s,) of strata of `sizes` (s,) would say if `rates` (s,) in [0, 1] of each had it."""
    return estimate(np.clip(rates, 0, 1) * n, n=n, sizes=sizes)


def _upper(hits: Floats, *, n: Ints, sizes: Ints, level: float) -> Floats:
    """The upper end for hits (..., s)."""
    weight = sizes / sizes.sum()
    worth = np.where(sizes > n, n * (sizes - 1) / np.maximum(sizes - n, 1), np.inf)
    is_whole = sizes == n
    share = np.where(n > 0, ratio(hits, n, empty=1.0), 1.0)  # nothing is known: it may be all
    m = np.where(is_whole, 1.0, worth)
    more = np.where(is_whole | (n == 0), share, (share * m + 1) / (m + 1))
    shift = weight * (more - share)
    place = shift.argmax(axis=-1)[..., None]
    known = is_whole | (n == 0)
    spread = np.where(known, 0.0, weight**2 * share * (1 - share) / (m + 1))
    spread_more = np.where(known, 0.0, weight**2 * more * (1 - more) / (m + 2))
    chosen = np.arange(hits.shape[-1]) == place
    variance = np.where(chosen, spread_more, spread).sum(axis=-1)
    mean = (weight * np.where(chosen, more, share)).sum(axis=-1)
    room = mean * (1 - mean)
    is_open = (variance > 1e-15) & (room > variance)
    size = np.where(is_open, room / np.where(is_open, variance, 1.0) - 1, 1.0)
    inner = np.clip(mean, 1e-12, 1 - 1e-12)
    end = beta.ppf((1 + level) / 2, inner * size, (1 - inner) * size)
    found: Floats = np.where(is_open, end, mean)
    return found
