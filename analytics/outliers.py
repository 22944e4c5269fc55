"""Outliers: pictures that lie further out than those whose labels every method believes."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints
from analytics.errors import BadParameter

DIMS, _ROWS_A_DIMENSION = 256, 30  # fewer rows a dimension would fit the core too well, and all else would lie far out
_MIN_DIMS, _MIN_CORE, _COVARIANCE_ROWS = 8, 50, 50_000


@dataclass(frozen=True)
class Outliers:
    """How far out each picture lies; arrays of n rows, NaN where a measure is missing.

    neighbours: mean cosine distance to the nearest. own_class: Mahalanobis distance, squared, to the given class's
    centre. any_class: the same to the nearest centre, less that to the middle of all (relative Mahalanobis). no_name:
    1 - the zero-shot probability of all classes together. distance: the mean of neighbours, any_class and no_name, each
    in spreads of the core from the core's middle. tail: the share of core pictures that lie further out. core: (n,)
    bool, pictures whose labels every method believes.
    """

    neighbours: Floats
    own_class: Floats
    any_class: Floats
    no_name: Floats
    distance: Floats
    tail: Floats
    core: Bools


def find_outliers(
    points: Floats,
    *,
    labels: Ints,
    core: Bools,
    similarities: Floats | None,
    named: Floats | None = None,
) -> Outliers:
    """Measure how far out each picture lies, against a core of pictures that are believed.

    points: (n, d) float32, principal components. labels: (n,), -1 without one. core: (n,) bool; with fewer than 50 all
    pictures take its place. similarities: (n, k) cosines to the nearest, NaN where there is none. named: (n,) share of
    the zero-shot probability on the classes' names. Ref: Ren et al., 2021 (relative Mahalanobis distance);
    Ledoit and Wolf, 2004 (shrinkage).
    """
    n = len(points)
    core = core if core.sum() >= _MIN_CORE else np.ones(n, bool)
    missing = np.full(n, np.nan, np.float32)
    neighbours = missing if similarities is None else _mean_distance(similarities)
    dims = int(np.clip(core.sum() // _ROWS_A_DIMENSION, _MIN_DIMS, DIMS))
    own_class, any_class = _mahalanobis(points[:, :dims].astype(np.float64), labels=labels, core=core)
    no_name = missing if named is None else (1 - named).astype(np.float32)
    rarity = missing if named is None else -np.log(np.maximum(named, 1e-3))
    parts = [_in_spreads(values, core=core) for values in (neighbours, any_class, rarity)]
    heard = np.array([np.isfinite(part) for part in parts])
    total = np.where(heard, parts, 0).sum(axis=0)
    distance = np.where(heard.any(axis=0), total / np.maximum(heard.sum(axis=0), 1), np.nan).astype(np.float32)
    return Outliers(neighbours, own_class, any_class, no_name, distance, _tail(distance, core=core), core)


def threshold(distance: Floats, *, core: Bools, share: float) -> float:
    """The distance beyond which `share` of the core lies (0 to 1); a picture further out is called an outlier."""
    if not 0 <= share <= 1:
        raise BadParameter(f"share must lie between 0 and 1, not {share!r}.")
    seen = distance[core & np.isfinite(distance)]
    return float(np.quantile(seen, 1 - share)) if len(seen) else float("inf")


def _mean_distance(similarities: Floats) -> Floats:
    n_known = np.isfinite(similarities).sum(axis=1)
    total = np.nan_to_num(similarities).sum(axis=1)
    return np.where(n_known > 0, 1 - total / np.maximum(n_known, 1), np.nan).astype(np.float32)


def _mahalanobis(points: Floats, *, labels: Ints, core: Bools) -> tuple[Floats, Floats]:
    """Squared distances (n,): to the given class's centre, and to the nearest one less that to the middle of all."""
    classes = np.unique(labels[core & (labels >= 0)])
    if not len(classes):
        whole = _whitened(points, points[core])
        return np.full(len(points), np.nan, np.float32), whole.astype(np.float32)
    centres = np.stack([points[core & (labels == label)].mean(axis=0) for label in classes])
    index = np.searchsorted(classes, np.maximum(labels, 0)).clip(0, len(classes) - 1)
    believed = core & (labels >= 0)
    axes = _axes(points[believed] - centres[index[believed]])
    turned = points @ axes
    squares = np.stack([((turned - centre @ axes) ** 2).sum(axis=1) for centre in centres], axis=1)
    own = np.where(classes[index] == labels, squares[np.arange(len(points)), index], np.nan)
    relative = squares.min(axis=1) - _whitened(points, points)
    return own.astype(np.float32), relative.astype(np.float32)


def _whitened(points: Floats, reference: Floats) -> Floats:
    """Squared Mahalanobis distance (n,) of `points` from the middle of `reference`, by its shrunk covariance."""
    middle = reference.mean(axis=0)
    squares: Floats = ((points - middle) @ _axes(reference - middle)) ** 2
    distances: Floats = squares.sum(axis=1)
    return distances


def _axes(centred: Floats) -> Floats:
    """(d, d) axes after which centred rows have unit covariance, shrunk as Ledoit and Wolf say."""
    from sklearn.covariance import ledoit_wolf

    step = -(-len(centred) // _COVARIANCE_ROWS)
    covariance, _ = ledoit_wolf(centred[::step], assume_centered=True)
    covariance += np.eye(len(covariance)) * max(np.trace(covariance) / len(covariance), 1e-12) * 1e-6
    return np.linalg.cholesky(np.linalg.inv(covariance))


def _in_spreads(values: Floats, *, core: Bools) -> Floats:
    """Values from the core's median, in units of its median deviation: one odd picture does not move the scale."""
    seen = values[core & np.isfinite(values)]
    if not len(seen):
        return np.full(len(values), np.nan)
    middle = np.median(seen)
    spread = np.median(np.abs(seen - middle)) or np.abs(seen - middle).mean() or 1.0
    return (values - middle) / (1.4826 * spread)


def _tail(distance: Floats, *, core: Bools) -> Floats:
    """The share (n,) of core pictures that lie as far out as each picture, or further; NaN where unknown."""
    seen = np.sort(distance[core & np.isfinite(distance)])
    if not len(seen):
        return np.full(len(distance), np.nan, np.float32)
    tail = 1 - np.searchsorted(seen, distance, side="left") / len(seen)
    return np.where(np.isfinite(distance), tail, np.nan).astype(np.float32)
