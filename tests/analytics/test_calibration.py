"""Calibration and precision against recall: by hand, against scikit-learn, ties, degenerate sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve

from analytics.calibration import Reliability, error_by_chance, reliability, scaled, temperature
from analytics.errors import BadParameter, WrongShape
from analytics.precision_recall import curve, thinned


def overconfident(n: int = 4000, *, factor: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities whose logarithms are `factor` times too large, and truths drawn by the honest ones."""
    rng = np.random.default_rng(4)
    logits = rng.normal(size=(n, 5)) * 1.5
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (honest.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    said = np.exp(factor * logits)
    return (said / said.sum(axis=1, keepdims=True)).astype(np.float32), truth


def test_reliability_by_hand() -> None:
    found = reliability(np.array([0.5, 0.5, 0.9, 0.9]), right=np.array([True, False, True, True]), bins=2)
    assert found.confidence.tolist() == [0.5, pytest.approx(0.9)] and found.accuracy.tolist() == [0.5, 1.0]
    assert found.n.tolist() == [2, 2] and found.ece == pytest.approx(0.05)


def test_bins_hold_equally_many_and_ties_stay_together() -> None:
    rng = np.random.default_rng(0)
    found = reliability(rng.random(1500), right=rng.random(1500) < 0.5, bins=15)
    assert len(found.n) == 15 and found.n.min() >= 99 and found.n.max() <= 101
    tied = reliability(np.array([1.0] * 90 + [0.4] * 10), right=np.ones(100, bool), bins=15)
    assert tied.confidence.tolist() == [pytest.approx(0.4), 1.0] and tied.n.tolist() == [10, 90]


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(40)))
def test_the_order_of_pictures_does_not_matter(order: list[int]) -> None:
    confidence = np.repeat([0.3, 0.6, 0.6, 0.95], 10)
    right = np.arange(40) % 3 == 0
    assert reliability(confidence[order], right=right[order], bins=7).ece == pytest.approx(
        reliability(confidence, right=right, bins=7).ece
    )


def test_a_calibrated_model_has_little_error_and_an_overconfident_one_much() -> None:
    for factor, least, most in ((1.0, 0, 0.03), (3.0, 0.15, 1)):
        said, truth = overconfident(factor=factor)
        assert least <= reliability(said.max(axis=1), right=said.argmax(axis=1) == truth).ece <= most


def test_what_an_error_is_by_chance_is_the_binomials() -> None:
    half = Reliability(np.array([0.5]), np.array([0.6]), np.array([100]), 0.1)
    assert error_by_chance(half, rng=np.random.default_rng(0)) == pytest.approx(0.098, abs=0.012)  # 1.96 * .05
    sure = Reliability(np.array([1.0]), np.array([0.9]), np.array([50]), 0.1)
    assert error_by_chance(sure, rng=np.random.default_rng(0)) == 0  # who says "always" may not fail once
    assert np.isnan(error_by_chance(reliability(np.empty(0), right=np.empty(0, bool)), rng=np.random.default_rng(0)))


def test_an_honest_run_stays_below_it_19_times_in_20_and_an_overconfident_one_does_not() -> None:
    rng, below = np.random.default_rng(2), []
    for _ in range(200):
        confidence = rng.beta(4, 2, 300)
        found = reliability(confidence, right=rng.random(300) < confidence)
        below.append(found.ece <= error_by_chance(found, rng=rng, n_draws=400))
    assert 0.89 <= np.mean(below) <= 0.99
    said, truth = overconfident(300)
    found = reliability(said.max(axis=1), right=said.argmax(axis=1) == truth)
    assert found.ece > 1.5 * error_by_chance(found, rng=rng)


def test_the_temperature_is_the_one_that_was_planted() -> None:
    for factor in (0.5, 1.0, 3.0):
        said, truth = overconfident(factor=factor)
        assert temperature(said, truth=truth) == pytest.approx(factor, rel=0.08)


