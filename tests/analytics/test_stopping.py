"""When to stop: precision by rank and the errors that remain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import BadParameter, WrongShape
from analytics.noise_rates import wilson
from analytics.queue_places import n_decided, next_open, still_open
from analytics.stopping import precision_by_rank, remaining


def test_a_ranking_that_gets_worse_is_seen_to() -> None:
    queue = np.arange(1000, 1100)
    wrong = np.arange(100) < 40  # the first forty were really wrong
    found = precision_by_rank(queue, judged=queue, wrong=wrong, n_steps=10)
    assert found.share.tolist() == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert (found.first[0], found.last[-1], found.n.sum()) == (1, 100, 100)
    assert found.so_far[-1] == pytest.approx(0.4) and found.so_far[3] == 1
    assert ((found.low <= found.share + 1e-9) & (found.share <= found.high + 1e-9)).all()


def test_pictures_passed_over_or_from_elsewhere_do_not_count() -> None:
    queue = np.array([7, 3, 9, 1])
    found = precision_by_rank(queue, judged=np.array([500, 1, 7]), wrong=np.array([True, False, True]))
    assert (found.first.tolist(), found.last.tolist(), found.n.tolist(), found.n_wrong.tolist()) == ([1], [4], [2], [1])


def test_nothing_reviewed_is_no_precision() -> None:
    nothing = np.zeros(0, np.int64)
    for queue in (nothing, np.array([1, 2])):
        assert not len(precision_by_rank(queue, judged=nothing, wrong=nothing.astype(bool)).n)
    assert not len(precision_by_rank(nothing, judged=np.array([1]), wrong=np.array([True])).n)
    with pytest.raises(WrongShape, match="2 judged pictures need as many verdicts, not 1"):
        precision_by_rank(nothing, judged=np.array([1, 2]), wrong=np.array([True]))


@given(seed=st.integers(0, 1000))
def test_the_order_in_which_people_judged_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    queue, judged = rng.permutation(60), rng.permutation(60)[:35]
    wrong = rng.random(35) < 0.4
    mixed = rng.permutation(35)
    first = precision_by_rank(queue, judged=judged, wrong=wrong)
    second = precision_by_rank(queue, judged=judged[mixed], wrong=wrong[mixed])
    assert all(np.array_equal(getattr(first, name), getattr(second, name)) for name in vars(first))


def test_errors_that_remain_by_hand() -> None:
    found = remaining(2, n_checked=100, n_population=10_100)
    low, high = wilson(2, 100)
    assert found.estimate == pytest.approx(200)
    assert (found.low, found.high) == pytest.approx((low * 10_000, high * 10_000))
    none = remaining(0, n_checked=0, n_population=50)
    assert np.isnan(none.estimate) and (none.low, none.high) == (0, 50)
    assert remaining(3, n_checked=50, n_population=50).high == 0  # all were looked at
    with pytest.raises(BadParameter):
        remaining(3, n_checked=2, n_population=50)


def test_the_interval_holds_the_truth_nearly_always() -> None:
    rng = np.random.default_rng(801)
    n, n_wrong, hits = 5_000, 250, 0
    truth = np.arange(n) < n_wrong
    for _ in range(300):
        drawn = rng.choice(n, 100, replace=False)
        seen = int(truth[drawn].sum())
        found = remaining(seen, n_checked=100, n_population=n)
        hits += found.low <= n_wrong - seen <= found.high
    assert hits >= 275


@given(seed=st.integers(0, 1000))
def test_places_in_a_queue_agree_with_looking_at_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    queue = rng.permutation(200)[:60]
    decided = np.sort(rng.choice(200, int(rng.integers(0, 190)), replace=False))
    start = int(rng.integers(0, 70))
    known = set(decided.tolist())
    open_places = [place for place, one in enumerate(queue.tolist()) if one not in known]
    expected = next((place for place in open_places if place >= start), None)
    assert next_open(queue, decided=decided, start=start) == expected
    assert n_decided(queue, decided=decided) == 60 - len(open_places)
    assert still_open(queue, decided=decided).tolist() == queue[open_places].tolist()


def test_the_next_open_place_of_a_long_queue() -> None:
    queue = np.arange(20_000)
    assert next_open(queue, decided=np.arange(19_999), start=5) == 19_999
    assert next_open(queue, decided=queue, start=0) is None
