"""The nearest of a query among many vectors: exact by a product of matrices, by faiss's lists above 100,000 of them.

Requests that wait at the same time go into one product: for 31,848 x 1,280 numbers 32 queries cost four times what one
costs, for every vector is read once.
"""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from service.layout import EXACT_UP_TO

if TYPE_CHECKING:
    import faiss

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
MOST_AT_ONCE = 64  # queries in one product
FEW = 3  # queries for which a product of matrices costs more than as many products with a vector
PROBED_LISTS = 64
_ROWS_AT_ONCE = 65_536  # of the vectors, so that a block of products stays small


@dataclass(frozen=True, eq=False)
class Hits:
    """rows: (k,) of the vectors, nearest first. cosines: (k,) float32. Fewer than asked for where no more fit."""

    rows: Whole
    cosines: Floats


@dataclass(frozen=True, eq=False)
class Query:
    """vector: (d,) float32 of length one. mask: (n,) which vectors may be found; None: all."""

    vector: Floats
    k: int
    mask: Mask | None = None


class Search(Protocol):
    """A way to find the nearest vectors."""

    method: str

    def nearest(self, queries: Sequence[Query]) -> list[Hits]:
        """The nearest of each query, in their order."""
        ...


class ExactSearch:
    """Every vector is compared. vectors: (n, d) float32 of length one, perhaps memory-mapped; they are not copied."""

    method = "exact: every vector compared"

    def __init__(self, vectors: Floats) -> None:
        self._vectors = vectors

    def nearest(self, queries: Sequence[Query]) -> list[Hits]:
        """The nearest of each query; equal ones by row."""
        if not len(self._vectors):
            return [Hits(np.empty(0, np.int64), np.empty(0, np.float32)) for _ in queries]
        cosines = self._cosines(np.stack([query.vector for query in queries]))
        return [best(row, k=query.k, mask=query.mask) for row, query in zip(cosines, queries, strict=True)]

    def _cosines(self, asked: Floats) -> Floats:
        """(m, n) float32: of each of `asked` (m, d) with each vector. A few by themselves: one by one is quicker."""
        if len(asked) <= FEW:
            return np.stack([self._vectors @ vector for vector in asked])
        out = np.empty((len(asked), len(self._vectors)), np.float32)
        for first in range(0, len(self._vectors), _ROWS_AT_ONCE):
            out[:, first : first + _ROWS_AT_ONCE] = (self._vectors[first : first + _ROWS_AT_ONCE] @ asked.T).T
        return out


class ListSearch:
    """An inverted file of faiss: the lists nearest to the query are compared, all of them where a filter leaves few.

    vectors: as of ExactSearch; they are compared themselves where a mask leaves fewer than EXACT_UP_TO.
    """

    def __init__(self, lists: "faiss.Index", vectors: Floats) -> None:
        import faiss

        self._lists, self._vectors = lists, vectors
        faiss.extract_index_ivf(lists).nprobe = PROBED_LISTS
        n_lists = faiss.extract_index_ivf(lists).nlist
        self.method = f"faiss: {min(PROBED_LISTS, n_lists)} of {n_lists:,} lists compared"

    def nearest(self, queries: Sequence[Query]) -> list[Hits]:
        """The nearest of each query that lie in the lists that are looked into."""
        return [self._filtered(query) if query.mask is not None else self._free(query) for query in queries]

    def _free(self, query: Query) -> Hits:
        cosines, rows = self._lists.search(query.vector[None], query.k)
        found = rows[0] >= 0
        return Hits(rows[0][found].astype(np.int64), cosines[0][found])

    def _filtered(self, query: Query) -> Hits:
        assert query.mask is not None
        allowed = np.flatnonzero(query.mask)
        if len(allowed) <= EXACT_UP_TO:
            hits = best(self._vectors[allowed] @ query.vector, k=query.k)
            return Hits(allowed[hits.rows], hits.cosines)
        import faiss

        chosen = faiss.SearchParametersIVF(sel=faiss.IDSelectorBatch(allowed), nprobe=PROBED_LISTS)  # type: ignore[call-arg]  # not in faiss's stubs
        cosines, rows = self._lists.search(query.vector[None], query.k, params=chosen)
        found = rows[0] >= 0
        return Hits(rows[0][found].astype(np.int64), cosines[0][found])


