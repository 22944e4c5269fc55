"""The search itself: exact against a sort of all products, lists against the exact one, many at once."""

import threading

import numpy as np
import pytest

from service import search
from service.dataset_index import unit
from service.search import (
    Batches,
    ExactSearch,
    ListSearch,
    Query,
    best,
    build_lists,
    read_lists,
    search_over,
    write_lists,
)

RNG = np.random.default_rng(801)


def vectors_of(n: int, dim: int = 16, *, groups: int = 0) -> np.ndarray:
    """(n, dim) float32 of length one; around `groups` centres, or anywhere."""
    points = RNG.normal(size=(n, dim))
    if groups:
        points = 0.4 * points + RNG.normal(size=(groups, dim))[RNG.integers(0, groups, n)]
    return unit(points.astype(np.float32))[0]


def sorted_out(vectors: np.ndarray, vector: np.ndarray, *, k: int, mask: np.ndarray | None = None) -> list[int]:
    """The rows of the k nearest, by sorting them all."""
    cosines = vectors @ vector
    rows = [row for row in range(len(vectors)) if mask is None or mask[row]]
    return sorted(rows, key=lambda row: (-cosines[row], row))[:k]


@pytest.mark.parametrize("k", [1, 7, 50, 200])
def test_the_exact_search_is_a_sort_of_all_products(k: int) -> None:
    vectors = vectors_of(120)
    queries = [Query(vectors_of(1)[0], k, None), Query(vectors_of(1)[0], k, RNG.random(120) < 0.3)]
    for query, hits in zip(queries, ExactSearch(vectors).nearest(queries), strict=True):
        assert hits.rows.tolist() == sorted_out(vectors, query.vector, k=k, mask=query.mask)
        assert np.allclose(hits.cosines, vectors[hits.rows] @ query.vector, atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 40])
def test_many_queries_at_once_get_what_each_gets_alone(n: int) -> None:
    vectors = vectors_of(200)
    queries = [Query(vectors[row], 5) for row in range(n)]
    together = ExactSearch(vectors).nearest(queries)
    alone = [ExactSearch(vectors).nearest([query])[0] for query in queries]
    assert [hits.rows.tolist() for hits in together] == [hits.rows.tolist() for hits in alone]


def test_blocks_of_vectors_give_the_same(monkeypatch) -> None:
    vectors = vectors_of(100)
    whole = ExactSearch(vectors).nearest([Query(vectors[3], 9)])[0]
    monkeypatch.setattr(search, "_ROWS_AT_ONCE", 7)
    assert ExactSearch(vectors).nearest([Query(vectors[3], 9)])[0].rows.tolist() == whole.rows.tolist()


def test_equal_ones_come_by_row_and_what_is_masked_never_comes() -> None:
    assert best(np.array([0.5, 0.9, 0.9, 0.1], np.float32), k=3).rows.tolist() == [1, 2, 0]
    few = best(np.ones(4, np.float32), k=3, mask=np.array([False, True, False, False]))
    assert few.rows.tolist() == [1] and np.isfinite(few.cosines).all()
    assert best(np.ones(4, np.float32), k=3, mask=np.zeros(4, bool)).rows.tolist() == []
    assert ExactSearch(np.empty((0, 4), np.float32)).nearest([Query(np.ones(4, np.float32), 3)])[0].rows.tolist() == []


def test_lists_find_what_the_exact_search_finds(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(search, "EXACT_UP_TO", 1_000)
    vectors = vectors_of(6_000, 24, groups=40)
    write_lists(vectors, tmp_path / "lists.faiss")
    lists = search_over(vectors, lists=read_lists(tmp_path / "lists.faiss"))
    assert isinstance(lists, ListSearch) and "lists compared" in lists.method
    queries = [Query(vectors[row], 10) for row in RNG.choice(len(vectors), 40, replace=False)]
    exact = ExactSearch(vectors).nearest(queries)
    found = lists.nearest(queries)
    shared = [len(set(a.rows) & set(b.rows)) / 10 for a, b in zip(exact, found, strict=True)]
    assert np.mean(shared) > 0.97
    assert all(np.all(np.diff(hits.cosines) <= 0) for hits in found)


@pytest.mark.parametrize("share", [0.02, 0.6])
def test_lists_under_a_filter_give_only_what_it_lets_through(share: float, monkeypatch) -> None:
    monkeypatch.setattr(search, "EXACT_UP_TO", 1_000)
    vectors = vectors_of(4_000, 12, groups=20)
    mask = RNG.random(4_000) < share
    query = Query(vectors[5], 10, mask)
    hits = ListSearch(build_lists(vectors), vectors).nearest([query])[0]
    assert mask[hits.rows].all()
    wanted = sorted_out(vectors, query.vector, k=10, mask=mask)
    assert len(set(hits.rows.tolist()) & set(wanted)) >= (10 if share < 0.25 else 8)  # few are compared one by one


def test_few_vectors_are_searched_exactly() -> None:
    assert isinstance(search_over(vectors_of(50)), ExactSearch)


class Noting(ExactSearch):
    """An exact search that notes how many queries came at once, and waits for a word before it answers."""

    def __init__(self, vectors: np.ndarray) -> None:
        super().__init__(vectors)
        self.sizes: list[int] = []
        self.begun, self.may_go = threading.Event(), threading.Event()

    def nearest(self, queries):
        self.sizes.append(len(queries))
        self.begun.set()
        assert self.may_go.wait(20)
        return super().nearest(queries)


def test_queries_that_wait_go_into_one_search_and_each_gets_its_own() -> None:
    vectors = vectors_of(60)
    noting = Noting(vectors)
    batches = Batches(noting)
    first = batches.ask(Query(vectors[0], 1))
    assert noting.begun.wait(20)
    others = [batches.ask(Query(vectors[row], 1)) for row in range(1, 20)]
    noting.may_go.set()
    assert [future.result(20).rows[0] for future in [first, *others]] == list(range(20))
    assert noting.sizes == [1, 19]
    batches.close()


def test_a_search_that_fails_fails_those_who_asked_and_no_other() -> None:
    vectors = vectors_of(10)
    batches = Batches(ExactSearch(vectors))
    wrong = batches.ask(Query(np.ones(3, np.float32), 1))
    with pytest.raises(ValueError):
        wrong.result(20)
    assert batches.ask(Query(vectors[4], 1)).result(20).rows.tolist() == [4]
    batches.close()


def test_who_asks_an_index_that_was_closed_meanwhile_is_answered() -> None:
    vectors = vectors_of(10)
    batches = Batches(ExactSearch(vectors))
    batches.close()
    assert batches.ask(Query(vectors[4], 1)).result(20).rows.tolist() == [4]
    wrong = batches.ask(Query(np.ones(3, np.float32), 1))
    with pytest.raises(ValueError):
        wrong.result(20)