def test_the_temperature_agrees_with_a_search_over_a_grid() -> None:
    said, truth = overconfident(600)
    grid = np.geomspace(0.3, 10, 4000)
    logs = np.log(np.maximum(said, 1e-7, dtype=np.float64))
    likelihood = []
    for value in grid:
        own = logs[np.arange(600), truth] / value
        likelihood.append(float(np.mean(own - np.log(np.exp(logs / value).sum(axis=1)))))
    assert temperature(said, truth=truth) == pytest.approx(grid[int(np.argmax(likelihood))], rel=2e-3)


def test_scaling_mends_the_error_on_pictures_that_it_was_not_fitted_on() -> None:
    said, truth = overconfident()
    right = said.argmax(axis=1) == truth
    found = scaled(said, truth=truth, rng=np.random.default_rng(0))
    assert reliability(found.confidence, right=right).ece < 0.03 < reliability(said.max(axis=1), right=right).ece
    assert found.nll_after < found.nll_before and len(found.temperatures) == 5
    assert found.temperatures.std() > 0  # each fold has its own


def test_cross_fitting_does_not_flatter_noise() -> None:
    rng = np.random.default_rng(1)
    noise = rng.dirichlet(np.ones(3), size=60)
    truth = rng.integers(0, 3, 60)
    found = scaled(noise, truth=truth, rng=np.random.default_rng(0))
    fitted = temperature(noise, truth=truth)
    logs = np.log(noise) / fitted
    in_sample = -np.mean(logs[np.arange(60), truth] - np.log(np.exp(logs).sum(axis=1)))
    assert found.nll_after >= in_sample


def test_ends_of_the_temperature_and_probabilities_of_zero() -> None:
    sure = np.eye(3)[np.arange(30) % 3]
    assert temperature(sure, truth=np.arange(30) % 3) == pytest.approx(0.05)
    assert temperature(sure, truth=(np.arange(30) + 1) % 3) == pytest.approx(50)
    found = scaled(sure, truth=np.arange(30) % 3, rng=np.random.default_rng(0))
    assert np.isfinite([found.nll_before, found.nll_after]).all()


def test_too_few_pictures_to_scale_or_none_at_all() -> None:
    assert scaled(np.eye(3), truth=np.arange(3), rng=np.random.default_rng(0)) is None
    assert np.isnan(reliability(np.empty(0), right=np.empty(0, bool)).ece)
    assert reliability(np.array([0.7]), right=np.array([True])).ece == pytest.approx(0.3)
    with pytest.raises(BadParameter, match="bins must be 1"):
        reliability(np.array([0.7]), right=np.array([True]), bins=0)
    with pytest.raises(WrongShape, match="probabilities must be"):
        scaled(np.eye(3), truth=np.arange(4), rng=np.random.default_rng(0))


@pytest.mark.parametrize("decimals", [8, 1], ids=["distinct", "ties"])
def test_the_curve_agrees_with_scikit_learn(decimals: int) -> None:
    rng = np.random.default_rng(2)
    positive = rng.random(500) < 0.2
    probability = np.round(rng.random(500) * 0.6 + positive * 0.3, decimals)
    found = curve(probability, positive=positive)
    precision, recall, _ = precision_recall_curve(positive, probability)
    assert found.average_precision == pytest.approx(average_precision_score(positive, probability))
    assert found.precision[::-1] == pytest.approx(precision[:-1]) and found.recall[::-1] == pytest.approx(recall[:-1])


def test_curves_of_nothing_of_all_and_of_one() -> None:
    assert np.isnan(curve(np.array([0.2, 0.4]), positive=np.zeros(2, bool)).average_precision)
    assert curve(np.array([0.2, 0.4]), positive=np.ones(2, bool)).average_precision == 1.0
    assert curve(np.array([0.5]), positive=np.array([True])).recall.tolist() == [1.0]
    with pytest.raises(WrongShape, match="positive must be"):
        curve(np.array([0.5]), positive=np.array([True, False]))


def test_a_thinned_curve_keeps_its_ends_and_its_area() -> None:
    rng = np.random.default_rng(2)
    positive = rng.random(5000) < 0.3
    whole = curve(rng.random(5000) + positive, positive=positive)
    thin = thinned(whole, n_points=50)
    assert len(thin.recall) <= 50 and thin.recall[-1] == 1.0 and thin.recall[0] == whole.recall[0]
    assert thin.average_precision == whole.average_precision and thinned(thin, n_points=50) is thin
