"""Shares from a stratified sample: by hand, as Clopper and Pearson have it, and covering what the interval says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analytics.errors import BadParameter, WrongShape
from analytics.stratified import estimate, expected, interval

DRAWS = 1_000
TENTHS = [300, 300, 500, 700, 1000, 1000, 1500, 2000, 2000, 3000]
# pictures of each stratum, how many are drawn of each, the share of each that is wrong
DESIGNS = {
    "at random": ([10_000], [100], [0.35]),
    "at random, few wrong": ([5_000], [50], [0.02]),
    "a third of all": ([1_000], [300], [0.05]),
    "doubted or not, in proportion": ([1_000, 9_000], [20, 180], [0.6, 0.02]),
    "doubted or not, equally": ([1_000, 9_000], [100, 100], [0.6, 0.02]),
    "ten classes, equally": (TENTHS, [20] * 10, [0.1, 0.4, 0.05, 0.3, 0.02, 0.2, 0.35, 0.1, 0.5, 0.05]),
    "ten classes, hardly any wrong": (TENTHS, [10] * 10, [0.02] * 10),
    "ten classes, doubted or not": ([50, 950] * 10, [5, 15] * 10, [0.6, 0.02] * 10),
    "nearly all wrong": ([50, 950] * 10, [10, 10] * 10, [0.9, 0.95] * 10),
    "three very unequal ones": ([100, 400, 9_500], [60, 60, 60], [0.9, 0.3, 0.03]),
    "a small dataset": ([8, 20, 400], [4, 8, 30], [0.5, 0.2, 0.1]),
}


@pytest.mark.parametrize("design", DESIGNS)
def test_the_interval_covers_the_share_of_the_population(design) -> None:
    """Of 1,000 samples at least 930 have it in their 95 % interval, whatever the design."""
    sizes, n, rates = (np.array(side) for side in DESIGNS[design])
    wrong = np.round(sizes * rates).astype(int)
    truth = wrong.sum() / sizes.sum()
    hits = np.random.default_rng(801).hypergeometric(wrong, sizes - wrong, n, size=(DRAWS, len(sizes)))
    low, high = interval(hits, n=n, sizes=sizes)
    assert low.shape == (DRAWS,)
    assert ((low <= truth + 1e-12) & (truth <= high + 1e-12)).mean() >= 0.93


@pytest.mark.parametrize("design", DESIGNS)
def test_the_estimate_is_unbiased_whatever_is_drawn_of_each_stratum(design) -> None:
    sizes, n, rates = (np.array(side) for side in DESIGNS[design])
    wrong = np.round(sizes * rates).astype(int)
    hits = np.random.default_rng(5).hypergeometric(wrong, sizes - wrong, n, size=(200, len(sizes)))
    shares = np.array([estimate(each, n=n, sizes=sizes).share for each in hits])
    assert abs(shares.mean() - wrong.sum() / sizes.sum()) < 4 * shares.std() / np.sqrt(200) + 1e-9


@given(hits=st.integers(0, 40), more=st.integers(0, 40))
def test_of_one_endless_stratum_it_is_clopper_and_pearsons(hits, more) -> None:
    n = max(hits + more, 1)
    hits = min(hits, n)
    found = estimate(np.array([hits]), n=np.array([n]), sizes=np.array([10**12]))
    exact = binomtest(hits, n).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-6)


def test_shares_are_weighted_by_what_the_strata_hold() -> None:
    found = estimate(np.array([6, 1]), n=np.array([10, 10]), sizes=np.array([100, 900]))
    assert found.share == pytest.approx(0.1 * 0.6 + 0.9 * 0.1)
    assert (found.n, found.hits, found.n_population) == (20, 7, 1_000)


def test_what_was_seen_whole_is_known_for_certain() -> None:
    found = estimate(np.array([3, 1]), n=np.array([10, 5]), sizes=np.array([10, 5]))
    assert (found.share, found.low, found.high) == pytest.approx((4 / 15,) * 3)
    half = estimate(np.array([3, 1]), n=np.array([10, 5]), sizes=np.array([10, 500]))
    assert half.low < half.share < half.high


def test_a_stratum_of_which_nothing_was_drawn_may_be_anything() -> None:
    found = estimate(np.array([5, 0]), n=np.array([50, 0]), sizes=np.array([900, 100]))
    assert found.share == pytest.approx(0.1)
    assert found.high > 0.9 * 0.18 + 0.1 and found.low < 0.9 * 0.05


def test_without_anything_nothing_is_known() -> None:
    found = estimate(np.array([0]), n=np.array([0]), sizes=np.array([9]))
    assert not found.is_known and np.isnan(found.share) and (found.low, found.high) == (0, 1)
    assert not estimate(np.zeros(0), n=np.zeros(0, int), sizes=np.zeros(0, int)).is_known


@given(
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 300)), min_size=1, max_size=6),
    part=st.floats(0, 1),
)
def test_ends_lie_about_the_share_in_0_to_1_and_turn_with_what_is_counted(rows, part) -> None:
    n, _, more = (np.array(side) for side in zip(*rows, strict=True))
    hits, sizes = n * part, n + more
    found = estimate(hits, n=n, sizes=sizes)
    if not found.is_known:
        return
    assert 0 <= found.low <= found.share <= found.high <= 1
    other = estimate(n - hits, n=n, sizes=sizes)
    assert (other.low, other.high) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-6)


def test_four_times_as_many_halve_the_expected_width() -> None:
    rates, sizes = np.array([0.3, 0.1]), np.array([50_000, 50_000])
    widths = [
        found.high - found.low
        for found in (expected(rates, n=np.array([n, n]), sizes=sizes) for n in (100, 400, 1_600))
    ]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.1) and widths[1] / widths[2] == pytest.approx(2, rel=0.1)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadParameter, match="hits <= n <= sizes"):
        estimate(np.array([3]), n=np.array([2]), sizes=np.array([9]))
    with pytest.raises(WrongShape):
        estimate(np.array([1, 2]), n=np.array([2]), sizes=np.array([9]))
