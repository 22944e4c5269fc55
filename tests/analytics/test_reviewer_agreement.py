"""Agreement of people who score the same things: by hand, by its source, by brute force; and a rubric put together."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.agreement import krippendorff_alpha
from analytics.rubric_scores import rubric_scores

NAN = np.nan
# Krippendorff 2011, section C: four observers, twelve units, values missing.
FOUR = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
SCORES = st.lists(
    st.lists(st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN]), min_size=3, max_size=3), min_size=1, max_size=6
)


def by_pairs(values: np.ndarray, *, metric: str) -> float | None:
    """The same from the definition: mean distance of pairs within units over that of all pairs."""
    units = [[value for value in unit if not np.isnan(value)] for unit in values]
    units = [unit for unit in units if len(unit) > 1]
    every = [value for unit in units for value in unit]

    def apart(a: float, b: float) -> float:
        if metric == "nominal":
            return float(a != b)
        if metric == "interval":
            return (a - b) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in every)
        return (between - (every.count(a) + every.count(b)) / 2) ** 2 if a != b else 0.0

    n = len(every)
    seen = sum(sum(apart(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    chance = sum(apart(a, b) for a, b in itertools.permutations(every, 2))
    return None if not chance else 1 - (seen / n) / (chance / (n * (n - 1)))


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_four_observers_of_krippendorffs_text(metric, alpha) -> None:
    assert krippendorff_alpha(FOUR, metric=metric) == pytest.approx(alpha, abs=0.0006)


def test_two_observers_of_binary_data_of_krippendorffs_text() -> None:
    both = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], float).T
    assert krippendorff_alpha(both, metric="nominal") == pytest.approx(0.095, abs=0.0006)


def test_two_observers_of_names_of_krippendorffs_text() -> None:
    both = np.array([[*map(ord, "aabbdcccedda")], [*map(ord, "babbbcccedd" + "d")]], float).T
    assert krippendorff_alpha(both, metric="nominal") == pytest.approx(0.692, abs=0.0006)


def test_two_who_say_the_same_agree_and_two_who_say_the_opposite_do_worse_than_chance() -> None:
    same = np.array([[1, 1], [5, 5], [3, 3.0]])
    assert krippendorff_alpha(same) == 1
    # By hand, interval: within units 2 * 16 * 2 / 4 = 16; of all pairs 128 / 12; alpha = 1 - 16 / (128 / 12)
    assert krippendorff_alpha(np.array([[1, 5], [5, 1.0]]), metric="interval") == pytest.approx(1 - 16 / (128 / 12))


@pytest.mark.parametrize(
    "values",
    [np.zeros((0, 2)), np.full((3, 2), NAN), np.array([[1, NAN], [NAN, 2]]), np.array([[4, 4], [4, 4.0]])],
)
def test_where_there_is_nothing_to_compare_there_is_no_number(values) -> None:
    assert krippendorff_alpha(values) is None


@given(SCORES, st.sampled_from(["nominal", "ordinal", "interval"]))
def test_it_is_what_its_definition_says(rows, metric) -> None:
    values = np.array(rows)
    found, wanted = krippendorff_alpha(values, metric=metric), by_pairs(values, metric=metric)
    assert found == (wanted if wanted is None else pytest.approx(wanted))


@given(SCORES, st.permutations(range(3)))
def test_neither_the_order_of_people_nor_the_scale_matters(rows, order) -> None:
    values = np.array(rows)
    first = krippendorff_alpha(values)
    again = krippendorff_alpha(np.exp(values[:, order]))  # ordinal: any rising scale is the same
    assert again == (first if first is None else pytest.approx(first))


def test_people_who_draw_at_random_agree_in_nothing() -> None:
    drawn = np.random.default_rng(3).integers(1, 6, (2_000, 3)).astype(float)
    assert abs(krippendorff_alpha(drawn) or 1) < 0.05


def test_a_rubric_by_hand() -> None:
    shares = np.array([[0.8, 0.4, NAN], [1.0, NAN, NAN]])
    found = rubric_scores(shares, weights=np.array([1.0, 3.0, 2.0]))
    assert found.n.tolist() == [2, 1, 0]
    assert found.mean[:2].tolist() == pytest.approx([0.9, 0.4]) and np.isnan(found.mean[2])
    assert found.spread[0] == pytest.approx(0.1414, abs=1e-4) and np.isnan(found.spread[1:]).all()
    assert found.totals.tolist() == pytest.approx([(0.8 + 3 * 0.4) / 4, 1.0])
    assert found.total == pytest.approx((0.9 + 3 * 0.4) / 4)
    assert found.alpha is not None  # one criterion with two scores, 0.8 and 1


def test_of_nobody_nothing_is_known() -> None:
    found = rubric_scores(np.full((0, 2), NAN), weights=np.ones(2))
    assert np.isnan(found.total) and np.isnan(found.total_spread) and found.alpha is None and not len(found.totals)
