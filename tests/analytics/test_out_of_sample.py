"""New points on a map that exists: near those they are like, with nothing moved."""

import numpy as np
import pytest

from analytics import out_of_sample
from analytics.errors import BadParameter, WrongShape
from analytics.fidelity import stability
from analytics.out_of_sample import Reference, project_new
from analytics.projection import Recipe, in_metric, principal, project

METHODS = ("pca", "tsne", "umap")


def blobs(n: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (n, 12) around four far centres, and whose each is."""
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) % 4
    return (np.eye(4, 12)[cluster] * 6 + rng.normal(size=(n, 12)) * 0.3).astype(np.float32), cluster


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_newcomers_lie_in_the_group_they_belong_to(method) -> None:
    recipe = Recipe(method, perplexity=10, n_neighbours=10)
    vectors, cluster = blobs(160)
    onto = Reference(vectors, project(vectors, recipe=recipe).points)
    new, belongs = blobs(40, seed=1)
    points = project_new(new, np.arange(40), onto=onto, recipe=recipe)
    centres = np.stack([onto.points[cluster == group].mean(axis=0) for group in range(4)])
    nearest = np.linalg.norm(points[:, None] - centres, axis=2).argmin(axis=1)
    assert points.shape == (40, 2) and np.isfinite(points).all()
    assert (nearest == belongs).mean() > 0.97


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_the_map_itself_does_not_move_and_rows_choose_the_newcomers(method) -> None:
    recipe = Recipe(method, dimensions=3, perplexity=8, n_neighbours=8)
    vectors, _ = blobs(80)
    before = project(vectors, recipe=recipe).points
    onto = Reference(vectors, before.copy())
    rows = np.array([3, 17, 40])
    points = project_new(vectors, rows, onto=onto, recipe=recipe)
    assert np.array_equal(onto.points, before)
    assert points.shape == (3, 3)
    assert project_new(vectors, rows[:0], onto=onto, recipe=recipe).shape == (0, 3)


def test_pca_places_a_known_vector_exactly_where_it_stands() -> None:
    recipe = Recipe("pca")
    vectors, _ = blobs(60)
    points = project(vectors, recipe=recipe).points
    again = project_new(vectors, np.arange(60), onto=Reference(vectors, points), recipe=recipe)
    assert np.allclose(again, points, atol=1e-4)
    mirrored = project_new(vectors, np.arange(60), onto=Reference(vectors, points * [-1, 1]), recipe=recipe)
    assert np.allclose(mirrored, points * [-1, 1], atol=1e-4)


def test_pca_agrees_with_the_formula() -> None:
    vectors, _ = blobs(60)
    full = in_metric(vectors, metric="cosine")
    parts, fitted = principal(full, dims=2, seed=801)
    new, _ = blobs(5, seed=2)
    found = project_new(new, np.arange(5), onto=Reference(vectors, parts), recipe=Recipe("pca"))
    by_hand = (in_metric(new, metric="cosine") - fitted.mean_) @ fitted.components_.T
    assert np.allclose(found, by_hand, atol=1e-4)


@pytest.mark.parametrize("method", ["tsne", pytest.param("umap", marks=pytest.mark.long)])
def test_parts_of_the_rows_give_the_same_points(method, monkeypatch) -> None:
    recipe = Recipe(method, perplexity=10, n_neighbours=10)
    vectors, _ = blobs(100)
    onto = Reference(vectors, project(vectors, recipe=recipe).points)
    new, _ = blobs(30, seed=1)
    reports: list[tuple[int, int]] = []
    monkeypatch.setattr(out_of_sample, "ROWS_AT_ONCE", 30)
    whole = project_new(new, np.arange(30), onto=onto, recipe=recipe)
    monkeypatch.setattr(out_of_sample, "ROWS_AT_ONCE", 15)
    parts = project_new(
        new, np.arange(30), onto=onto, recipe=recipe, report=lambda done, total: reports.append((done, total))
    )
    assert reports == [(15, 30), (30, 30)]
    spread = np.ptp(onto.points, axis=0).max()
    assert np.abs(whole - parts).max() < spread * (1e-6 if method == "tsne" else 0.1)  # UMAP draws its strangers anew


def test_a_map_too_small_to_place_by_is_refused() -> None:
    with pytest.raises(BadParameter, match="The map has 3 points"):
        Reference(np.ones((3, 4), np.float32), np.zeros((3, 2), np.float32))
    with pytest.raises(WrongShape, match="6 vectors cannot stand at 5 points"):
        Reference(np.ones((6, 4), np.float32), np.zeros((5, 2), np.float32))


def test_a_map_is_steady_against_itself_and_not_against_a_shuffled_one() -> None:
    points = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    assert (stability(points, points * 2 + 1) == 1).all()
    assert stability(points, points[::-1].copy()).mean() == pytest.approx(15 / 399, abs=0.02)
    assert stability(points[:2], points[:2]) is None
    assert stability(np.zeros((50, 2), np.float32), points[:50]) is None
