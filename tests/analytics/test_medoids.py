"""Representatives: FasterPAM, its samples, what a choice is worth, the bend of a curve, who is typical."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances, silhouette_score

from analytics import medoids as searching
from analytics.distances import Vectors
from analytics.elbow import elbow
from analytics.errors import BadParameter, WrongShape
from analytics.medoids import Sampling, find_medoids, losses, settled, sweep
from analytics.subsets import COSINES, assign, by_kmeans, farthest_first, judge, random_per_class, silhouette
from analytics.typicality import typicality


def clouds(n: int = 90, *, dims: int = 6, n_clouds: int = 3, seed: int = 0) -> np.ndarray:
    """Points around n_clouds directions, in turn."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n_clouds, dims)) * 3
    return (centres[np.arange(n) % n_clouds] + rng.normal(size=(n, dims))).astype(np.float32)


def best_by_trying_all(square: np.ndarray, k: int) -> float:
    return min(square[list(some)].min(axis=0).sum() for some in itertools.combinations(range(len(square)), k))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_distances_are_those_of_scikit_learn_and_zero_to_itself(metric: str) -> None:
    points = clouds(40)
    vectors = Vectors(points, metric=metric)
    expected = pairwise_distances(points.astype(float), metric=metric)
    assert np.allclose(vectors.square(np.arange(40)), expected, atol=1e-5)
    some = np.array([7, 3, 39])  # in no order
    found = np.hstack([block.distances for block in vectors.blocks(some)])
    assert np.allclose(found, expected[some], atol=1e-5)
    assert (found[np.arange(3), some] == 0).all()


def test_distances_do_not_depend_on_how_many_rows_come_at_once(monkeypatch) -> None:
    points, some = clouds(50), np.array([1, 48, 20])
    whole = judge(Vectors(points), [some], rng=np.random.default_rng(0))[0]
    monkeypatch.setattr("analytics.distances._FLOATS_AT_ONCE", 42)
    pieces = judge(Vectors(points), [some], rng=np.random.default_rng(0))[0]
    assert pieces.loss == pytest.approx(whole.loss)
    assert np.array_equal(pieces.covered, whole.covered)
    units = Vectors(points).units(slice(None))
    assert np.array_equal(assign(Vectors(points), some).cluster, (units[some] @ units.T).argmax(axis=0))


def test_vectors_without_a_direction_are_refused() -> None:
    for wrong in (np.zeros((2, 3)), np.full((2, 3), np.nan), np.zeros((0, 3)), np.zeros(3)):
        with pytest.raises(WrongShape):
            Vectors(wrong.astype(np.float32))
    with pytest.raises(BadParameter, match="metric must be one of cosine, euclidean, not 'hamming'"):
        Vectors(np.ones((2, 3), np.float32), metric="hamming")


def test_by_hand_two_medoids_of_five_points_on_a_line() -> None:
    line = np.array([[1.0], [2], [3], [10], [11]], np.float32)
    (found,) = find_medoids(Vectors(line, metric="euclidean"), [2], rng=np.random.default_rng(0))
    assert 1 in found.medoids  # the 2; then the 10 or the 11, which cost the same
    assert found.loss == pytest.approx(3)
    (worth,) = judge(Vectors(line, metric="euclidean"), [np.array([1, 3])], rng=np.random.default_rng(0))
    assert (worth.loss, worth.inertia, worth.distortion, worth.farthest) == (3, 3, pytest.approx(0.6), 1)
    # to the second nearest: 9, 8, 7, 8, 9
    assert worth.medoid_silhouette == pytest.approx((8 / 9 + 1 + 6 / 7 + 1 + 8 / 9) / 5)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_search_comes_within_two_percent_of_trying_all(metric: str, k: int) -> None:
    vectors = Vectors(clouds(18), metric=metric)
    (found,) = find_medoids(vectors, [k], rng=np.random.default_rng(0))
    assert found.loss <= best_by_trying_all(vectors.square(np.arange(18)), k) * 1.02


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30))
def test_more_medoids_never_cost_more_and_a_scale_changes_no_cosine(seed: int, n: int) -> None:
    points = clouds(n, seed=seed)
    found = find_medoids(Vectors(points), range(1, n + 1), rng=np.random.default_rng(0))
    assert all(after.loss <= before.loss + 1e-4 for before, after in itertools.pairwise(found))
    assert all(len(set(one.medoids.tolist())) == one.k for one in found)
    assert found[-1].loss == 0
    larger = find_medoids(Vectors(points * 4), range(1, n + 1), rng=np.random.default_rng(0))
    assert [one.medoids.tolist() for one in larger] == [one.medoids.tolist() for one in found]


