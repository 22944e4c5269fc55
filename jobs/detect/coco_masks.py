"""Masks of a COCO file: polygons and run-length codes of strangers, looked through before anything draws them.

pycocotools writes past its memory where a coordinate is far outside the picture, or is no number.
"""

import math
from collections.abc import Sequence
from typing import overload

import numpy as np

from analytics.mask_overlay import decode

# A real outline is far below these; beyond them drawing one takes seconds and hundreds of megabytes.
MOST_POLYGONS = 1_000
MOST_POINTS = 100_000
MOST_OUTLINE = 2_000_000  # pixels, all polygons of an object together
_FAR = 1e9  # coordinates beyond are taken to be here, so that lines between them can be cut
Point = tuple[float, float]


class BadMask(Exception):
    """A segmentation that cannot be drawn; the text says why."""


class Masks(Sequence[np.ndarray | None]):
    """Masks (height, width) of bool by their run-length codes, each drawn when it is asked for; None without one."""

    def __init__(self, codes: Sequence[str | None], *, width: int, height: int):
        self._codes, self._width, self._height = codes, width, height

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, place: int) -> np.ndarray | None: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[np.ndarray | None]: ...

    def __getitem__(self, place: int | slice) -> np.ndarray | None | Sequence[np.ndarray | None]:
        if isinstance(place, slice):
            return Masks(self._codes[place], width=self._width, height=self._height)
        code = self._codes[place]
        return None if code is None else decode(code, width=self._width, height=self._height)


def finite_number(value: object) -> float | None:
    """A finite number as JSON may hold one, or None."""
    if not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if math.isfinite(number) else None


def mask_code(shape: object, *, width: int, height: int) -> str | None:
    """The run-length code of a segmentation (polygons or run lengths) in a picture of width x height, cut at its edges.

    None where there is no segmentation, or nothing of it lies in the picture. Raises BadMask.
    """
    if not shape:
        return None
    if isinstance(shape, list):
        return _of_polygons(shape, width=width, height=height)
    counts = shape.get("counts") if isinstance(shape, dict) else None
    if isinstance(counts, list):
        return _of_runs(counts, width=width, height=height)
    if isinstance(counts, str):
        # A run takes one character or more, of which 13 hold any number that is read.
        if len(counts) <= 13 * (width * height + 1) and decode(counts, width=width, height=height).any():
            return counts
        raise BadMask(f"its run-length code makes no mask of {width} x {height} pixels")
    raise BadMask("its segmentation is neither polygons nor run lengths")


def _of_runs(counts: list[object], *, width: int, height: int) -> str | None:
    from models import masks

    numbers = [finite_number(run) for run in counts]
    runs = [int(run) for run in numbers if run is not None and run >= 0 and run.is_integer()]
    if len(runs) < len(counts) or sum(runs) != width * height:
        raise BadMask(f"its run lengths make no mask of {width} x {height} pixels")
    mask = np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(width, height).T
    return masks.encode(mask)[0] if mask.any() else None


def _of_polygons(polygons: list[object], *, width: int, height: int) -> str | None:
    from pycocotools import mask as coco_mask

    if len(polygons) > MOST_POLYGONS:
        raise BadMask(f"it has more than {MOST_POLYGONS:,} polygons")
    outlines = [_points(polygon) for polygon in polygons]
    if sum(map(len, outlines)) > MOST_POINTS:
        raise BadMask(f"its polygons have more than {MOST_POINTS:,} points")
    inside = [clipped for points in outlines if (clipped := clip_polygon(points, width=width, height=height))]
    if sum(map(_length, inside)) > MOST_OUTLINE:
        raise BadMask(f"its outline is longer than {MOST_OUTLINE:,} pixels")
    if not inside:
        return None
    flat = [[side for point in points for side in point] for points in inside]
    code: str = coco_mask.merge(coco_mask.frPyObjects(flat, height, width))["counts"].decode("latin1")
    return code if decode(code, width=width, height=height).any() else None


def _points(polygon: object) -> list[Point]:
    """The corners of a polygon x1, y1, x2, y2, ...; four numbers are a box, as pycocotools takes them."""
    sides = polygon if isinstance(polygon, list) else []
    numbers = [number for side in sides if (number := finite_number(side)) is not None]
    if len(numbers) < len(sides) or len(numbers) < 4 or len(numbers) % 2:
        raise BadMask("a polygon is no list of x, y pairs of finite numbers")
    if len(numbers) == 4:
        x, y, wide, high = numbers
        return [(x, y), (x, y + high), (x + wide, y + high), (x + wide, y)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def clip_polygon(points: Sequence[Point], *, width: float, height: float) -> list[Point]:
    """What of a polygon lies in [0, width] x [0, height]; no point where nothing does.

    Ref: Sutherland and Hodgman, CACM 1974; the picture's four edges one after the other.
    """
    left = [(min(max(x, -_FAR), _FAR), min(max(y, -_FAR), _FAR)) for x, y in points]
    for axis, edge, sign in ((0, 0.0, 1), (0, width, -1), (1, 0.0, 1), (1, height, -1)):
        left = _clip_at(left, axis=axis, edge=edge, sign=sign)
    return left if len(left) > 2 else []


def _clip_at(points: Sequence[Point], *, axis: int, edge: float, sign: int) -> list[Point]:
    """The points on the inner side of one edge, and where the outline crosses it."""
    kept: list[Point] = []
    for before, point in zip([*points[-1:], *points[:-1]], points, strict=True):
        was_in, is_in = (sign * (each[axis] - edge) >= 0 for each in (before, point))
        if was_in != is_in:
            part = (edge - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis])
            kept.append((edge, other) if axis == 0 else (other, edge))
        if is_in:
            kept.append(point)
    return kept


def _length(points: Sequence[Point]) -> float:
    ends = zip(points, [*points[1:], *points[:1]], strict=True)
    return sum(max(abs(x - other_x), abs(y - other_y)) + 1 for (x, y), (other_x, other_y) in ends)
