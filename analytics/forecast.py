"""When a disk is full, from how its free room has changed so far."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats

LEAST_STEPS = 7  # steps of equal length, below which nothing is said
_DRAWS = 4_000
HORIZON_DAYS = 3_650.0


@dataclass(frozen=True)
class Forecast:
    """Days from the last point until the room is used up: the middle, and the ends of the 80 % interval.

    An end is None where it lies beyond ten years, or never comes. chance_of_year: that it is full within 365 days.
    """

    middle: float | None
    low: float | None
    high: float | None
    chance_of_year: float
    bytes_a_day: float


def days_until_full(days: Floats, *, free: Floats, rng: np.random.Generator) -> Forecast | None:
    """When `free` (n,) bytes at `days` (n,), rising, reaches zero; None with fewer than LEAST_STEPS steps.

    The room is a walk of equal steps with a drift: both the drift (unknown: Student's t) and the steps to come vary, so
    the interval widens with the distance. The time to reach zero is inverse Gaussian. Ref: Chhikara and Folks, 1989.
    """
    days, free = np.asarray(days, np.float64), np.asarray(free, np.float64)
    if len(days) < LEAST_STEPS + 1 or days[-1] <= days[0]:
        return None
    step = max((days[-1] - days[0]) / 30, float(np.median(np.diff(days))), 1e-9)
    n_steps = round((days[-1] - days[0]) / step)
    if n_steps < LEAST_STEPS:
        return None
    used = -np.diff(np.interp(np.linspace(days[0], days[-1], n_steps + 1), days, free))
    step = (days[-1] - days[0]) / n_steps
    error = used.std(ddof=1) / np.sqrt(n_steps)
    drift = (used.mean() + error * rng.standard_t(n_steps - 1, _DRAWS)) / step
    spread = used.std(ddof=1) / np.sqrt(step)
    until = np.full(_DRAWS, np.inf)
    falls = drift > 1e-12
    mean = free[-1] / drift[falls]
    until[falls] = rng.wald(mean, free[-1] ** 2 / spread**2) if spread > 0 and free[-1] > 0 else mean
    low, middle, high = (_end(value) for value in np.quantile(until, [0.1, 0.5, 0.9], method="nearest"))
    return Forecast(middle, low, high, float((until <= 365).mean()), float(used.mean() / step))


def _end(days: float) -> float | None:
    return float(days) if days <= HORIZON_DAYS else None
