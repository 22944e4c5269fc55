"""Whether two models differ by more than chance: paired differences, McNemar's test, many comparisons."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binom

from analytics.arrays import Floats
from analytics.comparison import Cells, Scores, interval

LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """A score of one model less that of another: estimate, ends of the 95 % interval, two-sided p over resamples."""

    estimate: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class Pair:
    """Two models, by place. Differences are second less first. n_only_*: pictures that only one gets right.

    p_accuracy: McNemar's. The *_holm are adjusted for all pairs at once; with one pair they are the same.
    """

    first: int
    second: int
    balanced_accuracy: Difference
    macro_f1: Difference
    n_only_first: int
    n_only_second: int
    p_accuracy: float
    p_balanced_holm: float
    p_accuracy_holm: float

    @property
    def is_significant(self) -> bool:
        """Whether balanced accuracy differs, after adjustment, at 5 %."""
        return self.p_balanced_holm <= LEVEL


def pairs(cells: Cells, *, scores: Scores, resampled: Scores) -> list[Pair]:
    """Every pair of models, in order, by the same resamples. scores, resampled: of comparison.scores and bootstrap."""
    alone = []
    for first, second in itertools.combinations(range(len(cells.predicted)), 2):
        right_first, right_second = (cells.predicted[model] == cells.truth for model in (first, second))
        n_first = int(cells.n[right_first & ~right_second].sum())
        n_second = int(cells.n[~right_first & right_second].sum())
        balanced, f1 = (
            difference(float(whole[second] - whole[first]), values[:, second] - values[:, first])
            for whole, values in (
                (scores.balanced_accuracy, resampled.balanced_accuracy),
                (scores.macro_f1, resampled.macro_f1),
            )
        )
        p = mcnemar(n_first, n_second)
        alone.append(Pair(first, second, balanced, f1, n_first, n_second, p, balanced.p, p))
    p_balanced, p_accuracy = (
        holm([pair.balanced_accuracy.p for pair in alone]),
        holm([pair.p_accuracy for pair in alone]),
    )
    return [replace(pair, p_balanced_holm=p_balanced[i], p_accuracy_holm=p_accuracy[i]) for i, pair in enumerate(alone)]


def difference(estimate: float, resampled: Floats) -> Difference:
    """A difference with what (r,) resamples say of it. p: twice the share of resamples beyond zero, never below 1/r."""
    low, high = interval(resampled)
    n = len(resampled)
    beyond = min((resampled <= 0).sum(), (resampled >= 0).sum())
    return Difference(estimate, float(low), float(high), float(min(1.0, 2 * (1 + beyond) / (1 + n))))


def mcnemar(n_only_first: int, n_only_second: int) -> float:
    """The p of McNemar's test that two models are right equally often, from the pictures that only one gets right.

    Exact (binomial) for any number of them, so few are no special case; 1 where there is none. Ref: McNemar, 1947.
    """
    n = n_only_first + n_only_second
    return float(min(1.0, 2 * binom.cdf(min(n_only_first, n_only_second), n, 0.5))) if n else 1.0


def holm(p_values: list[float]) -> list[float]:
    """Each p adjusted so that the chance of any false finding among all stays at the level. Ref: Holm, 1979."""
    order = np.argsort(p_values, kind="stable")
    scaled = np.asarray(p_values, float)[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return [float(p) for p in adjusted]
