"""Label noise by hand, by a twin, and by what must not change: folds, held-out probabilities, opinions, estimates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.chance import chance_unrelated
from analytics.errors import BadParameter, InSample, UnknownClass, WrongShape
from analytics.folds import groups_of_duplicates, stratified_folds
from analytics.label_noise import (
    FILTERS,
    OPINIONS,
    add_opinions,
    agreement,
    by_class,
    confident_learning,
    find_label_issues,
)
from analytics.neighbour_labels import copies_of, neighbour_votes
from analytics.noise_rates import noise_rates, wilson
from analytics.out_of_fold import Predictions, features, held_out_probabilities, in_class_order

N_CLASSES = 4


def clouds(n: int = 800, *, wrong: float = 0.15, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """points (n, 6), given labels and true labels of four clouds, a share of the labels wrong."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, N_CLASSES, n)
    points = (np.eye(N_CLASSES, 6)[truth] * 4 + rng.normal(size=(n, 6))).astype(np.float32)
    labels = truth.copy()
    spoiled = rng.permutation(n)[: int(wrong * n)]
    labels[spoiled] = (labels[spoiled] + rng.integers(1, N_CLASSES, len(spoiled))) % N_CLASSES
    return points, labels, truth


def judged(points: np.ndarray, labels: np.ndarray, **options: object):
    """The whole way from points to issues, neighbours included."""
    n = len(points)
    groups = np.arange(n)
    held = held_out_probabilities(
        features(points, dims=6),
        labels=labels,
        folds=stratified_folds(labels, groups=groups, n_folds=5, seed=0),
        n_classes=N_CLASSES,
    )
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    near = np.argsort(squares, axis=1)[:, :20].astype(np.int32)
    votes = neighbour_votes(near, labels=labels, groups=groups, n_classes=N_CLASSES)
    return find_label_issues(labels, probabilities=held, seed=0, votes=votes, **options), held


def test_wrong_labels_of_separate_clouds_are_found_and_right_ones_left_alone() -> None:
    points, labels, truth = clouds()
    issues, _ = judged(points, labels)
    wrong = labels != truth
    assert issues.is_issue[wrong].mean() > 0.95
    assert issues.is_issue[~wrong].mean() < 0.05
    assert (issues.suggested[wrong & issues.is_issue] == truth[wrong & issues.is_issue]).mean() > 0.95


def test_the_ranking_puts_wrong_labels_first() -> None:
    points, labels, truth = clouds()
    issues, _ = judged(points, labels)
    wrong = labels != truth
    first = np.argsort(-issues.severity)[: wrong.sum()]
    assert wrong[first[:50]].all()
    assert wrong[first].mean() > 0.9


def test_clean_labels_raise_hardly_any_doubt() -> None:
    points, labels, _ = clouds(wrong=0)
    issues, _ = judged(points, labels)
    assert issues.is_issue.mean() < 0.03


def test_permuted_classes_get_the_same_answer() -> None:
    points, labels, _ = clouds()
    _, held = judged(points, labels)
    order = np.array([2, 0, 3, 1])  # class i is called order[i] now
    there = np.empty_like(order)
    there[order] = np.arange(N_CLASSES)
    one = find_label_issues(labels, probabilities=held, seed=0)
    other = find_label_issues(order[labels], probabilities=held[:, there], seed=0)
    assert np.array_equal(one.is_issue, other.is_issue)
    assert np.allclose(one.self_confidence, other.self_confidence)
    assert np.array_equal(order[one.suggested], other.suggested)


def test_columns_are_matched_by_name_whatever_their_order() -> None:
    points, labels, _ = clouds(300)
    folds = stratified_folds(labels, groups=np.arange(300), n_folds=5, seed=0)
    held = held_out_probabilities(points, labels=labels, folds=folds, n_classes=N_CLASSES)
    names = ("cat", "lynx", "wolf", "coyote")
    shuffled = [3, 1, 0, 2]
    given = Predictions(held[:, shuffled], tuple(names[i] for i in shuffled), folds)
    assert np.array_equal(in_class_order(given, classes=names), held)


def test_predictions_of_other_classes_are_refused_by_name() -> None:
    given = Predictions(np.full((3, 2), 0.5, np.float32), ("cat", "dog"), np.array([0, 1, 1]))
    with pytest.raises(UnknownClass, match="lacking: 'lynx'; unknown: 'dog'"):
        in_class_order(given, classes=("cat", "lynx"))
    with pytest.raises(UnknownClass, match="same name"):
        in_class_order(given, classes=("cat", "cat"))


