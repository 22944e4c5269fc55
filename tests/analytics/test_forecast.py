"""When a disk is full: the interval holds as often as it says, and little is said of little."""

import numpy as np
import pytest
from scipy.stats import binom

from analytics.forecast import LEAST_STEPS, days_until_full


def test_a_disk_that_fills_evenly_is_full_when_it_is() -> None:
    days = np.arange(11.0)
    found = days_until_full(days, free=100.0 - 5 * days, rng=np.random.default_rng(0))
    assert found is not None and found.bytes_a_day == pytest.approx(5)
    assert found.middle == pytest.approx(10) and found.low == pytest.approx(10) and found.high == pytest.approx(10)
    assert found.chance_of_year == 1


def test_the_interval_holds_as_often_as_it_says() -> None:
    held, n = 0, 200
    for seed in range(n):
        rng = np.random.default_rng(seed)
        free = 400 - np.concatenate([[0.0], np.cumsum(rng.normal(1, 2, 4_000))])
        found = days_until_full(np.arange(31.0), free=free[:31], rng=rng)
        assert found is not None and found.low is not None
        full = float(np.argmax(free <= 0) - 30)
        held += found.low <= full <= (np.inf if found.high is None else found.high)
    assert binom.ppf(0.001, n, 0.8) <= held <= binom.ppf(0.999, n, 0.8)


def test_a_disk_that_empties_is_never_full_and_a_flat_one_neither() -> None:
    days = np.arange(20.0)
    for free in (100 + days, np.full(20, 50.0)):
        found = days_until_full(days, free=free, rng=np.random.default_rng(0))
        assert found is not None and found.middle is None and found.high is None and found.chance_of_year == 0


def test_nothing_is_said_of_few_points() -> None:
    rng = np.random.default_rng(0)
    few = np.arange(float(LEAST_STEPS))
    assert days_until_full(few, free=100 - few, rng=rng) is None
    assert days_until_full(np.zeros(50), free=np.arange(50.0), rng=rng) is None
    crowded = np.concatenate([np.linspace(0, 0.001, 40), [30.0]])  # an afternoon, and one point a month later
    found = days_until_full(crowded, free=1_000 - crowded, rng=rng)
    assert found is None or found.middle == pytest.approx(970, rel=0.05)


def test_points_at_uneven_times_tell_the_same() -> None:
    rng = np.random.default_rng(0)
    days = np.sort(rng.uniform(0, 40, 200))
    found = days_until_full(days, free=1_000 - 10 * days, rng=rng)
    assert found is not None and found.middle == pytest.approx((1_000 - 10 * days[-1]) / 10, rel=0.02)
