"""How many labels of each class are wrong, estimated, with an interval."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints, Numbers, ratio
from analytics.errors import WrongShape

_DRAWS, _MIN_DRAWS, _CELLS = 300, 30, 60_000_000
INTERVAL = 0.95


@dataclass(frozen=True)
class NoiseRates:
    """Estimated share of wrong labels; arrays of c rows, NaN for a class of which nothing was counted.

    rate, low, high: the estimate and its 95 % interval (bootstrap over the pictures: what another sample of as many
    might show, not what the method itself gets wrong). n: judged pictures of the class. total: (rate, low, high).
    joint: (c, c) float64, estimated shares of all labels by given (rows) and likelier class (columns).
    """

    rate: Floats
    low: Floats
    high: Floats
    n: Ints
    total: tuple[float, float, float]
    joint: Floats


def noise_rates(labels: Ints, *, probabilities: Floats, rng: np.random.Generator) -> NoiseRates:
    """Estimate the rates by confident learning's joint of given and likelier labels.

    labels: (n,) class index of judged pictures. probabilities: (n, c), each row made without its own label. A picture
    counts for the likeliest class of those in which it is at least as confident as that class's own pictures are on
    average; pictures that suit no class are not counted. Ref: Northcutt et al., JAIR 2021.
    """
    if len(labels) != len(probabilities) or (len(labels) and labels.min() < 0):
        raise WrongShape("noise_rates wants a label for each row, and a row for each label.")
    n, n_classes = probabilities.shape
    n_draws = int(np.clip(_CELLS // max(probabilities.size, 1), _MIN_DRAWS, _DRAWS))
    joint = _joint(labels, probabilities)
    draws = []
    for _ in range(n_draws if n else 0):
        rows = rng.integers(0, n, n)
        drawn = _joint(labels[rows], probabilities[rows])
        draws.append(np.append(_rates(drawn), 1 - np.trace(drawn)))
    counts = np.bincount(labels, minlength=n_classes)
    rates = np.append(_rates(joint), 1 - np.trace(joint) if joint.sum() else np.nan)
    low, high = _interval(np.array(draws).reshape(-1, n_classes + 1), rates=rates)
    total = (float(rates[-1]), float(low[-1]), float(high[-1]))
    return NoiseRates(rates[:-1], low[:-1], high[:-1], counts, total, joint)


def wilson(n_hits: Numbers | int, n: Numbers | int) -> tuple[Floats, Floats]:
    """The 95 % interval (low, high) of a share of n_hits in n; 0 to 1 where n is 0. Ref: Wilson, JASA 1927."""
    z = 1.959964
    hits, n = np.asarray(n_hits, np.float64), np.asarray(n, np.float64)
    share = ratio(hits, n, empty=0.5)
    weight = z * z / np.maximum(n, 1e-12)
    middle = (share + weight / 2) / (1 + weight)
    half = np.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    return np.where(n > 0, np.maximum(middle - half, 0), 0.0), np.where(n > 0, np.minimum(middle + half, 1), 1.0)


def _joint(labels: Ints, probabilities: Floats) -> Floats:
    """Shares (c, c) of all labels by given and confidently likelier class, each row scaled to its class's share."""
    n_classes = probabilities.shape[1]
    counts = np.bincount(labels, minlength=n_classes)
    own = probabilities[np.arange(len(labels)), labels]
    usual = np.bincount(labels, weights=own, minlength=n_classes) / np.maximum(counts, 1)
    confident = (probabilities >= np.where(counts > 0, usual, np.inf)).any(axis=1)
    likeliest = np.where(probabilities >= np.where(counts > 0, usual, np.inf), probabilities, -1).argmax(axis=1)
    cells = labels[confident] * n_classes + likeliest[confident]
    joint = np.bincount(cells, minlength=n_classes * n_classes).reshape(n_classes, n_classes).astype(np.float64)
    alone = (joint.sum(axis=1) == 0) & (counts > 0)
    joint[alone, alone] = 1  # nobody of the class is confident of anything: nothing speaks against its labels
    joint *= (counts / np.maximum(joint.sum(axis=1), 1e-12))[:, None]
    return joint / max(len(labels), 1)


def _rates(joint: Floats) -> Floats:
    total = joint.sum(axis=1)
    return np.where(total > 0, 1 - np.diag(joint) / np.where(total > 0, total, 1), np.nan)


def _interval(draws: Floats, *, rates: Floats) -> tuple[Floats, Floats]:
    low, high = rates.copy(), rates.copy()
    for column in range(len(rates)):
        seen = draws[:, column]
        seen = seen[np.isfinite(seen)]
        if len(seen) and np.isfinite(rates[column]):
            tails = np.quantile(seen, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
            low[column], high[column] = min(tails[0], rates[column]), max(tails[1], rates[column])
    return low, high
