"""Which pictures a bundle takes along, in order: as many of them travel as its budget has room for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Ints

STAGES = (
    "representatives",
    "examples of every class",
    "shown in the report",
    "changed or removed",
    "doubted",
    "at random",
)
_RANDOM = len(STAGES) - 1


@dataclass(frozen=True)
class Chosen:
    """Image ids in the order in which they are to travel, and the stage (of STAGES) that each was chosen for.

    n_by_stage: how many there were to choose from in each stage, those that an earlier one took left out.
    """

    image_ids: list[int]
    stages: list[int]
    n_by_stage: list[int]


def chosen(wished: Sequence[Iterable[int]], everything: Ints, *, most: int, rng: np.random.Generator) -> Chosen:
    """The first `most` image ids: those of each stage but the last in order, then of everything at random.

    wished: image ids by stage, the most wanted first. everything: (n,) ids of the images that may travel at all.
    """
    may = set(everything.tolist())
    taken: dict[int, int] = {}
    counts = []
    for stage, image_ids in enumerate(wished):
        before = len(taken)
        for image_id in image_ids:
            if image_id in may:
                taken.setdefault(int(image_id), stage)
        counts.append(len(taken) - before)
    n_rest = len(everything) - len(taken)
    if len(taken) < most and n_rest:
        drawn = rng.permutation(everything)[: min(len(everything), most + len(taken))]
        for image_id in drawn.tolist():
            taken.setdefault(image_id, _RANDOM)
    ids = list(taken)[:most]
    return Chosen(ids, [taken[image_id] for image_id in ids], [*counts, n_rest])


def in_turn(groups: Iterable[Sequence[int]]) -> list[int]:
    """The first of each group, then the second of each, and so on: a cut anywhere leaves some of every group."""
    lists = [list(group) for group in groups]
    longest = max(map(len, lists), default=0)
    return [group[place] for place in range(longest) for group in lists if place < len(group)]
