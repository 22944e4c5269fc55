"""Samples for people to judge: how many of each stratum, in which order, and what most of them say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import BadParameter, WrongShape
from analytics.spot_check import APART, CHOSEN, EQUAL, LEAST, PROPORTIONAL, allocate, draw, least_sample, most_said


def test_in_proportion_equally_and_as_chosen() -> None:
    sizes = np.array([100, 300, 600])
    assert allocate(sizes, n=100, how=PROPORTIONAL).tolist() == [10, 30, 60]
    assert allocate(sizes, n=90, how=EQUAL).tolist() == [30, 30, 30]
    assert allocate(sizes, n=0, how=CHOSEN, chosen=[5, 6, 7]).tolist() == [5, 6, 7]


def test_small_strata_give_what_they_have_and_rare_ones_are_asked_too() -> None:
    assert allocate(np.array([5, 500, 500]), n=105, how=EQUAL).tolist() == [5, 50, 50]
    assert allocate(np.array([1, 3, 9_996]), n=20, how=PROPORTIONAL).tolist() == [1, 2, 17]
    assert least_sample(np.array([1, 3, 9_996])) == 5


@given(
    sizes=st.lists(st.integers(1, 5_000), min_size=1, max_size=12),
    part=st.floats(0, 1),
    how=st.sampled_from([PROPORTIONAL, EQUAL]),
)
def test_as_many_as_asked_and_never_more_than_there_are(sizes, part, how) -> None:
    sizes = np.array(sizes)
    least = least_sample(sizes)
    n = least + int(part * (sizes.sum() - least))
    asked = allocate(sizes, n=n, how=how)
    assert asked.sum() == n and (asked <= sizes).all() and (asked >= np.minimum(sizes, LEAST)).all()


def test_what_cannot_be_drawn_is_refused_in_a_sentence() -> None:
    sizes = np.array([10, 10])
    with pytest.raises(BadParameter, match="between 4 and 20, not 3"):
        allocate(sizes, n=3, how=EQUAL)
    with pytest.raises(BadParameter, match="2 strata and 1 numbers"):
        allocate(sizes, n=3, how=CHOSEN, chosen=[3])
    with pytest.raises(BadParameter, match="Number 2 must lie between 2 and 10, not 11"):
        allocate(sizes, n=3, how=CHOSEN, chosen=[3, 11])
    with pytest.raises(BadParameter, match="how must be one of"):
        allocate(sizes, n=4, how="by eye")
    with pytest.raises(BadParameter, match="share_twice"):
        draw(np.zeros(4, int), asked=np.array([2]), share_twice=2, rng=np.random.default_rng(0))


def test_each_stratum_gives_its_number_once_mixed_and_the_seed_decides() -> None:
    strata = np.random.default_rng(2).integers(0, 3, 900)
    asked = np.array([20, 0, 40])
    one, again = (draw(strata, asked=asked, share_twice=0.1, rng=np.random.default_rng(seed)) for seed in (801, 801))
    assert len(set(one.rows.tolist())) == 60
    assert np.bincount(strata[one.rows], minlength=3).tolist() == [20, 0, 40]
    assert one.rows.tolist() == again.rows.tolist() and len(one.twice) == 6
    assert 0 < (strata[one.rows[:30]] == 0).sum() < 20  # mixed
    assert ((one.after >= APART[0]) & (one.after <= APART[1])).all()


def test_every_picture_of_a_stratum_is_drawn_as_often_as_any_other() -> None:
    strata = np.repeat([0, 1], [6, 30])
    rng = np.random.default_rng(4)
    drawn = np.concatenate([draw(strata, asked=np.array([3, 3]), share_twice=0, rng=rng).rows for _ in range(4_000)])
    seen = np.bincount(drawn, minlength=36) / 4_000
    assert seen[:6] == pytest.approx(0.5, abs=0.04) and seen[6:] == pytest.approx(0.1, abs=0.03)


def test_most_people_decide_and_ties_share_the_picture() -> None:
    counts = np.array([[2, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 1]])
    assert most_said(counts).tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 0, 0], [0, 0, 1]]
    with pytest.raises(WrongShape):
        most_said(np.array([1, 2]))
