"""Words for a second search: what a class is taken for, by name alone, is left out of the next query, or asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Ints
from analytics.noise_rates import wilson

MIN_SHARE = 0.05  # of a class's pictures, from which on a confusion is worth a word
MIN_PICTURES = 20  # of a class: below, a share says little


@dataclass(frozen=True)
class Proposal:
    """A query for a class that is often taken for another.

    share: n_taken of the class's n pictures, which the other's name fits better; low, high: its 95 % interval. query:
    the class's name without the other's words that are not its own; "" where there is no such word.
    """

    class_index: int
    other_index: int
    share: float
    low: float
    high: float
    n: int
    n_taken: int
    query: str


def proposals(
    confusion: Ints, *, names: Sequence[str], min_share: float = MIN_SHARE, most_a_class: int = 2
) -> list[Proposal]:
    """What to search for next, the most confused first.

    confusion: (c, c) pictures by class and by the class whose name fits best. A confusion counts from `min_share` of
    at least MIN_PICTURES on.
    """
    found = []
    for index, row in enumerate(confusion):
        n = int(row.sum())
        if n < MIN_PICTURES:
            continue
        others = [other for other in np.argsort(-row, kind="stable").tolist() if other != index]
        found += [
            _proposal(index, other, int(row[other]), n, names=names)
            for other in others[:most_a_class]
            if row[other] >= max(min_share * n, 1)
        ]
    return sorted(found, key=lambda each: (-each.share, each.class_index))


def _proposal(index: int, other: int, n_taken: int, n: int, *, names: Sequence[str]) -> Proposal:
    low, high = (float(end) for end in wilson(n_taken, n))
    return Proposal(index, other, n_taken / n, low, high, n, n_taken, without(names[index], names[other]))


def without(name: str, other: str) -> str:
    """A query for `name` that leaves out the words of `other` that are not its own: `leopard -cheetah`; "" for none."""
    own = {word.lower() for word in _words(name)}
    left_out = [word.lower() for word in _words(other) if word.lower() not in own]
    return " ".join([*_words(name), *(f"-{word}" for word in dict.fromkeys(left_out))]) if left_out and own else ""


def _words(name: str) -> list[str]:
    cleaned = "".join(letter if letter.isalnum() or letter in "'’" else " " for letter in name)
    return cleaned.split()
