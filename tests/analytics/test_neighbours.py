"""The neighbour graph: it finds what comparing everything finds, says how much of it, and survives odd vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import neighbours
from analytics.errors import BadParameter, WrongShape
from analytics.nearest import from_cosines, nearest
from analytics.neighbours import neighbour_graph


def clouds(n: int, *, dims: int, seed: int = 0, n_centres: int = 20) -> np.ndarray:
    """Points around centres, as vectors of pictures lie."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(n_centres, dims)) * np.linspace(3, 0.2, dims)
    return (centres[rng.integers(n_centres, size=n)] + rng.normal(size=(n, dims)) * 0.7).astype(np.float32)


def brute(vectors: np.ndarray, k: int) -> np.ndarray:
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :k]


def shared(found: np.ndarray, truth: np.ndarray) -> float:
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, truth, strict=True)]))


def test_three_directions_by_hand() -> None:
    vectors = np.array([[1, 0], [10, 1], [0, 2]], np.float32)  # lengths do not count
    graph = neighbour_graph(vectors, k=2, rng=np.random.default_rng(0))
    assert graph.indices.tolist() == [[1, 2], [0, 2], [1, 0]]
    assert graph.similarities[0].tolist() == pytest.approx([10 / np.sqrt(101), 0])
    assert (graph.recall, graph.method) == (1.0, "all pairs compared")


def test_few_rows_agree_with_brute_force() -> None:
    vectors = clouds(500, dims=12)
    graph = neighbour_graph(vectors, k=20, rng=np.random.default_rng(0))
    assert shared(graph.indices, brute(vectors, 20)) == 1.0
    assert (np.diff(graph.similarities, axis=1) <= 1e-6).all()


@pytest.mark.long
def test_codes_find_what_brute_force_finds(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    vectors = clouds(3000, dims=161)
    graph = neighbour_graph(vectors, k=15, rng=np.random.default_rng(0))
    truth = shared(graph.indices, brute(vectors, 15))
    assert "four-bit codes" in graph.method
    assert truth >= 0.985
    assert graph.recall == pytest.approx(truth, abs=0.01)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert graph.similarities[7, 3] == pytest.approx(unit[7] @ unit[graph.indices[7, 3]], abs=1e-5)


@pytest.mark.long
def test_lists_of_a_large_set_find_it_too(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    monkeypatch.setattr(neighbours, "LISTS_ABOVE", 1000)
    vectors = clouds(6000, dims=32)
    graph = neighbour_graph(vectors, k=10, rng=np.random.default_rng(0))
    assert shared(graph.indices, brute(vectors, 10)) >= 0.985


def test_where_codes_fail_everything_is_compared(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    monkeypatch.setattr(neighbours, "WIDENINGS", (0.01,))
    vectors = clouds(900, dims=64)
    graph = neighbour_graph(vectors, k=8, rng=np.random.default_rng(0))
    assert graph.method.startswith("all pairs compared")
    assert shared(graph.indices, brute(vectors, 8)) == 1.0


def test_equal_vectors_are_each_others_neighbours_and_never_their_own(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    vectors = np.ones((300, 8), np.float32)
    graph = neighbour_graph(vectors, k=5, rng=np.random.default_rng(0))
    assert not (graph.indices == np.arange(300)[:, None]).any()
    assert np.allclose(graph.similarities, 1)


def test_the_same_seed_gives_the_same_graph(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 100)
    vectors = clouds(800, dims=40)
    first, again = (neighbour_graph(vectors, k=9, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first.indices, again.indices)


@settings(max_examples=20, deadline=None)
@given(n=st.integers(1, 30), k=st.integers(1, 40), seed=st.integers(0, 99))
def test_any_small_set_has_as_many_neighbours_as_there_are(n: int, k: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    graph = neighbour_graph(vectors, k=k, rng=np.random.default_rng(0))
    assert graph.indices.shape == (n, min(k, n - 1))
    assert all(len(set(row)) == len(row) and i not in row for i, row in enumerate(graph.indices.tolist()))


def test_wrong_input_is_named() -> None:
    with pytest.raises(WrongShape, match=r"\(n, d\)"):
        neighbour_graph(np.zeros(3, np.float32), k=1, rng=np.random.default_rng(0))
    with pytest.raises(BadParameter, match="k must be at least 1, not 0"):
        neighbour_graph(np.ones((3, 2), np.float32), k=0, rng=np.random.default_rng(0))


def test_a_graph_with_holes_keeps_what_every_row_has() -> None:
    graph = from_cosines(
        np.array([[1, -1, 2], [0, 2, -1], [0, 1, 3]]), np.array([[1, 0.9, 0.5], [1, 0.5, 0], [1, 0.5, 0.1]])
    )
    assert graph is not None
    assert graph.indices.tolist() == [[1, 2], [0, 2], [0, 1]]
    assert graph.distances[0].tolist() == pytest.approx([0, 1])
    assert from_cosines(np.array([[-1], [0]]), np.zeros((2, 1))) is None


def test_distances_from_cosines_are_those_of_the_vectors() -> None:
    vectors = clouds(60, dims=5)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    found = neighbour_graph(vectors, k=6, rng=np.random.default_rng(0))
    graph, truth = from_cosines(found.indices, found.similarities), nearest(unit, k=6)
    assert graph is not None and np.array_equal(graph.indices, truth.indices)
    assert np.allclose(graph.distances, truth.distances, atol=1e-3)
