"""Sets of a map's points: a bit a point on the wire, and how far the map can be trusted where a set lies."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats
from analytics.errors import WrongShape

MISPLACED = 0.7  # of the whole map's share of kept neighbours; below, we call a selection misplaced. Our reading.
MIN_POINTS = 5  # fewer are an anecdote


@dataclass(frozen=True)
class SetTrust:
    """kept: mean share of its neighbours that a point of the set keeps on the map; whole: that of all points.

    n_measured: points of the set whose share is known. is_misplaced: the map does clearly worse here than elsewhere.
    """

    kept: float
    whole: float
    n_measured: int
    is_misplaced: bool


def pack_set(members: Bools) -> bytes:
    """A set (n,) bool as bytes, a bit a point, least significant first; ceil(n / 8) bytes."""
    return np.packbits(np.asarray(members, bool), bitorder="little").tobytes()


def unpack_set(body: bytes, *, n: int) -> Bools:
    """The set (n,) bool in `body`; raises WrongShape if it is not ceil(n / 8) bytes long."""
    if len(body) != -(-n // 8):
        raise WrongShape(f"A set of {n} points takes {-(-n // 8)} bytes, not {len(body)}.")
    return np.unpackbits(np.frombuffer(body, np.uint8), count=n, bitorder="little").astype(bool)


def set_trust(kept: Floats, members: Bools) -> SetTrust | None:
    """Compare a set with the whole map; None where nothing is known of one of them.

    kept: (n,) float, share of its neighbours that each point keeps; NaN where unknown. members: (n,) bool.
    """
    is_known = np.isfinite(kept)
    inside = is_known & members
    if not inside.any():
        return None
    mean, whole = float(kept[inside].mean()), float(kept[is_known].mean())
    n_measured = int(inside.sum())
    return SetTrust(mean, whole, n_measured, n_measured >= MIN_POINTS and mean < MISPLACED * whole)
