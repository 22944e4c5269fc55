"""Projections: what they keep near, what they do with odd input, and that a seed fixes them."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from analytics.errors import BadParameter, WrongShape
from analytics.fidelity import fidelity
from analytics.nearest import Graph, nearest
from analytics.projection import NO_DIRECTION, NOT_A_NUMBER, Recipe, in_metric, project, unusable


def blobs(n_each: int = 40, n_blobs: int = 4, dims: int = 12, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Points around far centres (n, dims) float32, and which centre each belongs to."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n_blobs, dims)) * 10
    labels = np.repeat(np.arange(n_blobs), n_each)
    return (centres[labels] + rng.normal(size=(len(labels), dims))).astype(np.float32), labels


def agreement(points: np.ndarray, labels: np.ndarray) -> float:
    """Share of points whose nearest other point has their label."""
    return float((labels[nearest(points, k=1).indices[:, 0]] == labels).mean())


UMAP = pytest.param("umap", marks=pytest.mark.long)  # it is compiled first, which takes 15 seconds


def quick(method: str, **changed: object) -> Recipe:
    return Recipe(method, **{"perplexity": 10, "pca_dims": 8, **changed})


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
@pytest.mark.parametrize("dimensions", [2, 3])
def test_points_of_a_cluster_stay_together(method: str, dimensions: int) -> None:
    vectors, labels = blobs()
    found = project(vectors, recipe=quick(method, dimensions=dimensions))
    assert found.points.shape == (len(vectors), dimensions)
    assert found.points.dtype == np.float32
    assert agreement(found.points, labels) > 0.95


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_the_seed_fixes_the_map(method: str) -> None:
    vectors, _ = blobs(20)
    one, same = (project(vectors, recipe=quick(method, seed=3)).points for _ in range(2))
    assert np.array_equal(one, same)


@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_known_neighbours_give_the_same_map_as_searched_ones(method: str) -> None:
    vectors, _ = blobs(20)
    recipe = quick(method, pca_dims=0)
    known = nearest(in_metric(vectors, metric="cosine"), k=40)
    searched = project(vectors, recipe=recipe).points
    assert np.array_equal(project(vectors, recipe=recipe, graph=known).points, searched)


def test_too_few_known_neighbours_are_not_used() -> None:
    vectors, _ = blobs(20)
    known = nearest(in_metric(vectors, metric="cosine"), k=4)
    assert project(vectors, recipe=quick("tsne"), graph=known).n_neighbours == 30


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 12])
def test_a_few_points_are_placed_and_said_to_be_few(method: str, n: int) -> None:
    vectors = np.random.default_rng(2).normal(size=(n, 6)).astype(np.float32)
    found = project(vectors, recipe=Recipe(method))
    assert found.points.shape == (n, 2)
    assert np.isfinite(found.points).all()
    if n == 1:
        assert found.notes == ("There is one image: every point lies in the middle.",)
    elif n < 5 and method != "pca":
        assert "too few for the method" in found.notes[0]
    elif method == "tsne":
        assert f"{n} points have {n - 1} neighbours each at most; 90 were asked for." in found.notes


@pytest.mark.parametrize("method", ["pca", "tsne", UMAP])
def test_equal_vectors_lie_in_the_middle(method: str) -> None:
    found = project(np.ones((30, 4), np.float32), recipe=Recipe(method))
    assert not found.points.any()
    assert found.notes == ("All vectors are equal: every point lies in the middle.",)


@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_many_copies_of_one_vector_are_placed(method: str) -> None:
    vectors, _ = blobs(10)
    vectors[:30] = vectors[0]
    assert np.isfinite(project(vectors, recipe=quick(method)).points).all()


def test_vectors_without_a_direction_are_named() -> None:
    vectors = np.ones((4, 3), np.float32)
    vectors[1] = 0
    vectors[2, 1] = np.nan
    vectors[3, 0] = np.inf
    assert unusable(vectors) == {1: NO_DIRECTION, 2: NOT_A_NUMBER, 3: NOT_A_NUMBER}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"method": "lda"}, "method must be one of pca, tsne, umap, not 'lda'"),
        ({"dimensions": 4}, "dimensions must be one of 2, 3, not 4"),
        ({"perplexity": 1}, "perplexity must lie between 2 and 500, not 1"),
        ({"perplexity": float("nan")}, "perplexity must lie between 2 and 500, not nan"),
        ({"n_neighbours": 0}, "n_neighbours must lie between 2 and 500, not 0"),
        ({"min_dist": -0.1}, "min_dist must lie between 0 and 1, not -0.1"),
        ({"metric": "hamming"}, "metric must be one of cosine, euclidean"),
        ({"seed": -1}, "seed must lie between 0 and"),
    ],
)
def test_a_parameter_out_of_range_is_named(changed: dict[str, object], said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        Recipe(**changed)


def test_no_vectors_are_refused() -> None:
    with pytest.raises(WrongShape, match=r"at least one row, not \(0, 3\)"):
        project(np.empty((0, 3), np.float32), recipe=Recipe())


@pytest.mark.parametrize("method", ["tsne", UMAP])
def test_progress_is_reported_up_to_the_end(method: str) -> None:
    seen: list[tuple[int, int]] = []
    project(blobs(10)[0], recipe=quick(method), report=lambda done, total: seen.append((done, total)))
    assert seen and seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_neighbours_are_those_of_every_distance() -> None:
    for dims in (2, 9):
        points = np.random.default_rng(4).normal(size=(60, dims)).astype(np.float32)
        distances = np.linalg.norm(points[:, None] - points[None], axis=2)
        np.fill_diagonal(distances, np.inf)
        found = nearest(points, k=5)
        assert np.array_equal(found.indices, np.argsort(distances, axis=1)[:, :5])
        assert np.allclose(found.distances, np.sort(distances, axis=1)[:, :5], atol=1e-3)


def test_a_point_is_not_its_own_neighbour_among_copies() -> None:
    for dims in (2, 9):
        found = nearest(np.zeros((20, dims), np.float32), k=4)
        assert not (found.indices == np.arange(20)[:, None]).any()


def test_a_graph_of_two_shapes_is_refused() -> None:
    with pytest.raises(WrongShape, match=r"must both be \(n, k\)"):
        Graph(np.zeros((3, 2), np.int64), np.zeros((3, 1), np.float32))


def test_the_rank_measures_agree_with_scikit_learn() -> None:
    full = np.random.default_rng(5).normal(size=(120, 7)).astype(np.float32)
    points = full[:, :2].copy()
    found = fidelity(full, points, rng=np.random.default_rng(0), k=6)
    assert found.trustworthiness == pytest.approx(trustworthiness(full, points, n_neighbors=6), abs=1e-6)
    assert found.continuity == pytest.approx(trustworthiness(points, full, n_neighbors=6), abs=1e-6)
    assert found.n_sampled == 120


def test_a_perfect_map_keeps_every_neighbour_and_a_shuffled_one_keeps_those_of_chance() -> None:
    plane = np.random.default_rng(6).normal(size=(600, 2)).astype(np.float32)
    perfect = fidelity(plane, plane * 3, rng=np.random.default_rng(0))
    assert (perfect.mean_kept, perfect.trustworthiness, perfect.continuity) == (1, 1, 1)
    shuffled = fidelity(plane, plane[::-1].copy(), rng=np.random.default_rng(0))
    assert shuffled.mean_kept == pytest.approx(shuffled.chance, abs=0.02)
    assert shuffled.trustworthiness < 0.6


def test_the_trust_of_a_point_is_counted_by_hand() -> None:
    full = np.array([[0], [1], [2.5], [4.5], [7.0], [10.0]], np.float32)
    places = full.copy()
    places[0] = 9.4  # the first point strays to the far end
    found = fidelity(full, np.hstack([places, 0 * places]), rng=np.random.default_rng(0), k=2)
    # full: 0-(1,2) 1-(0,2) 2-(1,3) 3-(2,4) 4-(3,5) 5-(4,3); map: 0-(5,4) 1-(2,3) 2-(1,3) 3-(2,4) 4-(0,3) 5-(0,4)
    assert found.kept.tolist() == [0, 0.5, 1, 1, 0.5, 0.5]


def test_too_few_points_have_no_trust() -> None:
    for n in (1, 2):
        found = fidelity(np.eye(n, 3, dtype=np.float32), np.zeros((n, 2), np.float32), rng=np.random.default_rng(0))
        assert np.isnan(found.kept).all() and found.trustworthiness is None
