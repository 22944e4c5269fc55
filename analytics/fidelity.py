"""How far a map can be trusted: what became of each point's neighbours, and of the neighbourhoods as a whole."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.nearest import Graph, nearest

NEIGHBOURS = 15
SAMPLED_ABOVE = 5_000
SAMPLE = 2_000
_ROWS_AT_ONCE = 200

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class Fidelity:
    """kept: (n,) float32 in [0, 1]: the share of a point's k nearest in the full space that are among its k on the map.

    mean_kept: their mean; chance: what a map drawn at random would reach. trustworthiness and continuity, in [0, 1]:
    whether neighbours on the map are true ones, and whether true ones stayed; both from n_sampled points.
    All are None or NaN where there are too few points, or where all are equal.
    """

    kept: np.ndarray
    k: int
    mean_kept: float | None
    chance: float | None
    trustworthiness: float | None
    continuity: float | None
    n_sampled: int


def fidelity(
    full: np.ndarray,
    points: np.ndarray,
    *,
    rng: np.random.Generator,
    graph: Graph | None = None,
    k: int = NEIGHBOURS,
    report: Report | None = None,
) -> Fidelity:
    """Compare the neighbourhoods of a map with those of the full space.

    full: (n, d) float32, whose Euclidean distances count. points: (n, 2 or 3) float32. graph: the neighbours in `full`
    if they are known. k is lowered to less than half of n. Trustworthiness and continuity are computed from SAMPLE
    points above SAMPLED_ABOVE. Ref: Venna and Kaski, Neural Networks 2006.
    """
    n = len(full)
    k = min(k, (n - 1) // 2)
    if k < 1 or not np.ptp(full, axis=0).any():
        return Fidelity(np.full(n, np.nan, np.float32), 0, None, None, None, None, 0)
    true = graph.first(k) if graph is not None and graph.k >= k else nearest(full, k=k)
    drawn = nearest(points, k=k)
    kept = np.concatenate(
        [
            (true.indices[rows, :, None] == drawn.indices[rows, None, :]).any(axis=2).mean(axis=1)
            for rows in _slices(n, 4096)
        ]
    ).astype(np.float32)
    sample = np.arange(n) if n <= SAMPLED_ABOVE else np.sort(rng.choice(n, SAMPLE, replace=False))
    trustworthiness, continuity = _rank_measures(full, points, true, drawn, sample, report)
    return Fidelity(kept, k, float(kept.mean()), k / (n - 1), trustworthiness, continuity, len(sample))


def _rank_measures(
    full: np.ndarray, points: np.ndarray, true: Graph, drawn: Graph, sample: np.ndarray, report: Report | None
) -> tuple[float, float]:
    n, k = len(full), true.k
    false_ranks = lost_ranks = 0.0
    for rows in _slices(len(sample), _ROWS_AT_ONCE):
        ids = sample[rows]
        false_ranks += _excess(full, ids, drawn.indices[ids], k=k)
        lost_ranks += _excess(points, ids, true.indices[ids], k=k)
        if report is not None and report(rows.stop, len(sample)):
            break
    scale = 2 / (len(sample) * k * (2 * n - 3 * k - 1))
    return float(1 - scale * false_ranks), float(1 - scale * lost_ranks)


def _excess(space: np.ndarray, ids: np.ndarray, others: np.ndarray, *, k: int) -> float:
    """Sum of how far beyond the k-th place in `space` the `others` (len(ids), k) of the points `ids` rank."""
    squares = np.einsum("ij,ij->i", space, space)
    distances = squares[ids, None] + squares[None, :] - 2 * (space[ids] @ space.T)  # (len(ids), n)
    distances[np.arange(len(ids)), ids] = -np.inf  # itself stands first and is rank 0
    asked = np.take_along_axis(distances, others, axis=1)
    distances.sort(axis=1)
    ranks = np.stack([np.searchsorted(row, values) for row, values in zip(distances, asked, strict=True)])
    return float(np.maximum(ranks - k, 0).sum())


def _slices(n: int, step: int) -> list[slice]:
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]
