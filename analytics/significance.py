"""Whether two models differ by more than chance: paired differences, McNemar's test, many comparisons."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

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


def pairs(cells: Cells, *, found: Scores, resampled: Scores) -> list[Pair]:
    """Every pair of models, in order, by the same resamples. found, resampled: of comparison.scores and bootstrap."""
    drafts = []
    for first, second in itertools.combinations(range(len(cells.said)), 2):
        right_first, right_second = (cells.said[model] == cells.truth for model in (first, second))
        n_first = int(cells.n[right_first & ~right_second].sum())
        n_second = int(cells.n[~right_first & right_second].sum())
        differences = [
            difference(
                float(getattr(found, name)[second] - getattr(found, name)[first]),
                getattr(resampled, name)[:, second] - getattr(resampled, name)[:, first],
            )
            for name in ("balanced_accuracy", "macro_f1")
        ]
        drafts.append((first, second, *differences, n_first, n_second, mcnemar(n_first, n_second)))
    balanced, accuracy = holm([draft[2].p for draft in drafts]), holm([draft[6] for draft in drafts])
    return [Pair(*draft, a, b) for draft, a, b in zip(drafts, balanced, accuracy, strict=True)]


def difference(estimate: float, resampled: np.ndarray) -> Difference:
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
    return adjusted.tolist()
