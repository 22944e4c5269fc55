"""Widths, heights and aspect ratios, summed up for charts."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints, Numbers
from analytics.errors import WrongShape

SQUARE_WITHIN = 0.02  # a side may differ by 2 % and the picture still counts as square
# Aspect ratios people have names for, width over height.
NAMED_RATIOS = (
    (1 / 2, "1:2"),
    (9 / 16, "9:16"),
    (2 / 3, "2:3"),
    (3 / 4, "3:4"),
    (4 / 5, "4:5"),
    (1.0, "1:1"),
    (5 / 4, "5:4"),
    (4 / 3, "4:3"),
    (3 / 2, "3:2"),
    (16 / 9, "16:9"),
    (2.0, "2:1"),
)


@dataclass(frozen=True)
class SizeBins:
    """Images binned by width and height: `width` and `height` are the mean sides of a bin's images, `n` how many."""

    width: Floats
    height: Floats
    n: Ints


@dataclass(frozen=True)
class Shapes:
    """How many images are wider than high, square (within 2 %), higher than wide."""

    n_landscape: int
    n_square: int
    n_portrait: int


def size_bins(width: Numbers, height: Numbers, *, n: Numbers, per_doubling: int = 4) -> SizeBins:
    """Bin sizes on a grid of `per_doubling` steps a doubling of each side; sizes alone in a bin stay exact.

    width, height: (k,) pixels >= 1; n: (k,) images of each size. Raises WrongShape if the lengths differ.
    """
    width, height, n = _checked(width, height, n)
    column = np.floor(np.log2(width) * per_doubling + 1e-9).astype(np.int64)
    row = np.floor(np.log2(height) * per_doubling + 1e-9).astype(np.int64)
    _, bin_of = np.unique(column * 10_000 + row, return_inverse=True)
    total = np.bincount(bin_of, weights=n)
    return SizeBins(
        width=np.bincount(bin_of, weights=width * n) / total,
        height=np.bincount(bin_of, weights=height * n) / total,
        n=total.astype(np.int64),
    )


def shapes(width: Numbers, height: Numbers, *, n: Numbers) -> Shapes:
    """Count landscape, square and portrait images. Arguments as in size_bins."""
    width, height, n = _checked(width, height, n)
    ratio = width / height
    square = np.abs(ratio - 1) <= SQUARE_WITHIN
    return Shapes(
        n_landscape=int(n[(ratio > 1) & ~square].sum()),
        n_square=int(n[square].sum()),
        n_portrait=int(n[(ratio < 1) & ~square].sum()),
    )


def ratio_counts(width: Numbers, height: Numbers, *, n: Numbers) -> dict[str, int]:
    """Count images by the nearest named aspect ratio (by logarithm), portrait to landscape; empty ones are left out.

    Beyond 1:2.4 and 2.4:1 they count as "narrower than 1:2" and "wider than 2:1". Arguments as in size_bins.
    """
    width, height, n = _checked(width, height, n)
    log_ratio = np.log(width / height)
    names = ["narrower than 1:2", *(name for _, name in NAMED_RATIOS), "wider than 2:1"]
    values = np.log([1 / 2.88, *(value for value, _ in NAMED_RATIOS), 2.88])  # halves the way at 2.4
    nearest = np.abs(log_ratio[:, None] - values).argmin(axis=1)
    nearest = np.where(log_ratio < values[0], 0, np.where(log_ratio > values[-1], len(values) - 1, nearest))
    total = np.bincount(nearest, weights=n, minlength=len(values))
    return {name: int(count) for name, count in zip(names, total, strict=True) if count}


def _checked(width: Numbers, height: Numbers, n: Numbers) -> tuple[Floats, Floats, Floats]:
    widths, heights, counts = (np.asarray(array, dtype=np.float64) for array in (width, height, n))
    shapes = [array.shape for array in (widths, heights, counts)]
    if widths.ndim != 1 or len(set(shapes)) > 1:
        raise WrongShape(f"width, height and n must be (k,) alike, not {shapes}.")
    return widths, heights, counts
