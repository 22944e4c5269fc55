"""How likely a label has nothing to do with its picture: observed labels against shuffled ones.

If labels were given at random, the probability that a held-out model gives to a picture's label would be spread as it
is for shuffled labels. Where the labels in hand show the same low values as often as shuffled ones do, such labels are
there. Ref: Efron, Large-Scale Inference, 2010 (the two-groups model); Storey, JRSS B 2002.
"""

import numpy as np

from analytics.arrays import Floats, Ints

_STRATA, _ROWS_A_STRATUM = 12, 1_000  # strata of recognisability: a blurred or odd picture is judged among its like
_BINS, _ROWS_A_BIN = 60, 40
_SHUFFLED_ROWS = 200_000
_LOW_PART = 0.2  # the share of shuffled labels, lowest first, from which on the ratio is read
_MIN_ROWS = 20


def chance_unrelated(labels: Ints, *, probabilities: Floats, rng: np.random.Generator) -> Floats:
    """The chance (n,) float32 that each label was given without regard to its picture, by the two-groups model.

    labels: (n,) class index, -1 without one. probabilities: (n, c), each row of them made without the row's own label;
    NaN rows and rows without a label get NaN. A lower bound for wrong labels: a wrong label that suits the picture
    (a wolf called a coyote) is not unrelated. Fewer than 20 rows tell nothing: 0.
    """
    out = np.full(len(labels), np.nan, np.float32)
    rows = np.flatnonzero((labels >= 0) & np.isfinite(probabilities).all(axis=1))
    if len(rows) < _MIN_ROWS:
        out[rows] = 0
        return out
    held, given = probabilities[rows], labels[rows]
    observed = held[np.arange(len(rows)), given]
    n_rounds = int(np.clip(_SHUFFLED_ROWS // len(rows), 1, 20))
    shuffled = np.stack(
        [held[np.arange(len(rows)), given[rng.permutation(len(rows))]] for _ in range(n_rounds)], axis=1
    )
    n_strata = int(np.clip(len(rows) // _ROWS_A_STRATUM, 1, _STRATA))
    top = held.max(axis=1)
    stratum = np.searchsorted(np.quantile(top, np.linspace(0, 1, n_strata + 1)[1:-1]), top)
    for number in range(n_strata):
        here = np.flatnonzero(stratum == number)
        if len(here):
            out[rows[here]] = _two_groups(observed[here], shuffled[here].ravel())
    return out


def _two_groups(observed: Floats, shuffled: Floats) -> Floats:
    """The chance (n,) that each observed value is one of the shuffled kind; it falls as the value rises."""
    from sklearn.isotonic import IsotonicRegression

    n_bins = int(np.clip(len(observed) // _ROWS_A_BIN, 3, _BINS))
    edges = np.unique(np.quantile(np.concatenate([observed, shuffled]), np.linspace(0, 1, n_bins + 1)))
    inner = edges[1:-1]
    bin_of = np.searchsorted(inner, observed, side="right")
    seen = np.bincount(bin_of, minlength=len(inner) + 1) / len(observed)
    null = np.bincount(np.searchsorted(inner, shuffled, side="right"), minlength=len(inner) + 1) / len(shuffled)
    below = np.cumsum(null)
    low = below >= _LOW_PART
    part = min(1.0, float((np.cumsum(seen)[low] / below[low]).min()))  # how many labels are of the shuffled kind
    chance = np.where(seen > 0, np.clip(part * null / np.where(seen > 0, seen, 1), 0, 1), 1.0)
    bins = np.arange(len(seen))
    falling = IsotonicRegression(increasing=False).fit(bins, chance, sample_weight=seen + 1e-9)
    fitted: Floats = falling.predict(bins)
    return fitted[bin_of]
