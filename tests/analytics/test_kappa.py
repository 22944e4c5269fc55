"""Agreement beyond chance: textbook tables, the well-known library, and intervals that cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from analytics.errors import WrongShape
from analytics.kappa import cohen, fleiss

# Fleiss, Levin and Paik, 2003, table 18.1: 100 patients, two raters, three diagnoses
DIAGNOSES = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
# Fleiss, 1971 as worked on paper elsewhere: 10 subjects, 14 raters, 5 categories, kappa 0.210
SUBJECTS = np.array(
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
)  # fmt: skip


def raters(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, second = (side.ravel() for side in np.indices(table.shape))
    return np.repeat(first, table.ravel()), np.repeat(second, table.ravel())


def test_cohens_kappa_of_a_textbook() -> None:
    found = cohen(*raters(DIAGNOSES))
    # 0.89 agree; by chance 0.80 * 0.80 + 0.10 * 0.05 + 0.10 * 0.15 = 0.66
    assert found.same == pytest.approx(0.89) and found.kappa == pytest.approx((0.89 - 0.66) / 0.34)
    assert found.error == pytest.approx(0.087, abs=0.001)
    small = cohen(*raters(np.array([[20, 5], [10, 15]])))
    assert small.kappa == pytest.approx(0.4) and small.n == 50


def test_fleiss_kappa_of_a_textbook() -> None:
    found = fleiss(SUBJECTS)
    assert found.kappa == pytest.approx(0.210, abs=0.0005) and found.same == pytest.approx(0.378, abs=0.0005)
    assert found.low < 0.21 < found.high and found.n == 10


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60))
def test_cohens_kappa_is_that_of_scikit_learn(pairs) -> None:
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    found = cohen(first, second)
    if len(set(first.tolist()) | set(second.tolist())) > 1:
        assert found.kappa == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)
        assert -1 <= found.low <= found.kappa + 1e-9 <= found.high + 2e-9 <= 1 + 3e-9
        back = cohen(second, first)
        assert (back.kappa, back.error) == pytest.approx((found.kappa, found.error), abs=1e-9)
    else:
        assert not found.is_known and found.same == 1


def test_two_who_always_agree_have_kappa_one_and_who_answer_blindly_none() -> None:
    rng = np.random.default_rng(3)
    first = rng.integers(0, 4, 400)
    assert cohen(first, first).kappa == pytest.approx(1)
    blind = cohen(first, rng.permutation(first))
    assert blind.low < 0 < blind.high
    two = np.eye(4, dtype=int)[first] + np.eye(4, dtype=int)[rng.permutation(first)]
    assert fleiss(two).low < 0 < fleiss(two).high


def answers(rng: np.random.Generator, *, n: int, people: int, right: float) -> np.ndarray:
    """(n, people) answers of 5 classes, each right with that chance, any of the others otherwise."""
    truth = rng.choice(5, n, p=[0.4, 0.3, 0.15, 0.1, 0.05])[:, None]
    wrong = (truth + rng.integers(1, 5, (n, people))) % 5
    return np.where(rng.random((n, people)) < right, truth, wrong)


def counted(said: np.ndarray) -> np.ndarray:
    return np.stack([(said == label).sum(axis=1) for label in range(5)], axis=1)


@pytest.mark.parametrize("people", [2, 4])
def test_intervals_of_kappa_cover_what_a_very_large_sample_says(people) -> None:
    rng = np.random.default_rng(9)
    large = answers(rng, n=400_000, people=people, right=0.85)
    truth = cohen(large[:, 0], large[:, 1]).kappa if people == 2 else fleiss(counted(large)).kappa
    inside = []
    for _ in range(1_000):
        said = answers(rng, n=150, people=people, right=0.85)
        found = cohen(said[:, 0], said[:, 1]) if people == 2 else fleiss(counted(said))
        inside.append(found.low <= truth <= found.high)
    assert np.mean(inside) >= 0.93


def test_pictures_with_unequal_numbers_of_answers_count_from_two_on() -> None:
    counts = np.array([[2, 0], [1, 0], [0, 3], [1, 1], [0, 0]])
    found = fleiss(counts)
    # of 3 pictures: pairs agree 1, 1 and 0; answers 3 and 4 of 7
    chance = (3 / 7) ** 2 + (4 / 7) ** 2
    assert found.n == 3 and found.kappa == pytest.approx((2 / 3 - chance) / (1 - chance))


def test_without_pictures_nothing_is_said() -> None:
    none = cohen(np.zeros(0, int), np.zeros(0, int))
    assert not none.is_known and none.n == 0 and not fleiss(np.zeros((0, 3), int)).is_known
    assert not fleiss(np.array([[2, 0], [2, 0]])).is_known
    with pytest.raises(WrongShape):
        cohen(np.zeros(2, int), np.zeros(3, int))
    with pytest.raises(WrongShape):
        fleiss(np.zeros(3, int))
