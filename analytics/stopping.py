"""When to stop reviewing: how often the ranking was right so far, and how many errors remain, with intervals."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints
from analytics.errors import BadParameter, WrongShape
from analytics.noise_rates import wilson

_MIN_IN_A_STEP = 10


@dataclass(frozen=True)
class Precision:
    """How many of the reviewed pictures were really wrong, by rank: m steps of about as many reviewed pictures each.

    first, last: (m,) ranks from 1 of the first and last reviewed picture of a step. n, n_wrong: (m,). share, low, high:
    (m,) the share that was wrong with its 95 % interval (Wilson). so_far: (m,) the share of all up to the step's end.
    """

    first: Ints
    last: Ints
    n: Ints
    n_wrong: Ints
    share: Floats
    low: Floats
    high: Floats
    so_far: Floats


@dataclass(frozen=True)
class Estimate:
    """How many of n_population are wrong: estimate and 95 % interval, from n_wrong of n_checked drawn at random."""

    n_checked: int
    n_wrong: int
    n_population: int
    estimate: float
    low: float
    high: float


def precision_by_rank(queue: Ints, *, judged: Ints, wrong: Bools, n_steps: int = 12) -> Precision:
    """The precision of a ranking by rank, from what has been reviewed of it; pictures passed over do not count.

    queue: (q,) ids, the surest error first. judged: (j,) ids that people judged, in any order, and wrong: (j,) bool.
    Ids that are not in the queue are left out. A step holds at least 10 pictures, if there are as many.
    """
    if len(judged) != len(wrong):
        raise WrongShape(f"{len(judged)} judged pictures need as many verdicts, not {len(wrong)}.")
    order = np.argsort(judged, kind="stable")
    reviewed, verdict = judged[order], np.asarray(wrong, bool)[order]
    index = np.minimum(np.searchsorted(reviewed, queue), max(len(reviewed) - 1, 0))
    ranks = np.flatnonzero(reviewed[index] == queue) if len(reviewed) else np.zeros(0, np.int64)
    hits = verdict[index[ranks]] if len(ranks) else np.zeros(0, bool)
    n_steps = max(min(n_steps, len(ranks) // _MIN_IN_A_STEP), 1) if len(ranks) else 0
    edges = np.linspace(0, len(ranks), n_steps + 1).astype(np.int64)
    starts, ends = edges[:-1], edges[1:]
    total = np.concatenate([[0], np.cumsum(hits)])
    n, n_wrong = ends - starts, total[ends] - total[starts]
    low, high = wilson(n_wrong, n)
    return Precision(
        ranks[starts] + 1,
        ranks[ends - 1] + 1 if len(ranks) else starts,
        n,
        n_wrong,
        n_wrong / np.maximum(n, 1),
        low,
        high,
        total[ends] / np.maximum(ends, 1),
    )


def remaining(n_wrong: int, *, n_checked: int, n_population: int) -> Estimate:
    """How many of `n_population` are wrong, from a sample of `n_checked` drawn from it at random.

    Errors that the sample showed count as put right: they are not among those that remain, and the checked ones no
    longer belong to the population. Wilson's interval; without a sample, from none to all.
    Raises BadParameter.
    """
    if not 0 <= n_wrong <= n_checked or n_checked > n_population:
        raise BadParameter(f"n_wrong <= n_checked <= n_population, not {n_wrong}, {n_checked}, {n_population}.")
    low, high = (float(end) for end in wilson(n_wrong, n_checked))
    left = n_population - n_checked
    share = n_wrong / n_checked if n_checked else np.nan
    return Estimate(n_checked, n_wrong, n_population, share * left, low * left, high * left)
