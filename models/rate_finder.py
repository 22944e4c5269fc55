"""A learning rate for a network and its pictures: a short pass over rising rates. Ref: Smith, WACV 2017."""

from collections.abc import Callable

import numpy as np

from models.arrays import Floats
from models.protocol import RateSearch

LOWEST, HIGHEST = 1e-6, 1.0
N_BATCHES = 100
_MEMORY = 0.9  # of the moving average; its start is corrected for, as Adam does
_BURST = 4.0  # the pass ends where the smoothed loss is so many times its least


def rates(n: int = N_BATCHES, *, lowest: float = LOWEST, highest: float = HIGHEST) -> Floats:
    """`n` learning rates, evenly apart on a logarithmic scale."""
    return np.geomspace(lowest, highest, n)


def find_rate(loss_at: Callable[[int, float], float], *, n: int = N_BATCHES) -> RateSearch:
    """Train on one batch a rate, and suggest the rate at which the smoothed loss falls most steeply.

    loss_at(i, rate): trains on batch i at `rate` and returns its loss before that. Steepest over the logarithm of the
    rate, between the rate's first tenth of the pass (where the average still settles) and the least loss.
    """
    curve: list[tuple[float, float]] = []
    average, least = 0.0, np.inf
    for i, rate in enumerate(rates(n)):
        loss = loss_at(i, float(rate))
        if not np.isfinite(loss):
            break
        average = _MEMORY * average + (1 - _MEMORY) * loss
        smoothed = average / (1 - _MEMORY ** (i + 1))
        curve.append((float(rate), float(smoothed)))
        least = min(least, smoothed)
        if i >= n // 10 and smoothed > _BURST * least:
            break
    return RateSearch(curve, steepest(curve, skip=n // 10))


def steepest(curve: list[tuple[float, float]], *, skip: int) -> float:
    """The rate of `curve` (rate, loss) at which the loss falls most steeply; a tenth of that of the least loss where
    it falls nowhere. The first `skip` points do not count.
    """
    if len(curve) < 3:
        return LOWEST
    tried, losses = (np.array(column) for column in zip(*curve, strict=True))
    slope = np.gradient(losses, np.log(tried))
    end = int(losses.argmin()) + 1
    start = min(skip, end - 1)
    if end - start < 2 or slope[start:end].min() >= 0:
        return float(tried[end - 1] / 10)
    return float(tried[start + int(slope[start:end].argmin())])