@pytest.mark.parametrize("folds", [None, np.zeros(3, int)])
def test_in_sample_probabilities_are_refused_with_the_reason(folds) -> None:
    given = Predictions(np.full((3, 2), 0.5, np.float32), ("cat", "dog"), folds)
    with pytest.raises(InSample, match="in which fold|in-sample"):
        in_class_order(given, classes=("cat", "dog"))


def test_a_picture_is_never_judged_by_a_model_that_saw_it_or_its_copy() -> None:
    """Random labels on copies of one another: a model that saw a copy would repeat its label."""
    rng = np.random.default_rng(0)
    half = rng.normal(size=(150, 200)).astype(np.float32)
    points = np.vstack([half, half])
    labels = np.tile(rng.integers(0, 2, 150), 2)
    together = np.tile(np.arange(150), 2)
    right = {}
    for name, groups in (("copies together", together), ("copies apart", np.arange(300))):
        folds = stratified_folds(labels, groups=groups, n_folds=5, seed=0)
        held = held_out_probabilities(points, labels=labels, folds=folds, n_classes=2, strength=50)
        right[name] = (held.argmax(axis=1) == labels).mean()
    assert right["copies together"] < 0.65
    assert right["copies apart"] > 0.75


@given(st.integers(2, 8), st.integers(1, 60), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_folds_keep_groups_whole_and_classes_even(n_folds, n_groups, seed) -> None:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, n_groups, 200)
    labels = rng.integers(-1, 3, n_groups)[groups]  # a group shares its label
    folds = stratified_folds(labels, groups=groups, n_folds=n_folds, seed=seed)
    assert folds.min() >= 0 and folds.max() < n_folds
    for group in np.unique(groups):
        assert len(np.unique(folds[groups == group])) == 1
    for label in (0, 1, 2):
        members = np.unique(groups[labels == label])
        spread = np.bincount([folds[groups == member][0] for member in members], minlength=n_folds)
        assert spread.max() - spread.min() <= 1


def test_a_class_with_fewer_pictures_than_folds_still_gets_an_answer() -> None:
    points, labels, _ = clouds(200)
    labels = labels.copy()
    labels[:2] = 4  # two pictures of a fifth class
    labels[2] = 5  # a class of one
    folds = stratified_folds(labels, groups=np.arange(200), n_folds=10, seed=0)
    held = held_out_probabilities(points, labels=labels, folds=folds, n_classes=6)
    assert np.isfinite(held).all() and np.allclose(held.sum(axis=1), 1, atol=1e-4)
    issues = find_label_issues(labels, probabilities=held, seed=0)
    assert issues.judged[:2].all()
    assert not issues.judged[2] and not issues.is_issue[2]  # nothing was learned of its class elsewhere


def test_unlabelled_pictures_are_predicted_but_not_judged() -> None:
    points, labels, truth = clouds(300, wrong=0)
    labels = labels.copy()
    labels[:30] = -1
    issues, held = judged(points, labels)
    assert (held[:30].argmax(axis=1) == truth[:30]).mean() > 0.9
    assert not issues.judged[:30].any() and not issues.is_issue[:30].any()
    assert np.isnan(issues.self_confidence[:30]).all() and np.isnan(issues.chance[:30]).all()


def test_copies_with_the_same_pixels_or_like_hashes_are_one_group() -> None:
    indices = np.array([[1], [0], [3], [2], [0]], np.int32)
    similarities = np.array([[0.5], [0.5], [0.97], [0.97], [0.97]], np.float32)
    hashes = np.array([3, 3, 7, 15, 2**64 - 4], np.uint64)  # 2 and 3 differ in one bit, 4 and 0 in all
    groups = groups_of_duplicates(np.array([9, 9, 1, 2, 3]), hashes=hashes, indices=indices, similarities=similarities)
    assert groups[0] == groups[1] and groups[2] == groups[3]
    assert len(np.unique(groups)) == 3


def test_neighbours_votes_by_hand() -> None:
    indices = np.array([[1, 2, 3], [0, 2, -1], [0, 1, 3], [2, -1, -1]], np.int32)
    labels, groups = np.array([0, 1, -1, 1]), np.array([0, 1, 2, 0])  # 0 and 3 are copies
    votes = neighbour_votes(indices, labels=labels, groups=groups, n_classes=2)
    assert votes.n_voting.tolist() == [1, 1, 3, 0]  # copies and unlabelled ones do not vote
    assert np.allclose(votes.shares, [[0, 1], [1, 0], [1 / 3, 2 / 3], [0, 0]])


