"""Comparison of models: scores, resamples by counts, significance; against scikit-learn, scipy and brute force."""

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, f1_score, precision_score, recall_score

from analytics.comparison import Cells, bootstrap, cells_of, confusion, interval, scores
from analytics.errors import BadParameter, WrongShape
from analytics.significance import difference, holm, mcnemar, pairs

N_CLASSES = 4


def predictions(n: int = 400, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three models of rising skill on n pictures of four classes, the last class rare."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(N_CLASSES, n, p=[0.5, 0.3, 0.15, 0.05])
    guesses = [np.where(rng.random(n) < skill, truth, rng.integers(0, N_CLASSES, n)) for skill in (0.4, 0.5, 0.8)]
    return truth, np.stack(guesses)


def test_scores_by_hand() -> None:
    truth, predicted = np.array([0, 0, 0, 1]), np.array([[0, 0, 1, 1]])
    found = scores(cells_of(truth, predicted=predicted, n_classes=3))
    assert found.recall[0].tolist()[:2] == [pytest.approx(2 / 3), 1.0] and math.isnan(found.recall[0, 2])
    assert found.precision[0].tolist()[:2] == [1.0, 0.5] and math.isnan(found.precision[0, 2])
    assert found.balanced_accuracy[0] == pytest.approx(5 / 6) and found.accuracy[0] == 0.75
    assert found.macro_f1[0] == pytest.approx((0.8 + 2 / 3) / 2) and found.support.tolist() == [3, 1, 0]


@pytest.mark.parametrize("seed", [0, 1])
def test_scores_agree_with_scikit_learn(seed: int) -> None:
    truth, predicted = predictions(seed=seed)
    found = scores(cells_of(truth, predicted=predicted, n_classes=N_CLASSES))
    for model, classes in enumerate(predicted):
        every = {"labels": range(N_CLASSES), "average": None, "zero_division": 0}
        assert found.balanced_accuracy[model] == pytest.approx(balanced_accuracy_score(truth, classes))
        assert found.macro_f1[model] == pytest.approx(f1_score(truth, classes, average="macro"))
        assert found.recall[model] == pytest.approx(recall_score(truth, classes, **every))
        assert found.precision[model] == pytest.approx(precision_score(truth, classes, **every))


def test_a_class_without_pictures_is_left_out_of_the_means_as_scikit_learn_does() -> None:
    truth, predicted = np.array([0, 0, 1, 1]), np.array([[0, 2, 1, 1]])
    found = scores(cells_of(truth, predicted=predicted, n_classes=3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of a class that is predicted and never true
        theirs = balanced_accuracy_score(truth, predicted[0])
    assert found.balanced_accuracy[0] == pytest.approx(theirs) == 0.75
    assert found.macro_f1[0] == pytest.approx(f1_score(truth, predicted[0], labels=[0, 1], average="macro"))


def test_degenerate_sets_have_scores_or_none_but_no_error() -> None:
    nothing = scores(cells_of(np.empty(0, int), predicted=np.empty((2, 0), int), n_classes=3))
    assert np.isnan(nothing.balanced_accuracy).all() and np.isnan(nothing.macro_f1).all()
    one = cells_of(np.array([1]), predicted=np.array([[1], [0]]), n_classes=3)
    assert scores(one).balanced_accuracy.tolist() == [1.0, 0.0]
    drawn = bootstrap(one, rng=np.random.default_rng(0), n_resamples=50)
    low, high = interval(drawn.balanced_accuracy)
    assert low.tolist() == high.tolist() == [1.0, 0.0]
    same = cells_of(np.zeros(9, int), predicted=np.zeros((2, 9), int), n_classes=2)
    (pair,) = pairs(same, scores=scores(same), resampled=bootstrap(same, rng=np.random.default_rng(0), n_resamples=50))
    assert not pair.is_significant and pair.p_accuracy == 1.0 and pair.balanced_accuracy.estimate == 0


def test_wrong_shapes_and_classes_are_refused_by_name() -> None:
    with pytest.raises(WrongShape, match=r"predicted must be \(k, 2\)"):
        cells_of(np.array([0, 1]), predicted=np.array([0, 1]), n_classes=2)
    with pytest.raises(BadParameter, match="from 0 to 1"):
        cells_of(np.array([0, 2]), predicted=np.array([[0, 1]]), n_classes=2)
    with pytest.raises(BadParameter, match="2 at least"):
        one = cells_of(np.zeros(1, int), predicted=np.zeros((1, 1), int), n_classes=1)
        bootstrap(one, rng=np.random.default_rng(), n_resamples=1)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(60)))
def test_the_order_of_pictures_changes_nothing_to_the_last_bit(order: list[int]) -> None:
    truth, predicted = predictions(60)
    one, other = (
        bootstrap(
            cells_of(truth[rows], predicted=predicted[:, rows], n_classes=4),
            rng=np.random.default_rng(1),
            n_resamples=5,
        )
        for rows in (slice(None), order)
    )
    assert np.array_equal(one.recall, other.recall, equal_nan=True)
    assert np.array_equal(one.macro_f1, other.macro_f1)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(N_CLASSES)))
