"""Scores of several models on the same pictures, and how far another sample of pictures would move them.

Pictures with the same true class that all models call the same are alike to every score here. So a bootstrap need not
draw pictures: it draws how many fall into each such cell. Drawing n pictures with replacement and counting cells *is* a
multinomial draw over the cells, so nothing is approximated; a million pictures cost what their cells cost.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape

RESAMPLES = 2000
_CHUNK = 4_000_000  # numbers drawn at once: 32 MB
_FEW = 32  # pictures of a cell


@dataclass(frozen=True)
class Cells:
    """n (m,) pictures of true class truth (m,) that k models call predicted (k, m), ordered by true class.

    n_classes: class indices lie in [0, n_classes).
    """

    truth: Ints
    predicted: Ints
    n: Ints
    n_classes: int


@dataclass(frozen=True)
class Scores:
    """Of k models, each in [0, 1]: balanced_accuracy, macro_f1, accuracy (..., k); recall, precision (..., k, c).

    Means are over the classes that have pictures. NaN: the recall of a class without pictures, the precision of a class
    that a model never says. A leading axis, where there is one, is that of resamples. support: (c,) pictures.
    """

    balanced_accuracy: Floats
    macro_f1: Floats
    accuracy: Floats
    recall: Floats
    precision: Floats
    support: Ints


def cells_of(truth: Ints, *, predicted: Ints, n_classes: int) -> Cells:
    """Count pictures by true class (n,) and the classes that k models say (k, n).

    Raises WrongShape where the lengths differ, BadParameter for a class index outside [0, n_classes).
    """
    if predicted.ndim != 2 or predicted.shape[1:] != truth.shape:
        raise WrongShape(f"predicted must be (k, {len(truth)}) for {len(truth)} pictures, not {predicted.shape}.")
    both = np.concatenate([truth[None], predicted]).astype(np.int64)
    if both.size and not 0 <= both.min() <= both.max() < n_classes:
        raise BadParameter(f"Classes lie from 0 to {n_classes - 1}; {both.min()} to {both.max()} were given.")
    if float(n_classes) ** len(both) < 2**62:
        key = np.ravel_multi_index(tuple(both), (n_classes,) * len(both)) if both.size else np.empty(0, np.int64)
        keys, n = np.unique(key, return_counts=True)
        cells = np.array(np.unravel_index(keys, (n_classes,) * len(both)))
    else:
        cells, n = np.unique(both, axis=1, return_counts=True)
    return Cells(cells[0], cells[1:], n, n_classes)


def scores(cells: Cells) -> Scores:
    """The scores of each model on these pictures."""
    one = _scores(cells, cells.n[None])
    return Scores(
        one.balanced_accuracy[0], one.macro_f1[0], one.accuracy[0], one.recall[0], one.precision[0], one.support
    )


def bootstrap(
    cells: Cells,
    *,
    rng: np.random.Generator,
    n_resamples: int = RESAMPLES,
    report: Callable[[int, int], bool | None] | None = None,
) -> Scores:
    """Scores of every model on `n_resamples` resamples, all models on the same ones, so that they can be subtracted.

    Stratified: each resample holds as many pictures of each true class as there are, for evaluation sets are drawn by
    class, and balanced accuracy asks for a recall of every class. So the classes' shares are taken as given.
    Ref: Efron and Tibshirani, 1993. Raises BadParameter for fewer than 2 resamples.
    """
    if n_resamples < 2:
        raise BadParameter(f"n_resamples must be 2 at least, not {n_resamples}.")
    at_once = int(np.clip(_CHUNK // max(len(cells.n), 1), 1, n_resamples))
    parts = []
    for first in range(0, n_resamples, at_once):
        parts.append(_scores(cells, _draw(cells, rng=rng, n=min(at_once, n_resamples - first))))
        if report is not None and report(min(first + at_once, n_resamples), n_resamples):
            break
    return Scores(
        balanced_accuracy=np.concatenate([part.balanced_accuracy for part in parts]),
        macro_f1=np.concatenate([part.macro_f1 for part in parts]),
        accuracy=np.concatenate([part.accuracy for part in parts]),
        recall=np.concatenate([part.recall for part in parts]),
        precision=np.concatenate([part.precision for part in parts]),
        support=parts[0].support,
    )


def interval(values: Floats, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """The ends of the percentile interval over resamples (axis 0), each of the shape of one; NaN where all are."""
    tail = 50 * (1 - level)
    is_known = np.isfinite(values).any(axis=0)
    filled = np.where(is_known, values, 0.0)
    low, high = np.nanpercentile(filled, [tail, 100 - tail], axis=0)
    return np.where(is_known, low, np.nan), np.where(is_known, high, np.nan)


def confusion(cells: Cells, *, model: int) -> Ints:
    """(c, c) int64: pictures by true class (rows) and what a model says (columns)."""
    key = cells.truth * cells.n_classes + cells.predicted[model]
    counts = np.bincount(key, weights=cells.n, minlength=cells.n_classes**2)
    return counts.reshape(cells.n_classes, cells.n_classes).astype(np.int64)


def _draw(cells: Cells, *, rng: np.random.Generator, n: int) -> Ints:
    """(n, m) resampled counts: a multinomial draw over the cells of each true class."""
    drawn = np.empty((n, len(cells.n)), np.int64)
    starts = np.flatnonzero(np.diff(cells.truth, prepend=-1))
    for first, last in zip(starts, [*starts[1:], len(cells.n)], strict=True):
        drawn[:, first:last] = _multinomial(cells.n[first:last], rng=rng, n=n)
    return drawn


def _multinomial(counts: Ints, *, rng: np.random.Generator, n: int) -> Ints:
    """(n, m) multinomial draws of counts.sum() pictures over cells of these (m,) counts.

    Cells of few pictures are drawn as one, whose pictures are then drawn one by one: the same distribution, three times
    as fast where most cells are small (benchmarks/comparison.py, 100 classes).
    """
    large, small = np.flatnonzero(counts >= _FEW), np.flatnonzero(counts < _FEW)
    n_small = int(counts[small].sum())
    weights = np.append(counts[large], n_small)
    drawn = np.zeros((n, len(counts)), np.int64)
    by_cell = rng.multinomial(weights.sum(), weights / weights.sum(), size=n)
    drawn[:, large] = by_cell[:, :-1]
    if n_small:
        cell_of = np.repeat(small, counts[small])
        picked = cell_of[rng.integers(0, n_small, by_cell[:, -1].sum())]
        rows = np.repeat(np.arange(n), by_cell[:, -1])
        drawn += np.bincount(rows * len(counts) + picked, minlength=n * len(counts)).reshape(n, -1)
    return drawn


def _scores(cells: Cells, counts: Ints) -> Scores:
    """Scores (r, k) and (r, k, c) of r rows of counts (r, m); supports are those of the first row."""
    n_models, n_classes = len(cells.predicted), cells.n_classes
    support = (counts[:1] @ _membership(cells.truth, n_classes))[0]
    total = max(support.sum(), 1)
    present = support > 0
    recall, precision = (np.full((len(counts), n_models, n_classes), np.nan) for _ in range(2))
    accuracy, f1 = np.zeros((len(counts), n_models)), np.full((len(counts), n_models), np.nan)
    for model, predicted in enumerate(cells.predicted):
        right = counts @ _membership(np.where(predicted == cells.truth, predicted, -1), n_classes)
        named = counts @ _membership(predicted, n_classes)
        np.divide(right, support, out=recall[:, model], where=support > 0)
        np.divide(right, named, out=precision[:, model], where=named > 0)
        accuracy[:, model] = right.sum(axis=1) / total
        if present.any():
            f1[:, model] = (2 * right[:, present] / (support + named)[:, present]).mean(axis=1)
    balanced = recall[..., present].mean(axis=-1) if present.any() else np.full_like(f1, np.nan)
    return Scores(balanced, f1, accuracy, recall, precision, support)


def _membership(classes: Ints, n_classes: int) -> sparse.csr_array:
    """(m, c): 1 where a cell is of a class; cells of class -1 belong to none."""
    rows = np.flatnonzero(classes >= 0)
    shape = (len(classes), n_classes)
    return sparse.csr_array((np.ones(len(rows), np.int64), (rows, classes[rows])), shape=shape)