def test_each_k_of_a_sweep_is_at_least_as_good_as_alone() -> None:
    square = Vectors(clouds(200, n_clouds=12)).square(np.arange(200))
    ks = list(range(2, 21))
    together = sweep(square, ks)
    for k, found in zip(ks, together, strict=True):
        (alone,) = sweep(square, [k])
        assert square[found].min(axis=0).sum() <= square[alone].min(axis=0).sum() * 1.01
    assert [len(found) for found in together] == ks


def test_a_sweep_reports_from_beginning_to_end() -> None:
    told: list[tuple[int, int]] = []
    find_medoids(
        Vectors(clouds(30)), [2, 3, 4], rng=np.random.default_rng(0), report=lambda done, n: told.append((done, n))
    )
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_samples_come_close_to_the_whole_and_never_hold_all_distances(monkeypatch) -> None:
    points = clouds(1200, n_clouds=8)
    vectors = Vectors(points)
    (whole,) = find_medoids(vectors, [8], rng=np.random.default_rng(0))
    monkeypatch.setattr(searching, "EXACT_UP_TO", 1000)
    sizes: list[int] = []
    square = Vectors.square
    monkeypatch.setattr(Vectors, "square", lambda self, rows: sizes.append(len(rows)) or square(self, rows))
    (found,) = find_medoids(vectors, [8], rng=np.random.default_rng(0), sampling=Sampling(200, 3))
    assert sizes == [200, 200, 200]
    assert whole.loss <= found.loss + 1e-4 <= whole.loss * 1.15
    assert found.loss == pytest.approx(losses(vectors, [found.medoids])[0])
    assert found.n_sample == 200
    assert found.sample_loss / 200 < found.loss / 1200 * 1.1


def test_the_medoids_of_an_earlier_run_compete(monkeypatch) -> None:
    points = clouds(600, n_clouds=6)
    vectors = Vectors(points)
    (best,) = find_medoids(vectors, [6], rng=np.random.default_rng(0))
    monkeypatch.setattr(searching, "EXACT_UP_TO", 500)
    poor = Sampling(100, 1)
    kept = find_medoids(vectors, [6], rng=np.random.default_rng(1), sampling=poor, starts=[best.medoids])[0]
    assert kept.loss == pytest.approx(best.loss, rel=1e-5)


def test_settling_moves_medoids_to_the_middle_of_their_clusters() -> None:
    points = clouds(400, n_clouds=5)
    vectors = Vectors(points)
    start = np.arange(5)
    after = settled(vectors, start)
    before, loss = losses(vectors, [start, after])
    assert loss < before
    square, cluster = vectors.square(np.arange(400)), assign(vectors, after).cluster
    for index, medoid in enumerate(after):
        mine = np.flatnonzero(cluster == index)
        sums = square[np.ix_(mine, mine)].sum(axis=1)
        assert sums[mine == medoid][0] <= sums.min() + 1e-3
    assert np.array_equal(settled(Vectors(points, metric="euclidean"), start), start)


@pytest.mark.parametrize("ks", [[0], [3, 2], [2, 2], [31], []])
def test_impossible_numbers_of_medoids_are_refused(ks: list[int]) -> None:
    with pytest.raises(BadParameter, match="ks must rise from 1 or more to 30"):
        find_medoids(Vectors(clouds(30)), ks, rng=np.random.default_rng(0))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_equal_vectors_have_medoids_that_cost_nothing(metric: str) -> None:
    vectors = Vectors(np.ones((7, 3), np.float32), metric=metric)
    found = find_medoids(vectors, [1, 2, 7], rng=np.random.default_rng(0))
    assert all(one.loss == 0 for one in found)
    worths = judge(vectors, [one.medoids for one in found], rng=np.random.default_rng(0))
    assert all(worth.covered[-1] == 1 for worth in worths)
    members = assign(vectors, found[1].medoids)
    assert members.cluster[found[1].medoids].tolist() == [0, 1]  # a medoid stands for itself, whoever else is as near
    for chosen in (by_kmeans(vectors, 4, seed=0), farthest_first(vectors, 4)):
        assert len(set(chosen.tolist())) == 4


