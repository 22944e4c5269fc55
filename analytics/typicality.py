"""How typical a picture is of its class."""

from collections.abc import Iterator

import numpy as np

from analytics.arrays import Floats, Ints, ratio
from analytics.distances import Vectors


def typicality(vectors: Vectors, rows: Ints, classes: Ints) -> Floats:
    """The mean cosine of each picture to all others of its class: (m,) float32; NaN where it is alone.

    rows, classes: (m,) int64; row i of the vectors belongs to class i. A row may come more than once, with other
    classes. The highest of a class is its medoid by cosine distance. It takes one sum a class, not n^2 cosines, as
    the mean of x.y over all y is x times their mean.
    """
    order = np.argsort(rows, kind="stable")
    rows, classes = rows[order], classes[order]
    n_classes = int(classes.max(initial=-1)) + 1
    sums = np.zeros((n_classes, vectors.dims))
    sizes = np.bincount(classes, minlength=n_classes)
    for part, units in _parts(vectors, rows):
        for index in np.unique(classes[part]):
            sums[index] += units[classes[part] == index].sum(axis=0, dtype=np.float64)
    means = np.full(len(rows), np.nan)
    for part, units in _parts(vectors, rows):
        own = classes[part]
        total = np.empty(len(own))
        for index in np.unique(own):
            mine = own == index
            total[mine] = units[mine] @ sums[index]
        others = sizes[own] - 1
        means[part] = ratio(total - 1, others, empty=np.nan)
    typical = np.empty(len(rows), np.float32)
    typical[order] = np.clip(means, -1, 1)
    return typical


def _parts(vectors: Vectors, rows: Ints) -> Iterator[tuple[slice, Floats]]:
    """Slices of `rows` (ascending) and the unit vectors of these rows, block by block."""
    for block, units in vectors.unit_blocks():
        first, last = np.searchsorted(rows, [block.start, block.stop])
        if last > first:
            yield slice(first, last), units[rows[first:last] - block.start]
