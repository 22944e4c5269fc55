"""How far a map can be trusted: what became of each point's neighbours, and of the neighbourhoods as a whole."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.nearest import Graph, nearest

NEIGHBOURS = 15
SAMPLED_ABOVE = 5_000
SAMPLE = 2_000
SEARCHED_UP_TO = 150_000  # points; above, and without a graph, only the sample's neighbours are searched
_ROWS_AT_ONCE = 200

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class Fidelity:
    """kept: (n,) float32 in [0, 1]: the share of a point's k nearest in the full space that are among its k on the map.

    NaN in `kept`: its neighbours were not searched, because there are too many points.
    mean_kept: their mean; chance: what a map drawn at random would reach. trustworthiness and continuity, in [0, 1]:
    whether neighbours on the map are true ones, and whether true ones stayed; both from n_sampled points.
    All are None or NaN where there are too few points, or where all are equal.
    """

    kept: Floats
    k: int
    mean_kept: float | None
    chance: float | None
    trustworthiness: float | None
    continuity: float | None
    n_sampled: int


def fidelity(
    full: Floats,
    points: Floats,
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
    sample = np.arange(n) if n <= SAMPLED_ABOVE else np.sort(rng.choice(n, SAMPLE, replace=False))
    rows, true = _true_neighbours(full, graph, sample, k=k)
    drawn = nearest(points, k=k)
    kept = np.full(n, np.nan, np.float32)
    kept[rows] = shared(true, drawn.indices[rows])
    places = np.searchsorted(rows, sample)
    trustworthiness, continuity = _rank_measures(full, points, true[places], drawn.indices[sample], sample, report)
    return Fidelity(kept, k, float(kept[rows].mean()), k / (n - 1), trustworthiness, continuity, len(sample))


def stability(points: Floats, again: Floats, *, k: int = NEIGHBOURS) -> Floats | None:
    """The share of each point's k nearest on one map that are among its k nearest on the other, (n,) float32.

    points, again: (n, 2 or 3) float32, the same n images on two maps. None where there are too few, or all are equal.
    """
    n = len(points)
    k = min(k, (n - 1) // 2)
    if k < 1 or not np.ptp(points, axis=0).any() or not np.ptp(again, axis=0).any():
        return None
    return shared(nearest(points, k=k).indices, nearest(again, k=k).indices)


def shared(ones: Ints, others: Ints) -> Floats:
    """The share of each row of `ones` (n, k) that is in the same row of `others` (n, k), (n,) float32."""
    shares = [
        (ones[rows, :, None] == others[rows, None, :]).any(axis=2).mean(axis=1) for rows in _slices(len(ones), 4096)
    ]
    return np.concatenate(shares).astype(np.float32)


def _true_neighbours(full: Floats, graph: Graph | None, sample: Ints, *, k: int) -> tuple[Ints, Ints]:
    """Rows whose neighbours in `full` are known, sorted, and those (rows, k): all rows, or those of the sample."""
    n = len(full)
    if graph is not None and graph.k >= k:
        return np.arange(n), graph.first(k).indices
    if n <= SEARCHED_UP_TO:
        return np.arange(n), nearest(full, k=k).indices
    neighbours = [_nearest_of(full, sample[rows], k=k) for rows in _slices(len(sample), _ROWS_AT_ONCE)]
    return sample, np.concatenate(neighbours)


def _nearest_of(full: Floats, ids: Ints, *, k: int) -> Ints:
    distances = _squares(full, ids)
    near = np.argpartition(distances, np.arange(1, k + 1), axis=1)[:, : k + 1]  # itself first
    return near[:, 1:]


def _rank_measures(
    full: Floats,
    points: Floats,
    true: Ints,
    drawn: Ints,
    sample: Ints,
    report: Report | None,
) -> tuple[float, float]:
    """true, drawn: (len(sample), k), the neighbours of the sample's points in `full` and on the map."""
    n, k = len(full), true.shape[1]
    false_ranks = lost_ranks = 0.0
    for rows in _slices(len(sample), _ROWS_AT_ONCE):
        ids = sample[rows]
        false_ranks += _excess(full, ids, drawn[rows], k=k)
        lost_ranks += _excess(points, ids, true[rows], k=k)
        if report is not None and report(rows.stop, len(sample)):
            break
    scale = 2 / (len(sample) * k * (2 * n - 3 * k - 1))
    return float(1 - scale * false_ranks), float(1 - scale * lost_ranks)


def _excess(space: Floats, ids: Ints, others: Ints, *, k: int) -> float:
    """Sum of how far beyond the k-th place in `space` the `others` (len(ids), k) of the points `ids` rank."""
    distances = _squares(space, ids)
    asked = np.take_along_axis(distances, others, axis=1)
    distances.sort(axis=1)
    ranks = np.stack([np.searchsorted(row, values) for row, values in zip(distances, asked, strict=True)])
    return float(np.maximum(ranks - k, 0).sum())


def _squares(space: Floats, ids: Ints) -> Floats:
    """Squared distances (len(ids), n) of the points `ids` to all, a point's own being the least of all."""
    squares = np.einsum("ij,ij->i", space, space)
    distances: Floats = squares[ids, None] + squares[None, :] - 2 * (space[ids] @ space.T)
    distances[np.arange(len(ids)), ids] = -np.inf  # itself stands first and is rank 0
    return distances


def _slices(n: int, step: int) -> list[slice]:
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]