def test_the_silhouette_is_that_of_scikit_learn() -> None:
    points = clouds(80, n_clouds=4)
    square = Vectors(points, metric="euclidean").square(np.arange(80))
    for cluster in (np.arange(80) % 4, np.arange(80) // 30, np.r_[[9], np.zeros(79, int)]):
        expected = silhouette_score(square, cluster, metric="precomputed")
        assert silhouette(square, cluster) == pytest.approx(expected, abs=1e-5)
    assert silhouette(square, np.zeros(80, int)) is None


def test_a_good_choice_is_worth_more_than_a_poor_one_and_all_are_covered_by_all() -> None:
    points = clouds(90)
    vectors = Vectors(points)
    good, poor, everyone = np.array([0, 1, 2]), np.array([0, 3, 6]), np.arange(90)
    first, second, last = judge(vectors, [good, poor, everyone], rng=np.random.default_rng(0))
    assert first.loss < second.loss
    assert first.silhouette > 0.5 > second.silhouette
    assert first.distortion == pytest.approx(first.inertia / 90)
    assert (np.diff(first.covered) <= 0).all()
    cosines = vectors.units(good) @ vectors.units(slice(None)).T
    for threshold in (0, 50, 90):
        assert first.covered[threshold] == pytest.approx((cosines.max(axis=0) >= COSINES[threshold]).mean())
    assert (last.loss, last.covered[-1]) == (0, 1)


def test_farthest_first_takes_the_outlier_and_kmeans_does_not() -> None:
    points = np.vstack([clouds(60, n_clouds=2), -clouds(60, n_clouds=2).sum(axis=0, keepdims=True)]).astype(np.float32)
    vectors = Vectors(points)
    far, near = farthest_first(vectors, 3), by_kmeans(vectors, 2, seed=0)
    assert 60 in far
    assert 60 not in near
    assert {row % 2 for row in near.tolist()} == {0, 1}
    worth = judge(vectors, [far, np.array([0, 1, 2])], rng=np.random.default_rng(0))
    assert worth[0].farthest < worth[1].farthest


def test_random_per_class_is_even_and_repeatable() -> None:
    classes = [0] * 50 + [1] * 2 + [None] * 30
    chosen = random_per_class(classes, 12, rng=np.random.default_rng(3))
    drawn = [classes[row] for row in chosen]
    assert (drawn.count(0), drawn.count(1), drawn.count(None)) == (5, 2, 5)
    assert np.array_equal(chosen, random_per_class(classes, 12, rng=np.random.default_rng(3)))
    assert sorted(random_per_class(classes, 82, rng=np.random.default_rng(3)).tolist()) == list(range(82))


def test_the_bend_is_where_a_broken_line_breaks() -> None:
    ks = list(range(2, 22))
    found = elbow(ks, [100 - 10 * (k - 2) if k <= 9 else 30 - (k - 9) for k in ks])
    assert found.k == 9
    assert found.spent == pytest.approx(70 / 82)
    assert found.before == pytest.approx(10 / 82)
    assert found.after == pytest.approx(1 / 82)
    assert elbow(ks, [7.0] * len(ks)) is None
    assert elbow([2, 3], [5, 1]) is None


def test_groups_bend_the_curve_at_their_number() -> None:
    vectors = Vectors(clouds(300, dims=30, n_clouds=7))
    found = find_medoids(vectors, range(2, 31), rng=np.random.default_rng(0))
    assert elbow([one.k for one in found], [one.loss for one in found]).k == 7


def test_typicality_is_the_mean_cosine_to_the_others_of_a_class() -> None:
    points = clouds(40)
    vectors = Vectors(points)
    rows = np.array([5, 3, 3, 10, 20, 39, 38])  # in no order; 3 has two labels; 39 is alone
    classes = np.array([0, 0, 1, 0, 1, 4, 1])
    cosines = 1 - vectors.square(np.arange(40)).astype(float)
    found = typicality(vectors, rows, classes)
    for place, (row, index) in enumerate(zip(rows, classes, strict=True)):
        others = [other for other, its in zip(rows, classes, strict=True) if its == index and other != row]
        if others:
            assert found[place] == pytest.approx(np.mean(cosines[row, others]), abs=1e-5)
        else:
            assert np.isnan(found[place])
    assert len(typicality(vectors, np.array([], int), np.array([], int))) == 0


@pytest.mark.real_data
def test_the_paintings_have_medoids_as_good_as_the_best_of_many_random_starts(shared) -> None:
    import kmedoids

    vectors = Vectors(np.load(shared / "data" / "paintings_resnet34.npz")["vector"])
    square = vectors.square(np.arange(len(vectors)))
    found = find_medoids(vectors, range(2, 41), rng=np.random.default_rng(0))
    for k in (5, 10, 20, 40):
        tries = [kmedoids.fasterpam(square, k, random_state=seed, n_cpu=1).loss for seed in range(10)]
        assert found[k - 2].loss <= min(tries) * 1.003
