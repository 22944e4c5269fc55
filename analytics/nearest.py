"""Nearest neighbours by Euclidean distance: exact where that is quick, by an inverted file above."""

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import NearestNeighbors

from analytics.arrays import Floats, Ints
from analytics.errors import WrongShape

EXACT_UP_TO = 60_000  # rows; a flat search of 31,848 x 1280 takes 15 s on two cores and grows with the square
PROBED_LISTS = 32
TREE_DIMS = 3  # a k-d tree is exact and quick in so few dimensions


@dataclass(frozen=True)
class Graph:
    """Each row's nearest others, nearest first, itself left out.

    indices: (n, k) int64. distances: (n, k) float32, Euclidean.
    """

    indices: Ints
    distances: Floats

    def __post_init__(self) -> None:
        if self.indices.ndim != 2 or self.indices.shape != self.distances.shape:
            raise WrongShape(
                f"indices and distances must both be (n, k), not {self.indices.shape} and {self.distances.shape}."
            )

    @property
    def k(self) -> int:
        """How many neighbours each row has."""
        return int(self.indices.shape[1])

    def first(self, k: int) -> "Graph":
        """The same with the `k` nearest only."""
        return Graph(self.indices[:, :k], self.distances[:, :k])


def from_cosines(indices: Ints, cosines: Floats) -> Graph | None:
    """The graph of vectors of length one whose neighbours and `cosines` (n, k) are known, holes being -1 in `indices`.

    It has as many neighbours a row as the row with the most holes; None where that leaves none.
    """
    n_known = (indices >= 0).sum(axis=1)
    k = int(n_known.min(initial=indices.shape[1]))
    if not k:
        return None
    order = np.argsort(indices < 0, axis=1, kind="stable")[:, :k]
    squares = 2 - 2 * np.take_along_axis(cosines, order, 1)
    return Graph(np.take_along_axis(indices, order, 1).astype(np.int64), np.sqrt(np.maximum(squares, 0)))


def nearest(points: Floats, *, k: int) -> Graph:
    """The `k` nearest others of each row of `points` (n, d) float32; needs n > k.

    Exact up to EXACT_UP_TO rows (and always in up to three dimensions); above, an inverted file of 4 sqrt(n) lists of
    which PROBED_LISTS are searched. The same points give the same neighbours. Ref: Johnson et al., 2017 (faiss).
    """
    n, dims = points.shape
    if not 0 < k < n:
        raise WrongShape(f"k must lie between 1 and {n - 1} for {n} rows, not {k}.")
    if dims <= TREE_DIMS:
        tree = NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree", n_jobs=-1).fit(points)
        distances, indices = tree.kneighbors(points)
        return _without_itself(indices, distances)
    graph = Index(points).nearest(points, k=k + 1)
    return _without_itself(graph.indices, graph.distances)


class Index:
    """Points (n, d) float32 to look others up in: exact up to EXACT_UP_TO rows, by an inverted file above."""

    def __init__(self, points: Floats):
        import faiss  # here, so that pages that import analytics start without it

        points = np.ascontiguousarray(points, dtype=np.float32)
        n, dims = points.shape
        flat = faiss.IndexFlatL2(dims)
        self._index: faiss.Index = flat
        if n > EXACT_UP_TO:
            self._flat = flat  # the inverted file does not own it
            lists = faiss.IndexIVFFlat(flat, dims, int(4 * np.sqrt(n)))
            lists.cp.seed = 801
            lists.train(points)
            lists.nprobe = PROBED_LISTS
            self._index = lists
        self._index.add(points)

    def nearest(self, others: Floats, *, k: int) -> Graph:
        """The `k` nearest points of each row of `others` (m, d); one that is among the points finds itself too."""
        squares, indices = self._index.search(np.ascontiguousarray(others, dtype=np.float32), k)
        return Graph(indices, np.sqrt(np.maximum(squares, 0)))


def _without_itself(indices: Ints, distances: Floats) -> Graph:
    """Drop each row's own entry, or its last where equal rows pushed its own out."""
    n, k = indices.shape
    is_self = indices == np.arange(n)[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    kept = ~is_self
    shape = (n, k - 1)
    return Graph(indices[kept].reshape(shape).astype(np.int64), distances[kept].reshape(shape).astype(np.float32))
