"""Which pictures to make so that classes become even: how many of each, from which parents, by which technique."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter

TECHNIQUES = ("oversampling", "flip", "crop", "colour", "randaugment", "mixup", "cutmix")
MIXING = ("mixup", "cutmix")  # techniques that take a second parent
# Of a mixed picture the parent whose key and label it carries always has the larger part.
MIN_SHARE, MAX_SHARE = 0.6, 0.9
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Made:
    """Pictures to make, a row each.

    parent: (m,) row of the picture whose key and label are carried. technique: (m,) places in TECHNIQUES. number: (m,)
    the how-manieth of its parent by this technique, from 1. partner: (m,) row of the second parent, -1 where there is
    none. own_share: (m,) float32, the parent's part in [0.6, 0.9], NaN where there is no partner.
    n_short: per class, how many could not be made because flips of all pictures were used up.
    """

    parent: Ints
    technique: Ints
    number: Ints
    partner: Ints
    own_share: Floats
    n_short: Ints

    def __len__(self) -> int:
        return len(self.parent)


def level(counts: Ints, *, budget: int, max_level: int = 0) -> int:
    """The size to which classes can be raised: at most `max_level` (0: the largest class), and all within `budget`.

    counts: (c,) images a class; empty classes stay empty, for there is nothing to make their pictures from. Raises
    BadParameter for a negative budget or level.
    """
    if budget < 0 or max_level < 0:
        raise BadParameter(f"budget and level must be 0 or more, not {budget} and {max_level}.")
    filled = np.sort(counts[counts > 0])
    if not len(filled):
        return 0
    low, high = 0, max_level or int(filled[-1])
    while low < high:  # the largest level that the budget allows
        middle = (low + high + 1) // 2
        if int(np.maximum(filled, middle).sum()) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def plan(
    labels: Ints,
    *,
    n_classes: int,
    techniques: Sequence[str],
    budget: int,
    max_level: int = 0,
    rng: np.random.Generator,
) -> Made:
    """What to make so that each class has `level` pictures; classes that are larger stay as they are.

    labels: (n,) class indices, -1 for none. techniques: of TECHNIQUES, taken in turn. Parents are taken evenly: none is
    taken a second time by a technique before each of its class was. A picture is flipped at most once.
    Raises BadParameter for an unknown technique, or none.
    """
    _check(techniques)
    counts = np.bincount(labels[labels >= 0], minlength=n_classes)
    reached = level(counts, budget=budget, max_level=max_level)
    n_to_make = np.where(counts > 0, np.maximum(reached - counts, 0), 0)
    usable = np.flatnonzero(labels >= 0)
    parts, short = [], np.zeros(n_classes, np.int64)
    for index in np.flatnonzero(n_to_make):
        members = np.flatnonzero(labels == index)
        part = _of_class(members, int(n_to_make[index]), techniques=techniques, usable=usable, rng=rng)
        short[index] = n_to_make[index] - len(part)
        parts.append(part)
    return Made(
        parent=np.concatenate([_NONE, *(part.parent for part in parts)]),
        technique=np.concatenate([_NONE, *(part.technique for part in parts)]),
        number=np.concatenate([_NONE, *(part.number for part in parts)]),
        partner=np.concatenate([_NONE, *(part.partner for part in parts)]),
        own_share=np.concatenate([_NONE, *(part.own_share for part in parts)]).astype(np.float32),
        n_short=short,
    )


def _of_class(members: Ints, n: int, *, techniques: Sequence[str], usable: Ints, rng: np.random.Generator) -> Made:
    """`n` pictures of one class, as far as its techniques reach."""
    shares = _shares(n, len(members), techniques)
    order = rng.permutation(members)
    parents, kinds, numbers = [], [], []
    for start, (technique, m) in enumerate(shares.items()):
        turned = np.roll(order, -start * max(1, len(order) // len(shares)))  # another picture first for each technique
        serial = np.arange(m)
        parents.append(turned[serial % len(turned)])
        numbers.append(serial // len(turned) + 1)
        kinds.append(np.full(m, TECHNIQUES.index(technique)))
    parent, kind = np.concatenate(parents), np.concatenate(kinds)
    mixes = np.isin(kind, [TECHNIQUES.index(name) for name in MIXING]) & (len(usable) > 1)
    drawn = usable[rng.integers(0, max(len(usable), 1), len(parent))]
    drawn = np.where(drawn == parent, usable[(np.searchsorted(usable, drawn) + 1) % len(usable)], drawn)
    share = rng.uniform(MIN_SHARE, MAX_SHARE, len(parent)).astype(np.float32)
    return Made(
        parent=parent,
        technique=kind,
        number=np.concatenate(numbers),
        partner=np.where(mixes, drawn, -1),
        own_share=np.where(mixes, share, np.nan),
        n_short=np.array([n - len(parent)]),
    )


def _shares(n: int, n_members: int, techniques: Sequence[str]) -> dict[str, int]:
    """How many of `n` each technique makes: even, save that there are no more flips than pictures."""
    left, shares = n, {}
    for turn, technique in enumerate(sorted(techniques, key=lambda name: name != "flip")):
        even = -(-left // (len(techniques) - turn))
        shares[technique] = min(even, n_members) if technique == "flip" else even
        left -= shares[technique]
    return {technique: shares[technique] for technique in techniques}


def _check(techniques: Sequence[str]) -> None:
    strange = [name for name in techniques if name not in TECHNIQUES]
    if strange or not techniques or len(set(techniques)) < len(techniques):
        seen = repr(strange[0]) if strange else ", ".join(techniques) or "none"
        raise BadParameter(f"techniques must be different ones of {', '.join(TECHNIQUES)}, not {seen}.")
