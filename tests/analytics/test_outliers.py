"""Outliers by hand, against a brute-force twin, and what must not change them."""

import numpy as np
import pytest

from analytics.errors import BadParameter
from analytics.outliers import find_outliers, threshold


def two_clouds(n: int = 600, n_far: int = 12, *, seed: int = 0):
    """points (n + n_far, 8) of two classes and, last, some that belong to neither; labels; core."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n + n_far)
    points = (np.eye(2, 8)[labels] * 6 + rng.normal(size=(n + n_far, 8))).astype(np.float32)
    points[n:, 4:] += 9
    return points, labels, np.arange(n + n_far) < n


def cosines(points: np.ndarray, *, k: int = 10) -> np.ndarray:
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    alike = unit @ unit.T
    np.fill_diagonal(alike, -np.inf)
    return -np.sort(-alike, axis=1)[:, :k]


def test_pictures_of_neither_class_lie_furthest_out() -> None:
    points, labels, core = two_clouds()
    found = find_outliers(points, labels=labels, core=core, similarities=cosines(points))
    assert set(np.argsort(-found.distance)[:12]) == set(range(600, 612))
    limit = threshold(found.distance, core=found.core, share=0.01)
    assert (found.distance[600:] > limit).all() and (found.distance[:600] > limit).mean() <= 0.01


def test_the_class_distance_is_mahalanobis_own_formula() -> None:
    from sklearn.covariance import ledoit_wolf

    points, labels, core = two_clouds()
    found = find_outliers(points, labels=labels, core=core, similarities=None)
    centres = np.array([points[core & (labels == c)].mean(axis=0) for c in (0, 1)], np.float64)
    covariance, _ = ledoit_wolf(points[core].astype(np.float64) - centres[labels[core]], assume_centered=True)
    gaps = points.astype(np.float64) - centres[labels]
    expected = np.einsum("ni,ij,nj->n", gaps, np.linalg.inv(covariance), gaps)
    assert np.allclose(found.own_class, expected, rtol=1e-3)


def test_turning_and_stretching_the_space_changes_nothing_without_neighbours() -> None:
    points, labels, core = two_clouds()
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0].astype(np.float32)
    one = find_outliers(points, labels=labels, core=core, similarities=None)
    other = find_outliers(points @ turn * 3, labels=labels, core=core, similarities=None)
    assert np.allclose(one.distance, other.distance, rtol=2e-2, atol=2e-2)


def test_the_tail_is_the_share_of_the_core_that_lies_further_out() -> None:
    points, labels, core = two_clouds()
    found = find_outliers(points, labels=labels, core=core, similarities=None)
    for row in (0, 17, 605):
        further = (found.distance[core] >= found.distance[row]).mean()
        assert np.isclose(found.tail[row], further, atol=2e-3)


def test_a_picture_that_no_name_suits_lies_further_out() -> None:
    points, labels, core = two_clouds(n_far=0)
    named = np.full(600, 0.9, np.float32)
    named[:300] = 0.8
    named[7] = 0.01
    found = find_outliers(points, labels=labels, core=core, similarities=None, named=named)
    alone = find_outliers(points, labels=labels, core=core, similarities=None)
    assert np.isclose(found.no_name[7], 0.99) and found.distance[7] > alone.distance[7]


def test_unlabelled_pictures_are_measured_too() -> None:
    points, labels, core = two_clouds()
    labels = labels.copy()
    labels[-1] = labels[3] = -1
    found = find_outliers(points, labels=labels, core=core & (labels >= 0), similarities=None)
    assert np.isnan(found.own_class[[3, -1]]).all() and np.isfinite(found.distance).all()
    assert found.distance[-1] > found.distance[3]


def test_a_small_or_empty_core_is_replaced_by_all() -> None:
    points, labels, _ = two_clouds(40, 0)
    found = find_outliers(points, labels=labels, core=np.zeros(40, bool), similarities=cosines(points))
    assert found.core.all() and np.isfinite(found.distance).all()


def test_equal_points_lie_nowhere_in_particular() -> None:
    found = find_outliers(
        np.zeros((60, 5), np.float32), labels=np.arange(60) % 2, core=np.ones(60, bool), similarities=None
    )
    assert np.allclose(found.distance, 0)


def test_nothing_measured_is_no_outlier() -> None:
    assert threshold(np.full(5, np.nan), core=np.ones(5, bool), share=0.01) == float("inf")
    with pytest.raises(BadParameter, match="share must lie between 0 and 1, not 2"):
        threshold(np.zeros(3), core=np.ones(3, bool), share=2)
