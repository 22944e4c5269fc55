"""Whether vectors can be used: all finite, of lengths alike, and no picture's vector that of another."""

import hashlib
from dataclasses import dataclass

import numpy as np

ODD_LENGTH = 10.0  # times longer or shorter than the median is no length of the same network's
_AT_ONCE = 8192


@dataclass(frozen=True, eq=False)
class VectorChecks:
    """Masks over the rows, each (n,) bool.

    missing: no vector (its first number is NaN, and all others). not_finite: some number is NaN or infinite. odd: its
    length is 0, or beyond ODD_LENGTH times the median or below a part of it. same: bit by bit like an earlier row's,
    whose content is another.
    """

    missing: np.ndarray
    not_finite: np.ndarray
    odd: np.ndarray
    same: np.ndarray


def check_vectors(vectors: np.ndarray, contents: list[str], *, has_vector: np.ndarray) -> VectorChecks:
    """Look at every vector once, some thousands at a time.

    vectors: (n, d) float32, may be memory-mapped. contents: what tells pictures apart (a hash of the pixels), a row
    each. has_vector: (n,) bool, rows where there is one at all.
    """
    n = len(vectors)
    lengths, finite, same = np.zeros(n), np.zeros(n, bool), np.zeros(n, bool)
    first_content: dict[bytes, str] = {}
    for first in range(0, n, _AT_ONCE):
        piece = np.asarray(vectors[first : first + _AT_ONCE])
        finite[first : first + len(piece)] = np.isfinite(piece).all(axis=1)
        lengths[first : first + len(piece)] = np.linalg.norm(piece.astype(np.float64), axis=1)
        for row in np.flatnonzero(has_vector[first : first + len(piece)]):
            digest = hashlib.blake2b(piece[row].tobytes(), digest_size=16).digest()
            content = contents[first + row]
            same[first + row] = first_content.setdefault(digest, content) != content
    usable = has_vector & finite
    return VectorChecks(~has_vector, has_vector & ~finite, usable & _odd(lengths, usable), usable & same)


def _odd(lengths: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """Lengths that no vector of the same network has; without a typical length, those that are zero."""
    positive = lengths[usable & (lengths > 0)]
    if not len(positive):
        return np.asarray(lengths == 0)
    typical = float(np.median(positive))
    return np.asarray((lengths == 0) | (lengths > ODD_LENGTH * typical) | (lengths < typical / ODD_LENGTH))
