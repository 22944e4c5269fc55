"""Boxes: how far two overlap, which of several on one object to keep, which of two runs' boxes are the same."""

import numpy as np

from analytics.arrays import Bools, Floats, Ints, Numbers, ratio
from analytics.errors import BadParameter


def overlaps(one: Numbers, other: Numbers) -> Floats:
    """Intersection over union of every box of `one` (n, 4) with every one of `other` (m, 4): (n, m) float64 in [0, 1].

    Boxes are x1, y1, x2, y2; two boxes without any area overlap by 0.
    """
    one, other = np.asarray(one, np.float64), np.asarray(other, np.float64)
    sides = np.minimum(one[:, None, 2:], other[None, :, 2:]) - np.maximum(one[:, None, :2], other[None, :, :2])
    shared = np.prod(np.clip(sides, 0, None), axis=2)
    union = areas(one)[:, None] + areas(other)[None, :] - shared
    return ratio(shared, union, empty=0)


def areas(boxes: Numbers) -> Numbers:
    """The area of each box (n, 4): (n,); 0 where a side is turned around."""
    products: Numbers = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    return products


def clip(boxes: Numbers, *, width: float, height: float) -> Numbers:
    """Boxes (n, 4) cut at the edges of a picture."""
    return np.clip(boxes, 0, np.array([width, height, width, height], boxes.dtype))


def suppress(
    boxes: Numbers, scores: Numbers, classes: Ints, *, max_overlap: float, max_boxes: int | None = None
) -> Ints:
    """Rows to keep, best score first: of boxes of one class that overlap by more than `max_overlap`, the best.

    boxes (n, 4), scores (n,), classes (n,). 1 keeps all. max_boxes: at most so many, over all classes. Ties go to the
    earlier row. Greedy non-maximum suppression, class by class. Raises BadParameter.
    """
    if not 0 <= max_overlap <= 1:
        raise BadParameter(f"max_overlap must lie between 0 and 1, not {max_overlap}")
    order = np.argsort(-scores, kind="stable")
    if max_overlap < 1 and len(order) > 1:
        same_class = classes[order, None] == classes[None, order]
        clashes = (overlaps(boxes[order], boxes[order]) > max_overlap) & same_class
        alive = np.ones(len(order), bool)
        for row in range(len(order)):
            if alive[row]:
                alive[row + 1 :] &= ~clashes[row, row + 1 :]
        order = order[alive]
    return order[:max_boxes]


def one_to_one(first: Ints, second: Ints, overlap: Floats) -> Bools:
    """Which of some candidate pairs stand when each box may be in one only, the largest overlap first: (n,) bool.

    first, second (n,): the row of each box of a pair; overlap (n,). Ties go to the earlier pair.
    """
    stands = np.zeros(len(overlap), bool)
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    for pair in np.argsort(-overlap, kind="stable").tolist():
        one, other = int(first[pair]), int(second[pair])
        if one not in taken_first and other not in taken_second:
            stands[pair] = True
            taken_first.add(one)
            taken_second.add(other)
    return stands