def test_renaming_the_classes_moves_their_scores_along_and_keeps_the_means(names: list[int]) -> None:
    truth, predicted = predictions()
    renamed = np.array(names)
    one = scores(cells_of(truth, predicted=predicted, n_classes=4))
    other = scores(cells_of(renamed[truth], predicted=renamed[predicted], n_classes=4))
    assert other.recall[:, renamed] == pytest.approx(one.recall) and other.precision[:, renamed] == pytest.approx(
        one.precision
    )
    assert other.balanced_accuracy == pytest.approx(one.balanced_accuracy)
    assert other.macro_f1 == pytest.approx(one.macro_f1)


@pytest.mark.parametrize("few", [0, 32, 10**9], ids=["multinomial", "mixed", "picture by picture"])
def test_resampling_counts_has_the_distribution_of_resampling_pictures(few: int, monkeypatch) -> None:
    monkeypatch.setattr("analytics.comparison._FEW", few)
    truth, predicted = predictions()
    found = bootstrap(cells_of(truth, predicted=predicted, n_classes=4), rng=np.random.default_rng(1), n_resamples=1500)
    rng = np.random.default_rng(2)
    by_class = [np.flatnonzero(truth == index) for index in range(N_CLASSES)]
    values = []
    for _ in range(1500):
        rows = np.concatenate([rng.choice(own, len(own)) for own in by_class])
        recalls = [
            (predicted[:, rows] == truth[rows])[:, truth[rows] == index].mean(axis=1) for index in range(N_CLASSES)
        ]
        values.append(np.mean(recalls, axis=0))
    brute = np.array(values)
    assert found.balanced_accuracy.mean(axis=0) == pytest.approx(brute.mean(axis=0), abs=0.004)
    assert found.balanced_accuracy.std(axis=0) == pytest.approx(brute.std(axis=0), rel=0.09)
    mine, theirs = (each[:, 2] - each[:, 0] for each in (found.balanced_accuracy, brute))
    assert np.quantile(mine, [0.025, 0.975]) == pytest.approx(np.quantile(theirs, [0.025, 0.975]), abs=0.015)
    assert (found.support == np.bincount(truth)).all()


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    held = 0
    for seed in range(150):
        truth, predicted = predictions(300, seed=seed)
        drawn = bootstrap(
            cells_of(truth, predicted=predicted[:1], n_classes=4), rng=np.random.default_rng(seed), n_resamples=200
        )
        low, high = interval(drawn.accuracy)
        held += low[0] <= 0.4 + 0.6 / 4 <= high[0]
    assert 0.88 <= held / 150 <= 0.99


def test_more_models_than_a_number_can_name_are_counted_all_the_same() -> None:
    truth, predicted = predictions(50)
    many = np.repeat(predicted, 12, axis=0)
    found = scores(cells_of(truth, predicted=many, n_classes=N_CLASSES))
    few = scores(cells_of(truth, predicted=predicted, n_classes=N_CLASSES))
    assert found.balanced_accuracy == pytest.approx(np.repeat(few.balanced_accuracy, 12))


