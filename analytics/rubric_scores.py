"""What reviewers gave on a rubric, put together: means, spread, weighted totals and agreement."""

from dataclasses import dataclass

import numpy as np

from analytics.agreement import krippendorff_alpha


@dataclass(frozen=True)
class RubricScores:
    """Arrays of criteria: n (how many scored), mean, spread (standard deviation, NaN under two), low, high; shares.

    totals: (n_reviewers,) the weighted mean of what each scored. total, total_spread: of the criteria's means, and
    of the reviewers' totals. alpha: Krippendorff's, ordinal; None where it cannot be said. NaN: nothing to take it of.
    """

    n: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray
    totals: np.ndarray
    total: float
    total_spread: float
    alpha: float | None


def rubric_scores(shares: np.ndarray, *, weights: np.ndarray) -> RubricScores:
    """Put scores together. shares: (n_reviewers, n_criteria) score over the most there is, NaN where none was given.

    weights: (n_criteria,) from 0. A criterion that nobody scored counts in no total.
    """
    given = ~np.isnan(shares)
    n = given.sum(axis=0)
    totals = np.array([_weighted(row, weights) for row in shares], dtype=np.float64)
    known = totals[~np.isnan(totals)]
    mean = np.full(shares.shape[1], np.nan)
    spread, low, high = mean.copy(), mean.copy(), mean.copy()
    for place in np.flatnonzero(n):
        column = shares[given[:, place], place]
        mean[place], low[place], high[place] = column.mean(), column.min(), column.max()
        spread[place] = _spread(column)
    return RubricScores(
        n, mean, spread, low, high, totals, _weighted(mean, weights), _spread(known), krippendorff_alpha(shares.T)
    )


def _weighted(shares: np.ndarray, weights: np.ndarray) -> float:
    there = ~np.isnan(shares) & (weights > 0)
    return float(np.average(shares[there], weights=weights[there])) if there.any() else float("nan")


def _spread(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
