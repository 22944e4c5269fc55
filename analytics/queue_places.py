"""Places in a queue of pictures: where the next open one is, and how many are done."""

import numpy as np

from analytics.arrays import Bools, Ints


def next_open(queue: Ints, *, decided: Ints, start: int) -> int | None:
    """The first place from `start` on whose picture is not among `decided` (ascending ids), or None.

    queue: (n,) int64 ids in the order of review. Looks at 4,096 places at a time: a queue of a million costs no more.
    """
    for first in range(max(start, 0), len(queue), 4096):
        open_ = np.flatnonzero(~_among(queue[first : first + 4096], decided))
        if len(open_):
            return first + int(open_[0])
    return None


def n_decided(queue: Ints, *, decided: Ints) -> int:
    """How many of the queue's pictures are among `decided` (ascending ids)."""
    return int(_among(queue, decided).sum())


def still_open(queue: Ints, *, decided: Ints) -> Ints:
    """The queue's pictures that are not among `decided` (ascending ids), in order."""
    return queue[~_among(queue, decided)]


def _among(ids: Ints, ascending: Ints) -> Bools:
    if not len(ascending):
        return np.zeros(len(ids), bool)
    index = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    among: Bools = ascending[index] == ids
    return among
