"""A sample of many vectors that keeps small classes and small clusters."""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape

CLUSTERS = 50
FITTED = 20_000  # rows that the directions and the clusters are learnt from
DIMS = 50
KEPT_OF_EACH = 30  # of a stratum, or all of it where it is smaller: enough to be a group on a map
_ROWS_AT_ONCE = 8192


def strata(vectors: Floats, rows: Ints, *, labels: Ints, rng: np.random.Generator) -> Ints:
    """The stratum of each of `rows` of `vectors` (n, d): its class and its k-means cluster in one number, (m,) int64.

    labels: (m,) int, any number a class. `vectors` may be a memory map; a few thousand rows are read at a time, and
    the clusters are learnt from FITTED of them. Raises WrongShape.
    """
    if len(labels) != len(rows):
        raise WrongShape(f"There are {len(rows)} rows and {len(labels)} labels; they must be as many.")
    learnt = np.sort(rng.choice(rows, min(FITTED, len(rows)), replace=False))
    fitted = _unit(vectors[learnt])
    _, codes = np.unique(labels, return_inverse=True)
    if not np.ptp(fitted, axis=0).any():
        return codes.astype(np.int64)
    directions = PCA(min(DIMS, *fitted.shape), random_state=801).fit(fitted)
    clusters = MiniBatchKMeans(min(CLUSTERS, len(fitted)), random_state=801, n_init=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different vectors than clusters
        clusters.fit(directions.transform(fitted))
    parts = [clusters.predict(directions.transform(_unit(vectors[part]))) for part in _parts(rows)]
    cluster: Ints = np.concatenate(parts)
    return codes.astype(np.int64) * CLUSTERS + cluster


def stratified(groups: Ints, *, n: int, rng: np.random.Generator, min_of_each: int = KEPT_OF_EACH) -> Ints:
    """`n` places of `groups` (m,) drawn at random, sorted: in proportion to the groups, but `min_of_each` at least.

    A group smaller than `min_of_each` is kept whole. Where even that is more than n, every group gives its share of n,
    and one at least while there are places. Raises BadParameter where n is not between 1 and m.
    """
    if not 0 < n <= len(groups):
        raise BadParameter(f"n must lie between 1 and {len(groups)}, not {n}.")
    _, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    quota = _quotas(sizes, n=n, min_of_each=min_of_each)
    mixed = rng.permutation(len(groups))
    order = mixed[np.argsort(codes[mixed], kind="stable")]  # by group, at random inside
    starts = np.cumsum(sizes) - sizes
    place_inside = np.arange(len(groups)) - np.repeat(starts, sizes)
    return np.sort(order[place_inside < np.repeat(quota, sizes)])


def _quotas(sizes: Ints, *, n: int, min_of_each: int) -> Ints:
    floor = np.minimum(sizes, min_of_each)
    if floor.sum() > n:
        floor = np.minimum(sizes, 1) if len(sizes) <= n else np.zeros_like(sizes)
    left, room = n - floor.sum(), sizes - floor
    exact = left * room / max(room.sum(), 1)
    quota: Ints = floor + exact.astype(np.int64)
    short = n - quota.sum()
    by_remainder = np.argsort(-(exact - exact.astype(np.int64)), kind="stable")
    quota[by_remainder[:short]] += 1
    return quota


def _unit(vectors: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def _parts(rows: Ints) -> Iterator[Ints]:
    return (rows[first : first + _ROWS_AT_ONCE] for first in range(0, len(rows), _ROWS_AT_ONCE))
