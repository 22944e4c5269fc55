"""How evenly the images spread over the classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints, Numbers, ratio
from analytics.errors import WrongShape


@dataclass(frozen=True)
class Balance:
    """The balance of a set of classes; indices point into the counts it was made from.

    imbalance_ratio: largest over smallest count among the classes that have images, >= 1.
    effective_classes: how many equally large classes would be as varied, in [1, n_filled].
    evenness: entropy over its maximum, in [0, 1]; 1 is perfectly balanced.
    """

    n_images: int
    n_filled: int
    n_empty: int
    largest: int
    smallest: int
    imbalance_ratio: float
    effective_classes: float
    evenness: float


@dataclass(frozen=True)
class ClassMatrix:
    """Images of each class in each split: counts (n_classes, n_splits) int64; n_unlabelled have no class."""

    splits: tuple[str | None, ...]
    counts: Ints
    n_unlabelled: int

    @property
    def per_class(self) -> Ints:
        """(n_classes,) int64: images of each class in all splits."""
        per_class: Ints = self.counts.sum(axis=1)
        return per_class


def class_matrix(rows: Sequence[tuple[int | None, str | None, int]], *, n_classes: int) -> ClassMatrix:
    """Arrange counts by class and split; splits by usual order (train, val, test), then by name, None last.

    rows: (class index or None, split or None, number of images). Raises WrongShape for an index without a class.
    """
    order = {"train": 0, "val": 1, "valid": 1, "validation": 1, "test": 2}
    splits = sorted({split for _, split, _ in rows}, key=lambda s: (s is None, order.get(s or "", 3), s or ""))
    counts = np.zeros((n_classes, len(splits)), dtype=np.int64)
    n_unlabelled = 0
    for index, split, n in rows:
        if index is None:
            n_unlabelled += n
        elif 0 <= index < n_classes:
            counts[index, splits.index(split)] += n
        else:
            raise WrongShape(f"a class index must be in [0, {n_classes}), not {index}.")
    return ClassMatrix(tuple(splits), counts, n_unlabelled)


def balance(counts: Numbers) -> Balance | None:
    """Measure how evenly images spread over classes; None where no class has an image.

    counts: (n_classes,) whole numbers >= 0. Of equal counts the first is named. Raises WrongShape for
    another rank or for negative counts.
    """
    counts = _checked(counts)
    filled = np.flatnonzero(counts)
    if len(filled) == 0:
        return None
    largest = int(np.argmax(counts))
    smallest = int(filled[np.argmin(counts[filled])])
    return Balance(
        n_images=int(counts.sum()),
        n_filled=len(filled),
        n_empty=len(counts) - len(filled),
        largest=largest,
        smallest=smallest,
        imbalance_ratio=float(counts[largest] / counts[smallest]),
        effective_classes=effective_classes(counts),
        evenness=evenness(counts),
    )


def shares(counts: Numbers) -> Floats:
    """Give each count as a share of the total, in [0, 1]; all 0 where the total is 0.

    counts: (..., n) numbers >= 0; the shares add up to 1 over the last axis.
    """
    counts = np.asarray(counts, dtype=np.float64)
    return ratio(counts, counts.sum(axis=-1, keepdims=True), empty=0)


def effective_classes(counts: Numbers) -> float:
    """Give exp(H), the number of equally large classes that would be as varied, in [1, n_classes].

    counts: (n_classes,) whole numbers >= 0. H is the Shannon entropy of the shares in nats. 0.0 where no class has
    an image. Ref: Hill, Diversity and evenness, Ecology 1973 (order 1).
    """
    counts = _checked(counts)
    return float(np.exp(_entropy_nats(counts))) if counts.sum() else 0.0


def evenness(counts: Numbers) -> float:
    """Give H / log(n_classes), in [0, 1]: 1 where all classes are equally large, 0 where one has everything.

    counts: (n_classes,) whole numbers >= 0; empty classes count. 1.0 for a single class, 0.0 where no class
    has an image. Ref: Pielou, J. Theoretical Biology 1966.
    """
    counts = _checked(counts)
    if not counts.sum():
        return 0.0
    return float(min(1.0, _entropy_nats(counts) / np.log(len(counts)))) if len(counts) > 1 else 1.0


def classes_under(counts: Numbers, *, floor: int) -> Ints:
    """Give the indices of classes with fewer than `floor` images, the smallest class first.

    counts: (n_classes,) whole numbers >= 0.
    """
    counts = _checked(counts)
    order = np.argsort(counts, kind="stable")
    return order[counts[order] < floor]


def _entropy_nats(counts: Floats) -> float:
    parts = counts[counts > 0] / counts.sum()
    return float(-(parts * np.log(parts)).sum())


def _checked(counts: Numbers) -> Floats:
    counts = np.asarray(counts)
    if counts.ndim != 1 or (counts < 0).any():
        raise WrongShape(f"counts must be (n_classes,) numbers >= 0, not {counts.shape} {counts.dtype}.")
    return counts.astype(np.float64)
