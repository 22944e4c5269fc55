"""Drift: planted changes are found, and where nothing has changed no more is found than is said."""

import numpy as np
import pytest
from scipy.stats import binom

from analytics import drift
from analytics.drift import Measured
from analytics.errors import BadParameter, WrongShape

ALPHA, N_LOOKS = 0.05, 200


def pictures(rng: np.random.Generator, n: int, *, dims: int = 12) -> np.ndarray:
    """Vectors of `n` pictures around four centres, which are the same each time."""
    centres = np.random.default_rng(7).normal(size=(4, dims)) * 3
    return (centres[rng.integers(4, size=n)] + rng.normal(size=(n, dims))).astype(np.float32)


def look(rng: np.random.Generator, before: np.ndarray, after: np.ndarray) -> dict[str, Measured]:
    """Every measure of two samples, as a run takes them: counts and numbers are functions of the vectors."""
    points = np.concatenate([before, after])
    is_later = np.arange(len(points)) >= len(before)
    held, reference = before[: len(before) // 2], before[len(before) // 2 :]
    nearest = [np.linalg.norm(side[:, None] - reference[None], axis=2).min(axis=1) for side in (held, after)]
    counts = [np.bincount((side[:, 1] > 0) * 2 + (side[:, 2] > 0), minlength=4) for side in (before, after)]
    return {
        "class_shares": drift.class_shares(counts[0], counts[1], rng=rng, n_draws=999),
        **{f"number {i}": drift.one_number(before[:, i], after[:, i]) for i in range(3)},
        "classifier": drift.classifier(points, is_later, rng=rng, n_draws=999),
        "means": drift.distance_of_means(points, is_later, rng=rng, n_draws=999),
        "nearest": drift.farther(*nearest),
        "clusters": drift.new_clusters(points, is_later)[0],
        "near_duplicates": drift.more_often(nearest[0] < 2, nearest[1] < 2),
    }


@pytest.mark.long
def test_where_nothing_changed_any_measure_is_wrong_as_rarely_as_said() -> None:
    rng = np.random.default_rng(801)
    wrong = []
    for _ in range(N_LOOKS):
        measured = look(rng, pictures(rng, 160), pictures(rng, 80))
        wrong.append([p <= ALPHA for p in drift.adjusted(list(measured.values()))])
    n_looks_wrong = int(np.any(wrong, axis=1).sum())
    assert n_looks_wrong <= binom.ppf(0.999, N_LOOKS, ALPHA)
    assert n_looks_wrong >= 1  # a test that never errs at 5 % would find nothing either


@pytest.mark.long
def test_each_p_is_spread_evenly_or_above_where_nothing_changed() -> None:
    rng = np.random.default_rng(3)
    looks = [look(rng, pictures(rng, 120), pictures(rng, 60)) for _ in range(100)]
    for name in looks[0]:
        p = np.array([each[name].p for each in looks])
        for level in (0.05, 0.1, 0.25):
            assert (p <= level).sum() <= binom.ppf(0.9995, len(looks), level), (name, level)
        assert 0.35 < p.mean() < 0.9, name


def test_planted_changes_are_found_by_the_measure_that_is_for_them() -> None:
    rng = np.random.default_rng(1)
    before, same = pictures(rng, 400), pictures(rng, 200)
    new_kind = np.concatenate([same[:170], rng.normal(size=(30, 12)).astype(np.float32) + 9])
    found = look(rng, before, new_kind)
    assert found["clusters"].p < 0.001 and found["clusters"].value == pytest.approx(0.15, abs=0.02)
    assert found["nearest"].p < 0.01 and found["nearest"].value > 0.5
    moved = look(rng, before, same + np.float32(0.6))
    assert moved["means"].p < 0.002 and moved["classifier"].p < 0.002 and moved["classifier"].low > 0.5
    copied = look(rng, before, np.concatenate([same[:100], before[300:] + np.float32(0.01)]))
    assert copied["near_duplicates"].p < 0.001 and copied["near_duplicates"].low > 0


def test_class_shares_by_hand() -> None:
    rng = np.random.default_rng(0)
    found = drift.class_shares(np.array([80, 20, 0]), np.array([20, 20, 60]), rng=rng)
    assert found.value == pytest.approx(0.6 + 0 - 0.0, abs=1e-9) and found.p == pytest.approx(1 / 5_000)
    assert found.low < 0.6 < found.high and (found.n_before, found.n_after) == (100, 100)
    same = drift.class_shares(np.array([50, 50]), np.array([50, 50]), rng=rng)
    assert same.value == 0 and same.p == 1


def test_a_share_of_pairs_by_hand_and_one_of_hits() -> None:
    near, far = np.arange(20.0), np.arange(20.0) + 100
    assert drift.farther(near, far).value == 1 and drift.farther(far, near).value == 0
    assert drift.farther(near, near).value == 0.5
    hits = drift.more_often(np.arange(40) < 10, np.arange(40) < 30)
    assert hits.value == pytest.approx(0.5) and hits.low == pytest.approx(0.28, abs=0.02) and hits.p < 1e-4
    assert drift.more_often(np.arange(40) < 30, np.arange(40) < 10).p > 0.99


def test_the_distance_of_means_is_of_any_turn_and_scale_the_same() -> None:
    rng = np.random.default_rng(2)
    points = pictures(rng, 100)
    later = np.arange(100) >= 60
    turn, _ = np.linalg.qr(rng.normal(size=(12, 12)))
    values = [
        drift.distance_of_means(each, later, rng=np.random.default_rng(5), n_draws=99)
        for each in (points, (points @ turn * 40).astype(np.float32) + 3)
    ]
    assert values[0].value == pytest.approx(values[1].value, rel=1e-3) and values[0].p == values[1].p


def test_a_new_cluster_holds_the_new_pictures() -> None:
    rng = np.random.default_rng(4)
    points = np.concatenate([pictures(rng, 300), rng.normal(size=(40, 12)).astype(np.float32) - 12])
    measured, clusters = drift.new_clusters(points, np.arange(340) >= 200)
    assert set(np.concatenate([each.members for each in clusters])) == set(range(300, 340))
    assert measured.value == pytest.approx(40 / 140) and all(each.n_before == 0 for each in clusters)


def test_too_few_are_not_tested_and_shapes_are_asked_for() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(BadParameter, match="not 19 before"):
        drift.one_number(np.arange(19.0), np.arange(90.0))
    with pytest.raises(BadParameter):
        drift.one_number(np.full(90, np.nan), np.arange(90.0))
    with pytest.raises(WrongShape):
        drift.class_shares(np.array([30, 30]), np.array([60]), rng=rng)


def test_pictures_that_are_all_the_same_are_no_drift() -> None:
    rng = np.random.default_rng(0)
    points, later = np.ones((80, 3), np.float32), np.arange(80) >= 40
    assert drift.distance_of_means(points, later, rng=rng, n_draws=99).p == 1
    assert drift.classifier(points, later, rng=rng, n_draws=99).value == 0.5
    assert drift.components(np.ones((30, 5), np.float32)).shape == (30, 5)


def test_the_interval_of_class_shares_holds_what_was_seen_also_where_they_hardly_differ() -> None:
    before, after = np.full(10, 2_800), np.array([330, 290, 300, 310, 320, 295, 315, 305, 310, 325])
    found = drift.class_shares(before, after, rng=np.random.default_rng(0))
    assert found.low < found.value < found.high and found.low >= 0 and found.p > 0.05
