"""Stratified samples: small classes and small clusters stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import BadParameter, WrongShape
from analytics.sampling import strata, stratified


def test_a_small_group_is_kept_whole_and_the_large_ones_shrink_in_proportion() -> None:
    groups = np.repeat([0, 1, 2], [9_000, 990, 10])
    chosen = stratified(groups, n=1_000, rng=np.random.default_rng(0), min_of_each=30)
    counts = np.bincount(groups[chosen])
    assert counts.tolist()[2] == 10
    assert counts[0] / counts[1] == pytest.approx((9_000 - 30) / (990 - 30), rel=0.35)
    assert counts.sum() == 1_000


def test_with_more_groups_than_room_the_room_is_filled_all_the_same() -> None:
    groups = np.arange(100)
    assert len(stratified(groups, n=7, rng=np.random.default_rng(0))) == 7
    some = stratified(np.repeat(np.arange(10), 50), n=40, rng=np.random.default_rng(0))
    assert set(np.repeat(np.arange(10), 50)[some]) == set(range(10))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=80), st.data())
def test_a_sample_has_the_size_asked_for_and_no_row_twice(groups, data) -> None:
    n = data.draw(st.integers(1, len(groups)))
    chosen = stratified(np.array(groups), n=n, rng=np.random.default_rng(1), min_of_each=data.draw(st.integers(0, 9)))
    assert len(chosen) == n == len(set(chosen.tolist()))
    assert (np.diff(chosen) > 0).all()


def test_the_same_seed_draws_the_same_and_a_wrong_size_is_refused() -> None:
    groups = np.repeat([0, 1], 50)
    one, two = (stratified(groups, n=20, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, two)
    for n in (0, 101):
        with pytest.raises(BadParameter, match="between 1 and 100"):
            stratified(groups, n=n, rng=np.random.default_rng(0))


def test_a_stratum_is_a_class_and_a_cluster() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(3, 8) * 9
    cluster = np.repeat([0, 1, 2], 40)
    vectors = (centres[cluster] + rng.normal(size=(120, 8)) * 0.01).astype(np.float32)
    labels = np.tile([0, 1], 60)
    found = strata(vectors, np.arange(120), labels=labels, rng=rng)
    for stratum in np.unique(found):
        members = found == stratum
        assert len(set(labels[members])) == 1 and len(set(cluster[members])) == 1
    with pytest.raises(WrongShape):
        strata(vectors, np.arange(120), labels=labels[:5], rng=rng)


def test_vectors_that_are_all_equal_have_strata_too() -> None:
    found = strata(np.ones((60, 4), np.float32), np.arange(60), labels=np.zeros(60, int), rng=np.random.default_rng(0))
    assert len(found) == 60
