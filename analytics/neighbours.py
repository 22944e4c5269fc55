"""The neighbour graph of an embedding space: each image's nearest others by cosine, and how many were found."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape

if TYPE_CHECKING:
    import faiss

EXACT_UP_TO = 4_000  # rows; all pairs at once are as quick as anything
LISTS_ABOVE = 150_000  # rows; below, comparing all codes costs less than sorting them into lists
WANTED_RECALL = 0.99
MARGIN = 0.002  # a sample's recall is not everybody's
WIDENINGS = (0.7, 0.85, 1.0, 1.25, 1.6, 2.0, 3.0, 4.0, 6.0)  # of the candidates, until the recall is reached
CHECKED = 500  # rows whose neighbours are also searched exactly, to state the recall
COARSE_DIMS, MIDDLE_DIMS = 128, 256
SAMPLE = 6_000  # rows that the principal directions and the code book are taken from
_ROWS_AT_ONCE = 256
_CANDIDATES_AT_ONCE = 16_000  # full vectors that a core gathers at a time: 80 MB at 1,280 numbers each

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class NeighbourGraph:
    """Each row's nearest others, nearest first, itself left out.

    indices: (n, k) int32 rows. similarities: (n, k) float32, cosines, computed from the full vectors. recall: the
    share of the true k nearest that are there, over `n_checked` rows drawn at random; 1.0 where the search was exact.
    method: how they were searched, in words.
    """

    indices: Ints
    similarities: Floats
    recall: float
    n_checked: int
    method: str


def neighbour_graph(
    vectors: Floats, *, k: int, rng: np.random.Generator, report: Report | None = None
) -> NeighbourGraph:
    """The `k` nearest others by cosine of each row of `vectors` (n, d) float32, none of them zero or not finite.

    Few rows: exact. More: the first principal directions in four-bit codes give candidates by faiss's fast scan; they
    are ranked by 256 directions, the best of them by the full vectors. The recall is measured first, on CHECKED rows,
    and the candidates are widened until it reaches WANTED_RECALL; where that never happens all pairs are compared.
    `vectors` may be a memory map. k becomes n - 1 where there are fewer rows. Raises BadParameter, WrongShape.
    Ref: Andre et al., "Accelerated nearest neighbor search with Quick ADC", 2017; Johnson et al., 2017 (faiss).
    """
    if vectors.ndim != 2 or not len(vectors):
        raise WrongShape(f"vectors must be (n, d) with at least one row, not {vectors.shape}.")
    if k < 1:
        raise BadParameter(f"k must be at least 1, not {k}.")
    n = len(vectors)
    k = min(k, n - 1)
    if k == 0:
        return NeighbourGraph(np.zeros((n, 0), np.int32), np.zeros((n, 0), np.float32), 1.0, n, "there is one row")
    unit = _Unit(vectors)
    if n <= EXACT_UP_TO:
        return NeighbourGraph(*exact_neighbours(unit, np.arange(n), k=k), 1.0, n, "all pairs compared")
    return _searched(unit, k=k, rng=rng, report=report or (lambda done, total: None))


def exact_neighbours(unit: "_Unit", rows: Ints, *, k: int) -> tuple[Ints, Floats]:
    """indices (len(rows), k) int32 and cosines float32 of the `k` nearest others, by comparing with every row."""
    indices: Ints = np.empty((len(rows), k), np.int32)
    cosines: Floats = np.full((len(rows), k), -np.inf, np.float32)
    own = unit.of(rows)
    for part in _slices(len(unit), max(4096, k)):
        block = own @ unit.of(part).T
        inside = (rows >= part.start) & (rows < part.stop)
        block[inside, rows[inside] - part.start] = -np.inf  # nobody is a neighbour of itself
        columns = np.broadcast_to(np.arange(part.start, part.stop, dtype=np.int32), block.shape)
        candidates = np.hstack([columns, indices]) if part.start else columns
        scores = np.hstack([block, cosines]) if part.start else block
        indices, cosines = _best(candidates, scores, k=min(k, scores.shape[1]))
    return indices, cosines


def _searched(unit: "_Unit", *, k: int, rng: np.random.Generator, report: Report) -> NeighbourGraph:
    n = len(unit)
    checked = np.sort(rng.choice(n, min(CHECKED, n), replace=False))
    truth, _ = exact_neighbours(unit, checked, k=k)
    middle = _principal(unit, dims=min(MIDDLE_DIMS, unit.dims), rng=rng)
    stages = _Stages(unit, middle, _code_index(middle[:, :COARSE_DIMS], rng=rng), k=k)
    for widening in WIDENINGS:
        stages.widen(widening)
        recall = _recall(stages.neighbours(checked)[0], truth)
        if recall >= WANTED_RECALL + MARGIN:
            break
    else:
        return NeighbourGraph(*_all_pairs(unit, k=k, report=report), 1.0, n, "all pairs compared: codes found too few")
    nearest = _in_parts(stages.neighbours, n, report=report)
    n_directions = min(COARSE_DIMS, unit.dims)
    method = f"{stages.n_coarse} candidates each from four-bit codes of {n_directions} principal directions"
    method += f", {stages.n_middle} of them by {middle.shape[1]} directions, then cosines of the full vectors"
    return NeighbourGraph(*nearest, _recall(nearest[0][checked], truth), len(checked), method)


class _Stages:
    """Neighbours in three steps, each with fewer candidates and a better measure than the one before."""

    def __init__(self, unit: "_Unit", middle: Floats, codes: "faiss.Index", *, k: int):
        self._unit, self._middle, self._codes, self._k = unit, middle, codes, k
        self._squares = np.einsum("ij,ij->i", middle, middle)
        self.n_coarse = self.n_middle = k

    def widen(self, factor: float) -> None:
        import faiss

        most = len(self._unit) - 1
        self.n_middle = min(max(int(factor * (1.5 * self._k + 20)), self._k), most)
        if isinstance(self._codes, faiss.IndexIVFPQFastScan):
            self._codes.nprobe = int(64 * factor)
        self.n_coarse = min(max(int(factor * (2 * self._k + 90)), self.n_middle), most)

    def neighbours(self, rows: Ints) -> tuple[Ints, Floats]:
        """indices and cosines, (len(rows), k) int32 and float32, of the neighbours of `rows`; on every core."""
        coarse = np.ascontiguousarray(self._middle[rows, :COARSE_DIMS])
        candidates = self._codes.search(_padded(coarse), self.n_coarse + 1)[1].astype(np.int32)
        pieces = _slices(len(rows), max(1, min(_ROWS_AT_ONCE, _CANDIDATES_AT_ONCE // self.n_middle)))
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            ranked = list(pool.map(lambda piece: self._rank(rows[piece], candidates[piece]), pieces))
        return np.concatenate([part[0] for part in ranked]), np.concatenate([part[1] for part in ranked])

    def _rank(self, rows: Ints, candidates: Ints) -> tuple[Ints, Floats]:
        near = 2 * _products(self._middle, candidates, self._middle[rows]) - self._squares[candidates]
        near[(candidates == rows[:, None]) | (candidates < 0)] = -np.inf
        kept, _ = _best(candidates, near, k=self.n_middle, in_order=False)
        exact = _products(self._unit.vectors, kept, self._unit.of(rows)) * self._unit.scale[kept]
        exact[(kept == rows[:, None]) | (kept < 0)] = -np.inf
        return _best(kept, exact, k=self._k)


def _in_parts(search: Callable[[Ints], tuple[Ints, Floats]], n: int, *, report: Report) -> tuple[Ints, Floats]:
    parts = []
    for rows in _slices(n, 16 * _ROWS_AT_ONCE):
        parts.append(search(np.arange(rows.start, rows.stop)))
        report(rows.stop, n)
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _all_pairs(unit: "_Unit", *, k: int, report: Report) -> tuple[Ints, Floats]:
    return _in_parts(lambda rows: exact_neighbours(unit, rows, k=k), len(unit), report=report)


def _code_index(coarse: Floats, *, rng: np.random.Generator) -> "faiss.Index":
    """A faiss index of four bits a direction over `coarse` (n, d)."""
    import faiss  # here, so that pages that import analytics start without it

    n = len(coarse)
    width = _padded(coarse[:1]).shape[1]
    if n > LISTS_ABOVE:
        lists = faiss.IndexFlatL2(width)
        index: faiss.IndexIVFPQFastScan | faiss.IndexPQFastScan
        index = faiss.IndexIVFPQFastScan(lists, width, int(2 * np.sqrt(n)), width, 4)
        lists.this.disown()  # type: ignore[attr-defined]  # SWIG's handle, not in faiss's stubs: the index frees it
        index.own_fields = True
        index.cp.seed, index.by_residual = 801, False
        n_sample = min(n, 40 * index.nlist)
    else:
        index = faiss.IndexPQFastScan(width, width, 4)
        n_sample = min(n, SAMPLE)
    index.pq.cp.seed, index.pq.cp.niter = 801, 10
    index.train(_padded(coarse[np.sort(rng.choice(n, n_sample, replace=False))]))
    for part in _slices(n, 65_536):
        index.add(_padded(coarse[part]))
    return index


def _principal(unit: "_Unit", *, dims: int, rng: np.random.Generator) -> Floats:
    """The rows of unit length on their first principal directions, (n, dims) float32; distances stay about the same."""
    n = len(unit)
    sample = unit.of(np.sort(rng.choice(n, min(n, SAMPLE), replace=False)))
    mean = sample.mean(axis=0)
    sample -= mean
    _, directions = np.linalg.eigh(sample.T @ sample)
    directions = np.ascontiguousarray(directions[:, ::-1][:, :dims])
    out = np.empty((n, dims), np.float32)
    shift = mean @ directions
    for part in _slices(n, 8192):
        out[part] = unit.of(part) @ directions - shift
    return out


class _Unit:
    """Rows of `vectors` made unit length as they are asked for, so that a memory map stays one."""

    def __init__(self, vectors: Floats):
        self.vectors = vectors
        self.dims = vectors.shape[1]
        lengths = np.concatenate([np.linalg.norm(vectors[part], axis=1) for part in _slices(len(vectors), 8192)])
        self.scale = (1 / lengths).astype(np.float32)

    def __len__(self) -> int:
        return len(self.vectors)

    def of(self, rows: slice | Ints) -> Floats:
        return np.asarray(self.vectors[rows], np.float32) * self.scale[rows, None]


def _products(vectors: Floats, others: Ints, own: Floats) -> Floats:
    """(m, c) products of each row of `own` (m, d) with the rows of `vectors` that `others` (m, c) names."""
    products: Floats = np.matmul(vectors[others], own[:, :, None])
    return products[..., 0]


def _best(ids: Ints, scores: Floats, *, k: int, in_order: bool = True) -> tuple[Ints, Floats]:
    """The `k` highest of each row of `scores` (m, c), and their `ids` (m, c)."""
    if k < scores.shape[1]:
        chosen = np.argpartition(scores, -k, axis=1)[:, -k:]
        ids, scores = np.take_along_axis(ids, chosen, 1), np.take_along_axis(scores, chosen, 1)
    if in_order:
        order = np.lexsort((ids, -scores), axis=1)  # equal ones by row, so that the answer is one
        ids, scores = np.take_along_axis(ids, order, 1), np.take_along_axis(scores, order, 1)
    return ids, scores


def _recall(indices: Ints, truth: Ints) -> float:
    return float((indices[:, :, None] == truth[:, None, :]).any(axis=1).mean())


def _padded(coarse: Floats) -> Floats:
    """`coarse` with zeros up to an even number of columns: the codes come in pairs."""
    return np.ascontiguousarray(np.pad(coarse, ((0, 0), (0, coarse.shape[1] % 2))))


def _slices(n: int, step: int) -> list[slice]:
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]