def best(cosines: Floats, *, k: int, mask: Mask | None = None) -> Hits:
    """The `k` highest of `cosines` (n,), highest first, equal ones by row; only those that `mask` lets through."""
    if mask is not None:
        cosines = np.where(mask, cosines, -np.inf)
    k = min(k, len(cosines))
    if k == 0:
        return Hits(np.empty(0, np.int64), np.empty(0, np.float32))
    least = np.partition(cosines, -k)[-k]
    chosen = np.flatnonzero(cosines >= least) if least > -np.inf else np.flatnonzero(cosines > -np.inf)
    order = chosen[np.lexsort((chosen, -cosines[chosen]))][:k]
    return Hits(order.astype(np.int64), cosines[order].astype(np.float32))


def build_lists(vectors: Floats) -> "faiss.Index":
    """An inverted file over `vectors` (n, d) float32 of length one, by inner product; the same vectors give the same.

    Ref: Johnson et al., "Billion-scale similarity search with GPUs", 2017 (faiss).
    """
    import faiss

    n, dims = vectors.shape
    flat = faiss.IndexFlatIP(dims)
    n_lists = int(4 * np.sqrt(n))
    lists = faiss.IndexIVFFlat(flat, dims, n_lists, faiss.METRIC_INNER_PRODUCT)
    flat.this.disown()  # type: ignore[attr-defined]  # SWIG's handle, not in faiss's stubs: the index frees it
    lists.own_fields = True
    lists.cp.seed, lists.cp.niter = 801, 10
    sample = np.sort(np.random.default_rng(801).choice(n, min(n, 40 * n_lists), replace=False))
    lists.train(np.ascontiguousarray(vectors[sample]))
    for first in range(0, n, _ROWS_AT_ONCE):
        lists.add(np.ascontiguousarray(vectors[first : first + _ROWS_AT_ONCE]))
    return lists


def write_lists(vectors: Floats, path: Path) -> None:
    """Build the lists and write them where `read_lists` maps them into memory."""
    import faiss

    faiss.write_index(build_lists(vectors), str(path))


def read_lists(path: Path) -> "faiss.Index":
    """The lists in a file, mapped into memory and not copied."""
    import faiss

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP)


def search_over(vectors: Floats, *, lists: "faiss.Index | None" = None) -> Search:
    """How vectors of that number are searched; lists: those of a file, else they are built where they are needed."""
    if len(vectors) <= EXACT_UP_TO:
        return ExactSearch(vectors)
    return ListSearch(build_lists(vectors) if lists is None else lists, vectors)


class Batches:
    """One thread that answers queries, all that wait at once; it ends with `close`, or when nobody holds it.

    Who was given an index just before another took its place may ask after `close`, and is answered, too.
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        self._waiting: queue.SimpleQueue[tuple[Query, Future[Hits]] | None] = queue.SimpleQueue()
        self._lock, self._is_closed = threading.Lock(), False
        self._thread = threading.Thread(target=_answer_all, args=(search, self._waiting), daemon=True, name="search")
        self._thread.start()

    def ask(self, query: Query) -> "Future[Hits]":
        """The nearest of a query, once they are found."""
        future: Future[Hits] = Future()
        with self._lock:  # nothing is put behind the end
            if not self._is_closed:
                self._waiting.put((query, future))
                return future
        future.set_running_or_notify_cancel()  # nobody has it yet who could cancel it
        threading.Thread(target=_answer, args=(self.search, [(query, future)]), daemon=True, name="late search").start()
        return future

    def close(self) -> None:
        """Answer what waits, and end."""
        with self._lock:
            self._is_closed = True
            self._waiting.put(None)

    def __del__(self) -> None:
        self._waiting.put(None)


def _answer_all(search: Search, waiting: "queue.SimpleQueue[tuple[Query, Future[Hits]] | None]") -> None:
    while True:
        first = waiting.get()
        if first is None:
            return
        together, ends = [first], False
        while len(together) < MOST_AT_ONCE and not ends:
            try:
                more = waiting.get_nowait()
            except queue.Empty:
                break
            ends = more is None
            together += [more] if more is not None else []
        wanted = [pair for pair in together if pair[1].set_running_or_notify_cancel()]
        _answer(search, wanted)
        if ends:
            return


def _answer(search: Search, wanted: Sequence[tuple[Query, "Future[Hits]"]]) -> None:
    if not wanted:
        return
    try:
        found = search.nearest([query for query, _ in wanted])
    except (ValueError, RuntimeError, MemoryError) as error:  # numpy's and faiss's own
        for _, future in wanted:
            future.set_exception(error)
        return
    for (_, future), hits in zip(wanted, found, strict=True):
        future.set_result(hits)
