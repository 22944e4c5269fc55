"""Images that are the same or nearly: pairs by hash and by embedding, their groups, and which one of each to keep."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.arrays import Bools, Floats, Ints, Numbers
from analytics.errors import BadParameter, WrongShape
from analytics.hashes import has_features

HASH_BITS = 64
ALL_PAIRS_UP_TO = 150_000  # different hashes; above, only those that share a piece are compared
MAX_BITS = 16
RULES = ("largest", "oldest", "split", "first")


@dataclass(frozen=True)
class Pairs:
    """first, second: (m,) int64 with first < second, each pair once. cosine: (m,) float32, NaN where not known.

    bits: (m,) int16, how many bits of the perceptual hashes differ, -1 where not known to be near.
    same_file, same_pixels: (m,) bool.
    """

    first: Ints
    second: Ints
    cosine: Floats
    bits: Ints
    same_file: Bools
    same_pixels: Bools

    def __len__(self) -> int:
        return len(self.first)

    def of(self, chosen: Bools) -> "Pairs":
        """Those that `chosen` (m,) bool is true for."""
        return Pairs(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Counted:
    """How many pairs reach a cosine, and how many groups and images they make."""

    min_cosine: float
    n_pairs: int
    n_groups: int
    n_images: int


@dataclass(frozen=True)
class Groups:
    """image_ids: (m,) int64 of all grouped images, group by group. number: (m,) int32 from 0, ascending."""

    image_ids: Ints
    number: Ints

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return int(self.number[-1]) + 1 if len(self.number) else 0


@dataclass(frozen=True)
class Judged:
    """Of each group, (g,): size int64; conflicting: more than one label; across: more than one split."""

    size: Ints
    conflicting: Bools
    across: Bools


def hash_pairs(hashes: Ints, *, max_bits: int) -> tuple[Ints, Ints, Ints]:
    """first, second, bits: the rows of `hashes` (n,) uint64 that differ in at most `max_bits` bits.

    A hash that says nothing (of a flat picture) is near none. Equal hashes are chained, each to the first of them, so
    that a thousand frames of one scene make a thousand pairs and not half a million; of near hashes, the first image of
    each stands for the rest. Otherwise every pair is found: all are compared up to ALL_PAIRS_UP_TO hashes; above, they
    are cut in `max_bits` + 1 pieces, one of which must be equal.
    Ref: Norouzi et al., "Fast search in Hamming space with multi-index hashing", CVPR 2012. Raises BadParameter.
    """
    if not 0 <= max_bits <= MAX_BITS:
        raise BadParameter(f"max_bits must lie between 0 and {MAX_BITS}, not {max_bits}.")
    rows = np.flatnonzero(has_features(hashes))
    different, first_row, which = np.unique(hashes[rows], return_index=True, return_inverse=True)
    first_row = rows[first_row]
    copies = first_row[which] != rows
    near_a, near_b, bits = _near_hashes(different, max_bits=max_bits)
    first = np.concatenate([first_row[which[copies]], first_row[near_a]])
    second = np.concatenate([rows[copies], first_row[near_b]])
    bits = np.concatenate([np.zeros(int(copies.sum()), np.int16), bits])
    return np.minimum(first, second), np.maximum(first, second), bits


def graph_pairs(indices: Ints, cosines: Floats, *, min_cosine: float) -> tuple[Ints, Ints, Floats]:
    """first, second, cosine: the pairs of a neighbour graph, (n, k) `indices` (-1: none) and `cosines`, that near.

    A pair is found where either is among the other's k nearest.
    """
    if indices.shape != cosines.shape:
        raise WrongShape(f"indices and cosines must have one shape, not {indices.shape} and {cosines.shape}.")
    rows, columns = np.nonzero((indices >= 0) & (cosines >= min_cosine))
    others = indices[rows, columns].astype(np.int64)
    first, second = np.minimum(rows, others), np.maximum(rows, others)
    _, once = np.unique(np.column_stack([first, second]), axis=0, return_index=True)
    return first[once], second[once], cosines[rows, columns][once].astype(np.float32)


def joined(by_hash: tuple[Ints, Ints, Ints], by_graph: tuple[Ints, Ints, Floats]) -> tuple[Ints, Ints, Floats, Ints]:
    """first, second, cosine (NaN: not near by it), bits (-1: not near by it): each pair of either once."""
    first = np.concatenate([by_hash[0], by_graph[0]]).astype(np.int64)
    second = np.concatenate([by_hash[1], by_graph[1]]).astype(np.int64)
    pairs, which = np.unique(np.column_stack([first, second]), axis=0, return_inverse=True)
    which = which.ravel()
    cosine, bits = np.full(len(pairs), np.nan, np.float32), np.full(len(pairs), -1, np.int16)
    n_hash = len(by_hash[0])
    bits[which[:n_hash]] = by_hash[2]
    cosine[which[n_hash:]] = by_graph[2]
    return pairs[:, 0], pairs[:, 1], cosine, bits


def near_enough(
    pairs: Pairs, *, min_cosine: float, max_bits: int, kinds: Sequence[str] = ("file", "pixels", "hash", "embedding")
) -> Pairs:
    """The pairs that are the same for at least one of `kinds`: file, pixels, hash (`max_bits`), embedding."""
    chosen = np.zeros(len(pairs), bool)
    for kind in kinds:
        chosen |= is_near(pairs, kind, min_cosine=min_cosine, max_bits=max_bits)
    return pairs.of(chosen)


def is_near(pairs: Pairs, kind: str, *, min_cosine: float, max_bits: int) -> Bools:
    """(m,) bool: whether each pair is the same by `kind`; raises BadParameter for an unknown one."""
    if kind == "file":
        return pairs.same_file
    if kind == "pixels":
        return pairs.same_pixels
    if kind == "hash":
        return (pairs.bits >= 0) & (pairs.bits <= max_bits)
    if kind == "embedding":
        return pairs.cosine >= min_cosine  # false for NaN
    raise BadParameter(f"kind must be file, pixels, hash or embedding, not {kind!r}.")


def grouped(pairs: Pairs) -> Groups:
    """The connected components of `pairs`: whoever is near one of a group is of it. Groups by their smallest image."""
    ids, places = np.unique(np.concatenate([pairs.first, pairs.second]), return_inverse=True)
    if not len(ids):
        return Groups(np.zeros(0, np.int64), np.zeros(0, np.int32))
    first, second = places[: len(pairs)], places[len(pairs) :]
    edges = coo_array((np.ones(len(pairs), np.int8), (first, second)), shape=(len(ids), len(ids)))
    _, number = connected_components(edges, directed=False)
    _, smallest = np.unique(number, return_index=True)  # ids ascend, so this is each group's smallest
    rank = np.empty(len(smallest), np.int32)
    rank[np.argsort(smallest)] = np.arange(len(smallest))
    order = np.argsort(rank[number], kind="stable")
    return Groups(ids[order], rank[number][order])


def counted(pairs: Pairs, min_cosines: Sequence[float]) -> list[Counted]:
    """For each cosine: how many pairs reach it by their embedding, and the groups and images they make."""
    counts = []
    for min_cosine in min_cosines:
        near = pairs.of(pairs.cosine >= min_cosine)
        groups = grouped(near)
        counts.append(Counted(min_cosine, len(near), groups.n_groups, len(groups.image_ids)))
    return counts


def judged(groups: Groups, labels: Sequence[object], splits: Sequence[object]) -> Judged:
    """Size, conflict and leak of each group. labels, splits: of `groups.image_ids`; None conflicts with nothing."""
    n = groups.n_groups
    size = np.bincount(groups.number, minlength=n)
    return Judged(size, _differ(groups.number, labels, n=n), _differ(groups.number, splits, n=n))


def reasons(groups: Groups, pairs: Pairs, *, min_cosine: float, max_bits: int) -> tuple[list[tuple[str, ...]], Floats]:
    """Why each group is one: (g) tuples of file, pixels, hash, embedding; and its highest cosine (g,), NaN for none."""
    group_of = dict(zip(groups.image_ids.tolist(), groups.number.tolist(), strict=True))
    number = np.array([group_of[image_id] for image_id in pairs.first.tolist()], np.int64)
    why: list[list[str]] = [[] for _ in range(groups.n_groups)]
    for kind in ("file", "pixels", "hash", "embedding"):
        for group in np.unique(number[is_near(pairs, kind, min_cosine=min_cosine, max_bits=max_bits)]):
            why[group].append(kind)
    least = np.full(groups.n_groups, np.inf, np.float32)
    is_known = ~np.isnan(pairs.cosine)
    np.minimum.at(least, number[is_known], pairs.cosine[is_known])
    least[np.isinf(least)] = np.nan
    return [tuple(kinds) for kinds in why], least


def keepers(
    groups: Groups,
    *,
    rule: str,
    pixels: Numbers,
    n_bytes: Numbers,
    age: Numbers,
    splits: Sequence[str | None],
    split: str | None = None,
) -> Bools:
    """(m,) bool: the one image of each group that stays by `rule`; ties go to more pixels, more bytes, the smaller id.

    largest: most pixels. oldest: smallest `age` (time of change). split: one in `split`, if the group has one. first:
    the smallest id. All arrays are of `groups.image_ids`. Raises BadParameter.
    """
    if rule not in RULES:
        raise BadParameter(f"rule must be one of {', '.join(RULES)}, not {rule!r}.")
    outside = np.array([own != split for own in splits], bool)
    size = (-n_bytes, -pixels)
    first = {"largest": (), "oldest": (age,), "split": (outside,), "first": (groups.image_ids,)}[rule]
    order = np.lexsort((groups.image_ids, *size, *first, groups.number))
    keep = np.zeros(len(groups.image_ids), bool)
    _, starts = np.unique(groups.number[order], return_index=True)
    keep[order[starts]] = True
    return keep


def _near_hashes(different: Ints, *, max_bits: int) -> tuple[Ints, Ints, Ints]:
    """Places in the ascending `different` (u,) uint64 of all pairs within `max_bits`, and their distances int16."""
    import faiss  # here, so that pages that import analytics start without it

    nothing = np.zeros(0, np.int64)
    if max_bits == 0 or len(different) < 2:
        return nothing, nothing, np.zeros(0, np.int16)
    codes = np.ascontiguousarray(different).view(np.uint8).reshape(-1, HASH_BITS // 8)
    n_pieces = max_bits + 1
    index: faiss.IndexBinary
    if len(different) <= ALL_PAIRS_UP_TO:
        index = faiss.IndexBinaryFlat(HASH_BITS)
    else:
        index = faiss.IndexBinaryMultiHash(HASH_BITS, n_pieces, HASH_BITS // n_pieces)
    index.add(codes)
    starts, bits, others = index.range_search(codes, max_bits + 1)  # strictly below
    ends = starts.astype(np.int64)
    rows = np.repeat(np.arange(len(different)), ends[1:] - ends[:-1])
    once = rows < others
    return rows[once], others[once], bits[once].astype(np.int16)


def _differ(number: Ints, values: Sequence[object], *, n: int) -> Bools:
    seen: dict[int, object] = {}
    out = np.zeros(n, bool)
    for group, value in zip(number.tolist(), values, strict=True):
        if value is not None and seen.setdefault(group, value) != value:
            out[group] = True
    return out
