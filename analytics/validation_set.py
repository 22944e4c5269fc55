"""A validation set: pictures of each class that all methods agree on, spread by medoids, and what is near to them."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.distances import Vectors
from analytics.errors import BadParameter
from analytics.hashes import hamming_bits, has_features
from analytics.medoids import find_medoids
from analytics.subsets import assign

_ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Proposed:
    """Candidates of one class, the one that stands for most pictures first.

    rows: (k,) of the vectors. stands_for: (k,) how many of the class's agreed pictures each is nearest to.
    """

    rows: Ints
    stands_for: Ints


@dataclass(frozen=True)
class Near:
    """Pairs that show nearly the same: place among the candidates, row of the other, cosine (NaN: unknown), bits."""

    candidate: Ints
    other: Ints
    cosine: Floats
    bits: Ints


def propose(vectors: Floats, pool: Ints, *, n: int, min_cosine: float, rng: np.random.Generator) -> Proposed:
    """At most `n` of the rows `pool`, spread by k-medoids, no two of them as near as `min_cosine`.

    vectors: (n_all, d) float32. Raises BadParameter for n below 1.
    """
    if n < 1:
        raise BadParameter(f"n must be 1 or more, not {n}.")
    if not len(pool):
        return Proposed(np.empty(0, np.int64), np.empty(0, np.int64))
    own = Vectors(np.asarray(vectors[pool], np.float32))
    k = min(n, len(pool))
    (choice,) = find_medoids(own, [k], rng=rng)
    cluster = assign(own, choice.medoids).cluster
    stands_for = np.bincount(cluster, minlength=len(choice.medoids))
    order = np.argsort(-stands_for, kind="stable")
    kept = _apart(own.units(choice.medoids[order]), min_cosine)
    order = order[kept]
    return Proposed(pool[choice.medoids[order]], stands_for[order])


def near_duplicates(candidates: Ints, vectors: Floats, *, hashes: Ints, min_cosine: float, max_bits: int) -> Near:
    """All rows that are as near to a candidate as `min_cosine`, or whose hash differs in at most `max_bits` bits.

    candidates: (k,) rows. vectors: (n, d), rows that are not usable counted by their hash alone. hashes: (n,) uint64.
    """
    norms = np.linalg.norm(vectors, axis=1)
    usable = np.isfinite(norms) & (norms > 0)
    units = np.zeros(vectors.shape, np.float32)
    units[usable] = vectors[usable] / norms[usable, None]
    says = has_features(hashes)
    places, others, cosines, bits = [], [], [], []
    for first in range(0, len(candidates), _ROWS_AT_ONCE):
        rows = candidates[first : first + _ROWS_AT_ONCE]
        cosine = units[rows] @ units.T
        differ = hamming_bits(hashes[rows][:, None], hashes[None, :])
        near = (cosine >= min_cosine) | ((differ <= max_bits) & says[rows][:, None] & says[None, :])
        near[np.arange(len(rows)), rows] = False
        at, other = np.nonzero(near)
        is_known = usable[rows[at]] & usable[other]
        places.append(at + first)
        others.append(other)
        cosines.append(np.where(is_known, cosine[at, other], np.nan))
        bits.append(differ[at, other])
    return Near(
        candidate=np.concatenate([np.empty(0, np.int64), *places]).astype(np.int64),
        other=np.concatenate([np.empty(0, np.int64), *others]).astype(np.int64),
        cosine=np.concatenate([np.empty(0, np.float32), *cosines]).astype(np.float32),
        bits=np.concatenate([np.empty(0, np.int32), *bits]).astype(np.int32),
    )


def _apart(units: Floats, min_cosine: float) -> Ints:
    """The places that are kept when each goes that is near to one before it."""
    kept: list[int] = []
    for row in range(len(units)):
        if not kept or float((units[kept] @ units[row]).max()) < min_cosine:
            kept.append(row)
    return np.array(kept, np.int64)
