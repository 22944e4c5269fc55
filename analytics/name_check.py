"""Class names that seem exchanged: what the pictures show, by names alone, against the names their labels have."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from analytics.arrays import Bools, Floats, Ints
from analytics.noise_rates import wilson

MIN_PICTURES = 20  # that show either name; fewer prove nothing
_MIN_SIGNAL = 0.01  # a zero-shot probability below this says nothing


@dataclass(frozen=True)
class WrongName:
    """A class whose pictures show another class's name.

    index: the class. shows: the class whose name its pictures show. n_for, n_against: of its pictures that show either
    name, those that show the other one and those that show its own. low: lower end of the 95 % interval of the share.
    """

    index: int
    shows: int
    n_for: int
    n_against: int
    low: float


def exchanged_names(labels: Ints, *, named: Floats, believed: Bools) -> list[tuple[WrongName, ...]]:
    """The circles of classes whose names are exchanged: (a, b) for two, longer where names went around.

    labels: (n,) class index, -1 without one. named: (n, c) zero-shot probability of each class's name, NaN where
    unknown. believed: (n,) bool, pictures whose labels hang together (wrong ones would blur the picture). The names are
    dealt anew so that most pictures show theirs; a circle counts if in each of its classes clearly more than half of
    the pictures that show either name show the new one. So a single class that fits badly is no exchange.
    """
    with_name = np.flatnonzero(np.isfinite(named).any(axis=0))  # the others keep theirs
    column_of = np.full(named.shape[1], -1)
    column_of[with_name] = np.arange(len(with_name))
    is_known = (labels >= 0) & believed & np.isfinite(named[:, with_name]).all(axis=1)
    is_known &= column_of[np.maximum(labels, 0)] >= 0
    seen, given = named[is_known][:, with_name], column_of[labels[is_known]]
    says = seen.max(axis=1, initial=0) >= _MIN_SIGNAL
    votes = np.zeros((len(with_name), len(with_name)))
    if says.any():
        lifted = seen[says] / np.maximum(seen.mean(axis=0), 1e-9)
        np.add.at(votes, (given[says], lifted.argmax(axis=1)), 1)
    _, dealt = linear_sum_assignment(-votes / np.maximum(votes.sum(axis=1, keepdims=True), 1))
    circles = []
    for circle in _circles(dealt):
        members = [_evidence(given, seen, index, int(dealt[index]), indices=with_name) for index in circle]
        if all(member.low > 0.5 for member in members):
            circles.append(tuple(members))
    return circles


def in_new_order(named: Floats, circles: Sequence[Sequence[WrongName]]) -> Floats:
    """`named` (n, c) with the columns of exchanged names where they belong."""
    order = np.arange(named.shape[1])
    for circle in circles:
        for member in circle:
            order[member.index] = member.shows
    return named[:, order]


def _circles(dealt: Ints) -> list[list[int]]:
    """The circles of a permutation, those of one left out."""
    left = set(np.flatnonzero(dealt != np.arange(len(dealt))).tolist())
    circles = []
    while left:
        circle = [min(left)]
        while (following := int(dealt[circle[-1]])) != circle[0]:
            circle.append(following)
        left -= set(circle)
        circles.append(circle)
    return circles


def _evidence(labels: Ints, named: Floats, own_index: int, shows: int, *, indices: Ints) -> WrongName:
    own, other = named[labels == own_index, own_index], named[labels == own_index, shows]
    says = np.maximum(own, other) >= _MIN_SIGNAL
    n_for, n_against = int((other[says] > own[says]).sum()), int((own[says] > other[says]).sum())
    enough = n_for + n_against >= MIN_PICTURES
    low = float(wilson(n_for, n_for + n_against)[0]) if enough else 0.0
    return WrongName(int(indices[own_index]), int(indices[shows]), n_for, n_against, low)