def test_copies_are_compared_by_hand() -> None:
    groups, labels = np.array([5, 5, 5, 7, 8, 8]), np.array([0, 0, 1, 1, -1, 1])
    probabilities = np.array([[0.4, 0.6], [0.3, 0.7], [0.2, 0.8], [1, 0], [1, 0], [0, 1]])
    copies = copies_of(groups, labels=labels, probabilities=probabilities)
    assert copies.n_copies.tolist() == [2, 2, 2, 0, 1, 1]
    assert copies.n_other_label.tolist() == [1, 1, 2, 0, 0, 0]
    assert copies.label.tolist() == [1, 1, 1, -1, -1, 1]  # the group's own probabilities favour 1


def test_a_contradicting_copy_is_heard() -> None:
    points, labels, _ = clouds(300, wrong=0)
    labels = labels.copy()
    issues, _ = judged(points, labels)
    groups = np.arange(300)
    other = int(np.flatnonzero(labels != labels[0])[0])
    groups[other] = 0
    copies = copies_of(groups, labels=labels, probabilities=issues.probabilities)
    heard = add_opinions(issues, labels=labels, copies=copies, zero_shot=None)
    assert heard.heard[[0, other], 2].all() and heard.heard[:, 2].sum() == 2
    assert heard.against[[0, other], 2].sum() == 1  # one of the two has the label that suits the group
    assert not heard.heard[:, 3].any()


def test_zero_shot_speaks_only_where_it_knows_something() -> None:
    points, labels, _ = clouds(100, wrong=0)
    issues, _ = judged(points, labels)
    named = np.full((100, N_CLASSES), 0.01, np.float32)
    named[0] = np.nan
    named[1, (labels[1] + 1) % N_CLASSES] = 0.6
    heard = add_opinions(issues, labels=labels, copies=None, zero_shot=named)
    assert np.flatnonzero(heard.heard[:, 3]).tolist() == [1]
    assert np.flatnonzero(heard.against[:, 3]).tolist() == [1]
    assert OPINIONS[3] == "zero-shot"


def test_probabilities_by_class_take_common_labels_back() -> None:
    labels = np.array([0] * 90 + [1] * 10)
    same = by_class(np.tile([[0.9, 0.1]], (100, 1)).astype(np.float32), labels=labels)
    assert np.allclose(same, 0.5)  # as common as in the whole: nothing is known of the picture


@pytest.mark.parametrize("filter_by", FILTERS)
def test_confident_learning_is_cleanlabs(filter_by: str) -> None:
    from cleanlab.filter import find_label_issues as theirs

    points, labels, _ = clouds(400)
    _, held = judged(points, labels)
    mine = confident_learning(labels, probabilities=held, judged=np.ones(400, bool), filter_by=filter_by)
    options = {"filter_by": filter_by, "n_jobs": 1, "min_examples_per_class": 1}
    scaled = held.astype(np.float64) / held.sum(axis=1, keepdims=True, dtype=np.float64)
    assert np.array_equal(mine, theirs(labels, scaled, **options))


