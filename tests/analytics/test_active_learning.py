"""Which labels would teach most: the measures by hand, the degenerate cases, and pictures that are not all alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.active_learning import best, disagreement, entropy, margin, score, spread
from analytics.errors import BadParameter, WrongShape


def test_the_measures_by_hand() -> None:
    shares = np.array([[0.5, 0.5], [1.0, 0.0], [0.75, 0.25], [np.nan, np.nan]])
    assert entropy(shares)[:3] == pytest.approx([1, 0, 0.8113], abs=1e-4)
    assert margin(shares)[:3] == pytest.approx([1, 0, 0.5])
    assert np.isnan(entropy(shares)[3]) and np.isnan(margin(shares)[3])
    votes = np.array([[0, 0, 0, 0], [0, 1, 2, 3], [0, 0, 1, 1], [2, -1, -1, -1], [-1, -1, -1, -1], [0, 1, -1, -1]])
    assert disagreement(votes) == pytest.approx([0, 1, 0.5, 0, 0, 1])


@given(seed=st.integers(0, 500), n_classes=st.integers(2, 6))
def test_another_order_of_classes_changes_nothing(seed: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(n_classes), 20)
    mixed = shares[:, rng.permutation(n_classes)]
    assert entropy(mixed) == pytest.approx(entropy(shares)) and margin(mixed) == pytest.approx(margin(shares))
    assert ((entropy(shares) >= -1e-9) & (entropy(shares) <= 1 + 1e-9)).all()


def test_one_class_teaches_nothing_and_wrong_shapes_are_said() -> None:
    assert entropy(np.ones((3, 1))) == pytest.approx(0) and margin(np.ones((3, 1))) == pytest.approx(0)
    with pytest.raises(WrongShape, match="probabilities must be"):
        entropy(np.ones(3))
    with pytest.raises(BadParameter, match="measure must be one of entropy, margin, disagreement, not 'luck'"):
        score("luck", probabilities=np.ones((1, 2)), votes=np.zeros((1, 2), int))


def test_the_best_are_eligible_and_scored() -> None:
    scores = np.array([0.2, 0.9, -1, 0.9, 0.5])
    assert best(scores, eligible=np.array([1, 1, 1, 1, 0], bool), n=3).tolist() == [1, 3, 0]
    nan = score("entropy", probabilities=np.full((2, 2), np.nan), votes=np.zeros((2, 1), int))
    assert not len(best(nan, eligible=np.ones(2, bool), n=3))


def test_the_first_questions_are_not_all_the_same() -> None:
    rng = np.random.default_rng(1)
    middles = np.eye(5, 8)
    vectors = np.repeat(middles, 20, axis=0) + rng.normal(0, 0.01, (100, 8))
    order = spread(vectors.astype(np.float32), n=5)
    assert sorted(order.tolist()) == list(range(100))
    assert sorted((order[:5] // 20).tolist()) == [0, 1, 2, 3, 4]  # one of each; best first would ask 0 to 4
    assert (np.diff(order[5:]) > 0).all()


def test_candidates_without_a_usable_vector_come_last() -> None:
    vectors = np.array([[np.nan, 1], [1, 0], [0, 0], [0, 1]], np.float32)
    assert spread(vectors, n=1).tolist()[0] in (1, 3) and set(spread(vectors, n=9).tolist()[:2]) == {1, 3}
    assert spread(np.zeros((0, 3), np.float32), n=4).tolist() == []
