"""Which of many pictures are the same as, or nearly the same as, some others: asked by hashes, answered from memory.

Near hashes are found by multi-index hashing: the 64 bits are cut in four pieces of 16, and two hashes that differ in at
most MAX_BITS bits have a piece that differs in two at most. Ref: Norouzi et al., "Fast search in Hamming space with
multi-index hashing", CVPR 2012.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

MAX_BITS = 10  # of 64: a copy saved anew or made smaller differs in fewer, other photographs in some thirty
MOST_ALIKE = 32  # pictures near to one; more are not told apart
_LEAST_BITS = 16  # a hash with fewer bits set is of a picture with next to nothing in it, and like many
_PIECES, _PIECE_BITS = 4, 16
_QUERIES, _CANDIDATES = 256, 4_000_000  # at a time
Whole = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


def _masks() -> npt.NDArray[np.uint16]:
    """All pieces with two bits set at most: (137,)."""
    bits = [1 << bit for bit in range(_PIECE_BITS)]
    return np.array([0, *bits, *(one | other for one, other in combinations(bits, 2))], np.uint16)


_MASKS = _masks()


@dataclass(frozen=True, eq=False)
class Found:
    """What was found of m questions, of which n differ. which: (m,) the number of each question's hash, from 0.

    starts: (n + 1,); rows[starts[i] : starts[i + 1]] are the rows of the index that are alike the hash i.
    """

    which: Whole
    starts: Whole
    rows: Whole

    def of(self, hash_number: int) -> Whole:
        """The rows of the index that are alike a hash, by its number."""
        return self.rows[self.starts[hash_number] : self.starts[hash_number + 1]]


class TwinIndex:
    """Pictures by the hashes of their files, their pixels and their looks; some 120 bytes a picture."""

    def __init__(self, table: pa.Table) -> None:
        """table: image_id, dataset_id, file_key, pixel_key, phash, width, height; keys are uint64."""
        self.image_ids = table["image_id"].to_numpy().astype(np.int64)
        self.dataset_ids = table["dataset_id"].to_numpy().astype(np.int32)
        self.sides = np.column_stack([table[name].to_numpy().astype(np.int32) for name in ("width", "height")])
        hashes = table["phash"].to_numpy().astype(np.uint64)
        self._by_file = _Sorted(table["file_key"].to_numpy().astype(np.uint64))
        self._by_pixels = _Sorted(table["pixel_key"].to_numpy().astype(np.uint64))
        self._pieces = [_Buckets(hashes, number) for number in range(_PIECES)]

    def __len__(self) -> int:
        return len(self.image_ids)

    def same_file(self, keys: Hashes) -> Found:
        """The pictures whose files have these keys (m,)."""
        return self._by_file.find(keys)

    def same_pixels(self, keys: Hashes) -> Found:
        """The pictures whose pixels have these keys (m,)."""
        return self._by_pixels.find(keys)

    def alike(self, hashes: Hashes) -> Found:
        """The pictures whose perceptual hashes differ from these (m,) in at most MAX_BITS bits, MOST_ALIKE + 1 of each.

        Of a picture with next to nothing in it, those with the very same hash.
        """
        different, which = np.unique(hashes, return_inverse=True)
        found = [
            rows for first in range(0, len(different), _QUERIES) for rows in self._near(different[first:][:_QUERIES])
        ]
        starts = np.concatenate([[0], np.cumsum([len(rows) for rows in found])]).astype(np.int64)
        rows = np.concatenate(found) if found else np.empty(0, np.int64)
        return Found(which.astype(np.int64).ravel(), starts, rows.astype(np.int64))

    def _near(self, queries: Hashes) -> Iterator[Whole]:
        """The rows near to each of a few different hashes."""
        pairs = [pair for number in range(_PIECES) for pair in self._sharing(queries, number)]
        question = np.concatenate([one for one, _ in pairs]) if pairs else np.empty(0, np.int64)
        row = np.concatenate([other for _, other in pairs]) if pairs else np.empty(0, np.int64)
        order = np.lexsort((row, question))
        question, row = question[order], row[order]
        is_first = np.ones(len(row), bool)
        is_first[1:] = (question[1:] != question[:-1]) | (row[1:] != row[:-1])
        question, row = question[is_first], row[is_first]
        ends = np.searchsorted(question, np.arange(len(queries) + 1))
        for number in range(len(queries)):
            yield row[ends[number] : min(ends[number + 1], ends[number] + MOST_ALIKE + 1)]

    def _sharing(self, queries: Hashes, number: int) -> Iterator[tuple[Whole, Whole]]:
        """question and row of those that are near, by one piece; in parts that fit into memory."""
        buckets = self._pieces[number]
        probes = (_piece(queries, number)[:, None] ^ _MASKS[None, :]).astype(np.int64)
        lengths = buckets.starts[probes + 1] - buckets.starts[probes]
        n_each = lengths.sum(axis=1)
        first = 0
        while first < len(queries):
            last = first + max(1, int(np.searchsorted(np.cumsum(n_each[first:]), _CANDIDATES, side="right")))
            part = slice(first, last)
            place = _ranges(buckets.starts[probes[part]].ravel(), lengths[part].ravel())
            differing = np.repeat(queries[part], n_each[part]) ^ buckets.hashes[place]
            near = np.flatnonzero(np.bitwise_count(differing) <= MAX_BITS)
            question = first + np.searchsorted(np.cumsum(n_each[part]), near, side="right")
            place = place[near]
            counts = _says_enough(queries[question]) & _says_enough(buckets.hashes[place]) | (differing[near] == 0)
            yield question[counts].astype(np.int64), buckets.order[place[counts]].astype(np.int64)
            first = last


class _Sorted:
    """Rows by a key of 64 bits."""

    def __init__(self, keys: Hashes) -> None:
        self._order = np.argsort(keys, kind="stable").astype(np.int64)
        self._keys = keys[self._order]

    def find(self, keys: Hashes) -> Found:
        different, which = np.unique(keys, return_inverse=True)
        first = np.searchsorted(self._keys, different, side="left")
        lengths = np.searchsorted(self._keys, different, side="right") - first
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return Found(which.astype(np.int64).ravel(), starts, self._order[_ranges(first, lengths)])


class _Buckets:
    """Rows by a piece: order[starts[piece] : starts[piece + 1]] are those of a piece; hashes: in that order."""

    def __init__(self, hashes: Hashes, number: int) -> None:
        pieces = _piece(hashes, number)
        self.order = np.argsort(pieces, kind="stable").astype(np.int32)
        self.starts = np.concatenate([[0], np.cumsum(np.bincount(pieces, minlength=1 << _PIECE_BITS))]).astype(np.int64)
        self.hashes = hashes[self.order]


def _piece(hashes: Hashes, number: int) -> npt.NDArray[np.uint16]:
    return ((hashes >> np.uint64(_PIECE_BITS * number)) & np.uint64(0xFFFF)).astype(np.uint16)


def _ranges(starts: Whole, lengths: Whole) -> Whole:
    """The numbers from each start on, `lengths` of them, behind one another."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def _says_enough(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Whether hashes are of pictures that have something in them; of others only the very same hash counts."""
    enough: npt.NDArray[np.bool_] = np.bitwise_count(hashes) >= _LEAST_BITS
    return enough