def test_chance_is_near_one_for_random_labels_and_near_nothing_for_clean_ones() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 6000)
    probabilities = (np.eye(5)[truth] * 4 + rng.random((6000, 5))).astype(np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    clean = chance_unrelated(truth, probabilities=probabilities, rng=np.random.default_rng(1))
    assert clean.mean() < 0.02
    shuffled = chance_unrelated(rng.permutation(truth), probabilities=probabilities, rng=np.random.default_rng(1))
    assert shuffled.mean() > 0.9


def test_chance_is_about_the_share_of_shuffled_labels() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 5, 8000)
    labels = truth.copy()
    labels[:2000] = rng.permutation(labels[:2000])  # a quarter unrelated, a fifth of those right by accident
    probabilities = (np.eye(5)[truth] * 3 + rng.random((8000, 5))).astype(np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    chance = chance_unrelated(labels, probabilities=probabilities, rng=np.random.default_rng(1))
    wrong = labels != truth
    assert 0.17 < chance.mean() < 0.3
    assert np.median(chance[wrong]) > 0.8 and np.quantile(chance[~wrong], 0.98) < 0.2


def test_chance_of_a_handful_tells_nothing() -> None:
    chance = chance_unrelated(np.array([0, 1, -1]), probabilities=np.full((3, 2), 0.5), rng=np.random.default_rng(0))
    assert chance[:2].tolist() == [0, 0] and np.isnan(chance[2])


def test_noise_rates_by_hand_and_their_interval_holds_the_truth() -> None:
    points, labels, truth = clouds(2000, wrong=0.2)
    issues, _ = judged(points[:800], labels[:800])
    rates = noise_rates(labels[:800], probabilities=issues.probabilities, rng=np.random.default_rng(0))
    wrong = (labels != truth)[:800].mean()
    assert rates.total[1] - 0.02 <= wrong <= rates.total[2] + 0.02
    assert (rates.low <= rates.rate).all() and (rates.rate <= rates.high).all()
    assert np.isclose(rates.joint.sum(), 1)


def test_a_sure_model_that_agrees_finds_no_noise() -> None:
    labels = np.array([0, 1, 0, 1])
    rates = noise_rates(labels, probabilities=np.eye(2)[labels], rng=np.random.default_rng(0))
    assert rates.rate.tolist() == [0, 0] and rates.total[0] == 0


def test_an_empty_class_has_no_rate() -> None:
    labels = np.array([0, 1, 0, 1])
    rates = noise_rates(labels, probabilities=np.eye(3)[labels], rng=np.random.default_rng(0))
    assert np.isnan(rates.rate[2]) and rates.n.tolist() == [2, 2, 0]


def test_wilsons_interval_is_the_books() -> None:
    low, high = wilson(np.array([8, 0]), np.array([10, 0]))
    assert np.allclose([low[0], high[0]], [0.4902, 0.9433], atol=1e-3)  # Wilson, 1927, as in any table
    assert (low[1], high[1]) == (0, 1)


def test_agreement_counts_the_opinions_against_a_label() -> None:
    assert agreement(np.array([[True, False, True, False]])).tolist() == [2]


def test_features_keep_distances_and_have_a_variance_of_one() -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 7)).astype(np.float32) * 30
    points = features(vectors, dims=7)
    assert np.isclose(points.var(axis=0).sum(), 1, atol=1e-3)
    ratio = np.linalg.norm(vectors[0] - vectors[1]) / np.linalg.norm(points[0] - points[1])
    other = np.linalg.norm(vectors[2] - vectors[3]) / np.linalg.norm(points[2] - points[3])
    assert np.isclose(ratio, other, rtol=1e-3)


def test_labels_of_pictures_that_all_look_the_same_are_unrelated_to_them() -> None:
    points = features(np.ones((30, 5), np.float32), dims=5)
    labels = np.arange(30) % 2
    folds = stratified_folds(labels, groups=np.arange(30), n_folds=3, seed=0)
    held = held_out_probabilities(points, labels=labels, folds=folds, n_classes=2)
    assert np.allclose(held, 0.5, atol=0.1)
    issues = find_label_issues(labels, probabilities=held, seed=0)
    assert (issues.chance > 0.9).all() and np.allclose(issues.margin, 0, atol=0.2)


def test_one_class_alone_judges_nothing() -> None:
    points, _, _ = clouds(40)
    labels = np.zeros(40, int)
    held = held_out_probabilities(points, labels=labels, folds=np.arange(40) % 5, n_classes=1)
    assert np.isnan(held).all()
    assert not find_label_issues(labels, probabilities=held, seed=0).judged.any()


def test_wrong_orders_are_refused_with_the_value_seen() -> None:
    labels, held = np.array([0, 1]), np.full((2, 2), 0.5, np.float32)
    with pytest.raises(BadParameter, match="not 'best'"):
        find_label_issues(labels, probabilities=held, seed=0, filter_by="best")
    with pytest.raises(BadParameter, match="min_chance.*not 0"):
        find_label_issues(labels, probabilities=held, seed=0, min_chance=0)
    with pytest.raises(WrongShape, match="label 2 has no column"):
        find_label_issues(np.array([0, 2]), probabilities=held, seed=0)
    with pytest.raises(BadParameter, match="n_folds must lie between 2 and 50, not 1"):
        stratified_folds(labels, groups=labels, n_folds=1, seed=0)
    with pytest.raises(WrongShape):
        noise_rates(np.array([0]), probabilities=held, rng=np.random.default_rng(0))
