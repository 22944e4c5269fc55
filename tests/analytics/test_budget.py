"""The data budget: states of the data, draws, planted noise, curves and what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.budget import (
    CLEANED,
    DECIDED,
    NO_COPIES,
    NO_DOUBTED,
    NO_OUTLIERS,
    RAW,
    RELABELLED,
    Facts,
    PowerLaw,
    conditions,
    draw,
    evaluation_error,
    gain_of_doubling,
    held_out_rows,
    interval,
    power_law,
    sizes_between,
    trainable,
    widened,
    with_noise,
)
from analytics.errors import BadParameter, WrongShape


def facts(**changes: object) -> Facts:
    """Six images: 0 and 1 are copies, 2 is doubted (1 is suggested), 3 an outlier, 4 held out, 5 a copy of 4."""
    known = {
        "given": [0, 0, 0, 1, 1, 1],
        "now": [0, 0, 1, 1, 1, 1],
        "removed": [0, 1, 0, 0, 0, 0],
        "doubted": [1, 0, 1, 0, 0, 0],
        "suggested": [-1, -1, 1, -1, -1, -1],
        "outlier": [0, 0, 0, 1, 0, 0],
        "group": [7, 7, 8, 9, 10, 10],
        "held_out": [0, 0, 0, 0, 1, 0],
    } | changes
    flags = ("removed", "doubted", "outlier", "held_out")
    return Facts(**{name: np.array(values, bool if name in flags else int) for name, values in known.items()})


def test_each_state_leaves_out_what_it_says() -> None:
    found = {name: labels.tolist() for name, labels in conditions(facts()).items()}
    assert found == {
        RAW: [0, 0, 0, 1, -1, -1],  # the held out and its copy are never learnt from
        NO_COPIES: [-1, 0, 0, 1, -1, -1],  # of the copies the one that is not doubted stays
        NO_OUTLIERS: [0, 0, 0, -1, -1, -1],
        NO_DOUBTED: [-1, 0, -1, 1, -1, -1],
        RELABELLED: [0, 0, 1, 1, -1, -1],
        CLEANED: [-1, 0, -1, -1, -1, -1],
        DECIDED: [0, -1, 1, 1, -1, -1],
    }


def test_without_a_check_and_without_decisions_only_copies_can_go() -> None:
    nothing = dict.fromkeys(("removed", "doubted", "outlier"), [0] * 6)
    same = facts(**nothing, now=[0, 0, 0, 1, 1, 1], suggested=[-1] * 6)
    assert set(conditions(same)) == {RAW, NO_COPIES, CLEANED}
    with pytest.raises(WrongShape, match="the same images"):
        facts(given=[0])


@settings(max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=4, max_size=40), st.data())
def test_nothing_near_the_evaluation_set_is_ever_learnt_from(groups, data) -> None:
    n = len(groups)
    held = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    zeros = [0] * n
    known = facts(
        given=zeros,
        now=zeros,
        removed=zeros,
        doubted=zeros,
        suggested=[-1] * n,
        outlier=zeros,
        group=groups,
        held_out=held,
    )
    held_groups = set(np.array(groups)[np.array(held)].tolist())
    for labels in conditions(known).values():
        assert not held_groups & set(np.array(groups)[labels >= 0].tolist())
    assert not (trainable(known) & np.array(held)).any()


def test_the_evaluation_set_is_even_over_classes_and_leaves_half() -> None:
    labels = np.repeat([0, 1, -1], [100, 6, 5])
    held = held_out_rows(labels, believed=np.ones(111, bool), per_class=20, rng=np.random.default_rng(0))
    assert np.bincount(labels[held]).tolist() == [20, 3]
    none = held_out_rows(labels, believed=np.zeros(111, bool), per_class=20, rng=np.random.default_rng(0))
    assert not none.any()


def test_sizes_are_even_on_a_logarithmic_scale() -> None:
    assert sizes_between(100, 800, n=4) == [100, 200, 400, 800]
    assert sizes_between(3, 5, n=8) == [3, 4, 5]
    with pytest.raises(BadParameter, match="between 1 and 5, not 9"):
        sizes_between(9, 5, n=3)


def test_a_draw_keeps_the_classes_in_proportion_and_leaves_the_others_out() -> None:
    labels = np.repeat([0, 1, 2, -1], [600, 300, 3, 97])
    rows = draw(labels, size=91, rng=np.random.default_rng(0))
    counts = np.bincount(labels[rows])
    assert len(rows) == 91 == len(set(rows.tolist()))
    assert counts[2] >= 1 and counts[0] == pytest.approx(60, abs=2)


def test_planted_noise_changes_as_many_labels_as_it_says_and_always_to_another_class() -> None:
    labels = np.arange(1_000) % 4
    noisy = with_noise(labels, share=0.3, n_classes=4, rng=np.random.default_rng(0))
    assert (noisy != labels).sum() == 300
    assert set(noisy) == {0, 1, 2, 3} and np.array_equal(labels, np.arange(1_000) % 4)
    assert np.array_equal(with_noise(labels, share=0, n_classes=4, rng=np.random.default_rng(0)), labels)
    with pytest.raises(BadParameter, match="below 1, not 1"):
        with_noise(labels, share=1, n_classes=4, rng=np.random.default_rng(0))


def test_the_interval_is_students() -> None:
    found = interval([0.1, 0.2, 0.3])
    half = 4.30265 * 0.1 / np.sqrt(3)  # t at 97.5 % with two degrees of freedom
    assert (found.mean, found.low) == (pytest.approx(0.2), pytest.approx(0.2 - half, rel=1e-4))
    assert not found.is_clear and interval([0.1, 0.11, 0.12]).is_clear
    assert interval([0.5]).low is None and not interval([0.5]).is_clear


def test_the_error_of_judging_is_binomial_by_class() -> None:
    recalls_, counts = np.array([0.8, 0.5, np.nan]), np.array([100, 25, 0])
    by_hand = np.sqrt(0.8 * 0.2 / 100 + 0.5 * 0.5 / 25) / 2
    assert evaluation_error(recalls_, counts=counts) == pytest.approx(by_hand)
    rng = np.random.default_rng(0)
    drawn = (rng.binomial(100, 0.8, 20_000) / 100 + rng.binomial(25, 0.5, 20_000) / 25) / 2
    assert drawn.std() == pytest.approx(by_hand, rel=0.03)
    assert evaluation_error(np.array([np.nan]), counts=np.array([0])) == 0


def test_an_interval_is_widened_by_an_independent_error() -> None:
    found = widened(interval([0.5, 0.5, 0.5]), error=0.01)  # the same set drawn three times has no spread of its own
    assert (found.low, found.high) == (pytest.approx(0.4804), pytest.approx(0.5196))
    assert widened(interval([0.5]), error=0.01).high == pytest.approx(0.5196)


def test_a_power_law_is_found_again() -> None:
    law = PowerLaw(2.0, 0.4, 0.05)
    sizes = np.array([100, 300, 1_000, 3_000, 10_000])
    found = power_law(sizes, np.array([law.error(n) for n in sizes]))
    assert found.error(20_000) == pytest.approx(law.error(20_000), abs=1e-3)
    assert power_law(sizes[:3], np.array([0.3, 0.2, 0.1])) is None


@pytest.mark.long
def test_the_gain_of_doubling_has_an_interval_that_holds_the_truth() -> None:
    law, rng = PowerLaw(2.0, 0.4, 0.05), np.random.default_rng(0)
    sizes = np.repeat([100, 300, 1_000, 3_000, 10_000], 5)
    errors = np.array([law.error(n) for n in sizes]) + rng.normal(size=25) * 0.003
    gain = gain_of_doubling(sizes, errors, rng=rng)
    truth = law.error(10_000) - law.error(20_000)
    assert gain.low <= truth <= gain.high
    assert gain_of_doubling(sizes[:5], errors[:5], rng=rng) is None
