"""What a picture's neighbours and copies are labelled."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints

_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Votes:
    """shares: (n, c) float32, the share of the voting neighbours that carry each label. n_voting: (n,) int32."""

    shares: Floats
    n_voting: Ints


@dataclass(frozen=True)
class Copies:
    """A picture's near duplicates: how many, how many with another label, and the label that suits the group.

    Each (n,) int32; label is -1 for a picture without a copy or without a label.
    """

    n_copies: Ints
    n_other_label: Ints
    label: Ints


def neighbour_votes(indices: Ints, *, labels: Ints, groups: Ints, n_classes: int) -> Votes:
    """Count the labels among each row's neighbours; copies of the picture itself and unlabelled ones do not vote.

    indices: (n, k) rows, -1 where there is none. labels: (n,), -1 without one. groups: (n,) near duplicates.
    """
    n, k = indices.shape
    shares = np.zeros((n, n_classes), np.float32)
    n_voting = np.zeros(n, np.int32)
    step = max(1, _CELLS_AT_ONCE // max(k, n_classes))
    for first in range(0, n, step):
        piece = indices[first : first + step]
        theirs = labels[piece]
        votes = (piece >= 0) & (theirs >= 0) & (groups[piece] != groups[first : first + step, None])
        rows, places = np.nonzero(votes)
        cells = rows * n_classes + theirs[rows, places]
        counts = np.bincount(cells, minlength=len(piece) * n_classes).reshape(len(piece), n_classes)
        n_voting[first : first + step] = counts.sum(axis=1)
        shares[first : first + step] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return Votes(shares, n_voting)


def copies_of(groups: Ints, *, labels: Ints, probabilities: Floats) -> Copies:
    """What the other members of each row's group are labelled.

    groups, labels: (n,); labels -1 without one. probabilities: (n, c), NaN where unknown; of the labels that a group
    carries, the one these favour is taken for the group's.
    """
    n, n_classes = probabilities.shape
    _, group, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    grouped = np.flatnonzero((sizes[group] > 1) & (labels >= 0))
    _, member_of = np.unique(group[grouped], return_inverse=True)
    n_groups = int(member_of.max(initial=-1)) + 1
    carried = np.zeros((n_groups, n_classes), np.int32)
    np.add.at(carried, (member_of, labels[grouped]), 1)
    favour = np.zeros((n_groups, n_classes), np.float64)
    np.add.at(favour, member_of, np.nan_to_num(probabilities[grouped]))
    n_other, label = np.zeros(n, np.int32), np.full(n, -1, np.int32)
    n_other[grouped] = carried.sum(axis=1)[member_of] - carried[member_of, labels[grouped]]
    if n_groups:
        label[grouped] = np.where(carried > 0, favour, -1).argmax(axis=1)[member_of]
    return Copies((sizes[group] - 1).astype(np.int32), n_other, label)
