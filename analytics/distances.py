"""Cosine and Euclidean distances between many vectors and a few of them, some thousand rows at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape

METRICS = ("cosine", "euclidean")
_FLOATS_AT_ONCE = 8_000_000  # 32 MB of dot products a block
_ROUNDING = 1e-6  # cosines nearer to 1 than this are 1: float32 does not tell them apart


@dataclass(frozen=True)
class Block:
    """Distances of one block of vectors to some candidates, and their cosines.

    rows: the block's rows. distances, cosines: (n_candidates, n_rows) float32.
    """

    rows: slice
    distances: Floats
    cosines: Floats


class Vectors:
    """Vectors (n, d) float32, also mapped from a file, each usable: finite and not zero.

    metric: "cosine" (1 minus the cosine, in [0, 2]) or "euclidean". dims: the length of a vector.
    Raises WrongShape or BadParameter.
    """

    def __init__(self, vectors: Floats, *, metric: str = "cosine"):
        if vectors.ndim != 2 or not vectors.size:
            raise WrongShape(f"vectors must be (n, d) with at least one row and column, not {vectors.shape}.")
        if metric not in METRICS:
            raise BadParameter(f"metric must be one of {', '.join(METRICS)}, not {metric!r}.")
        self._vectors = vectors
        self.metric = metric
        self.dims = int(vectors.shape[1])
        self.norms = np.empty(len(vectors), np.float32)
        for rows in self._slices(vectors.shape[1]):
            self.norms[rows] = np.linalg.norm(vectors[rows], axis=1)
        if not (np.isfinite(self.norms) & (self.norms > 0)).all():
            raise WrongShape("Every vector must be finite and not zero: leave the others out first.")

    def __len__(self) -> int:
        return len(self._vectors)

    def units(self, rows: Ints | slice) -> Floats:
        """The chosen vectors as float32, of length one."""
        return np.asarray(self._vectors[rows], np.float32) / self.norms[rows, None]

    def unit_blocks(self) -> Iterator[tuple[slice, Floats]]:
        """All vectors, of length one, block by block."""
        for rows in self._slices(self.dims):
            yield rows, self.units(rows)

    def in_metric(self, rows: Ints | slice) -> Floats:
        """The chosen vectors so that Euclidean distances rank as the metric does: of length one for cosine."""
        return self.units(rows) if self.metric == "cosine" else np.asarray(self._vectors[rows], np.float32)

    def square(self, rows: Ints) -> Floats:
        """Distances between the chosen rows, (m, m) float32 with zeros on the diagonal: 4 m^2 bytes."""
        units = self.units(rows)
        distances = units @ units.T
        self._from_cosines(distances, self.norms[rows], self.norms[rows])
        np.fill_diagonal(distances, 0)
        return distances

    def blocks(self, candidates: Ints) -> Iterator[Block]:
        """Distances of all vectors to `candidates` (m,) rows, each once; a row lies at distance 0 from itself."""
        few = self.units(candidates)
        order = np.argsort(candidates, kind="stable")
        for rows in self._slices(max(len(candidates), self.dims)):
            cosines = few @ self.units(rows).T
            distances = cosines.copy()
            self._from_cosines(distances, self.norms[candidates], self.norms[rows])
            first, last = np.searchsorted(candidates[order], [rows.start, rows.stop])
            own = order[first:last]
            distances[own, candidates[own] - rows.start] = 0
            yield Block(rows, distances, cosines)

    def _from_cosines(self, cosines: Floats, left: Floats, right: Floats) -> None:
        """Turn `cosines` (len(left), len(right)) into distances, in place, some rows at a time."""
        n_rows = max(1, _FLOATS_AT_ONCE // max(len(right), 1))
        for start in range(0, len(left), n_rows):
            part = cosines[start : start + n_rows]
            np.subtract(1, part, out=part)
            part[part < _ROUNDING] = 0
            if self.metric == "euclidean":  # |a - b|^2 = (|a| - |b|)^2 + 2 |a| |b| (1 - cosine): little is rounded away
                own = left[start : start + n_rows, None]
                part *= 2 * own * right
                part += (own - right) ** 2
                np.sqrt(part, out=part)

    def _slices(self, width: int) -> Iterator[slice]:
        n = max(1, min(8192, _FLOATS_AT_ONCE // width))
        for start in range(0, len(self._vectors), n):
            yield slice(start, min(start + n, len(self._vectors)))