def test_a_listener_can_end_the_resampling(monkeypatch) -> None:
    monkeypatch.setattr("analytics.comparison._CHUNK", 100)
    truth, predicted = predictions()
    cells = cells_of(truth, predicted=predicted, n_classes=4)
    heard: list[tuple[int, int]] = []
    found = bootstrap(
        cells, rng=np.random.default_rng(0), n_resamples=99, report=lambda *far: heard.append(far) or len(heard) == 3
    )
    assert len(heard) == 3 and len(found.accuracy) == heard[-1][0] < 99


def test_the_confusion_matrix_counts_truth_by_rows() -> None:
    cells = cells_of(np.array([0, 0, 1]), predicted=np.array([[0, 1, 1]]), n_classes=2)
    assert confusion(cells, model=0).tolist() == [[1, 1], [0, 1]]


@pytest.mark.parametrize("first, second", [(0, 0), (1, 0), (3, 9), (40, 41), (700, 900)])
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int) -> None:
    n = first + second
    expected = binomtest(first, n, 0.5).pvalue if n else 1.0
    assert mcnemar(first, second) == pytest.approx(expected) == pytest.approx(mcnemar(second, first))
    if 0 < n < 50:
        ways = sum(math.comb(n, k) for k in range(min(first, second) + 1))
        assert mcnemar(first, second) == pytest.approx(min(1, 2 * ways / 2**n))


def test_holm_by_hand_and_never_below_what_it_was() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.2]) == [0.2] and holm([]) == []
    assert all(a >= b for a, b in zip(holm([0.5, 0.9, 0.001]), [0.5, 0.9, 0.001], strict=True))


def test_pairs_are_paired_signed_and_adjusted() -> None:
    truth, predicted = predictions()
    cells = cells_of(truth, predicted=predicted, n_classes=4)
    found = pairs(cells, scores=scores(cells), resampled=bootstrap(cells, rng=np.random.default_rng(0)))
    assert [(pair.first, pair.second) for pair in found] == list(itertools.combinations(range(3), 2))
    last = found[1]
    assert last.balanced_accuracy.estimate > 0.2 and last.balanced_accuracy.low > 0 and last.is_significant
    right = predicted == truth
    assert last.n_only_first == (right[0] & ~right[2]).sum() and last.n_only_second == (~right[0] & right[2]).sum()
    assert last.p_balanced_holm >= last.balanced_accuracy.p
    back = cells_of(truth, predicted=predicted[::-1], n_classes=4)
    mirrored = pairs(back, scores=scores(back), resampled=bootstrap(back, rng=np.random.default_rng(0)))[1]
    assert mirrored.balanced_accuracy.estimate == pytest.approx(-last.balanced_accuracy.estimate)


def test_the_paired_interval_is_narrower_than_two_of_its_own() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 4, 600)
    first = np.where(rng.random(600) < 0.6, truth, (truth + 1) % 4)
    second = np.where(rng.random(600) < 0.03, truth, first)  # nearly the same model
    cells = cells_of(truth, predicted=np.stack([first, second]), n_classes=4)
    resampled = bootstrap(cells, rng=rng)
    (pair,) = pairs(cells, scores=scores(cells), resampled=resampled)
    low, high = interval(resampled.balanced_accuracy)
    assert pair.balanced_accuracy.high - pair.balanced_accuracy.low < (high - low).sum() / 3


@pytest.mark.long
def test_two_models_that_only_guess_are_seldom_told_apart() -> None:
    found = 0
    for seed in range(1000, 1200):
        rng = np.random.default_rng(seed)
        cells = cells_of(rng.integers(0, 3, 150), predicted=rng.integers(0, 3, (2, 150)), n_classes=3)
        resampled = bootstrap(cells, rng=rng, n_resamples=200)
        found += pairs(cells, scores=scores(cells), resampled=resampled)[0].is_significant
    assert found / 200 <= 0.09


def test_a_difference_of_nothing_has_no_small_p() -> None:
    assert difference(0.0, np.zeros(100)).p == 1.0
    assert difference(0.1, np.full(99, 0.1)).p == pytest.approx(0.02)


def test_cells_are_in_order_of_the_true_class() -> None:
    truth, predicted = predictions()
    cells: Cells = cells_of(truth, predicted=predicted, n_classes=N_CLASSES)
    assert (np.diff(cells.truth) >= 0).all() and cells.n.sum() == len(truth) and (cells.n > 0).all()
