"""Low-resolution maps of where a network looks: enlarged to pixels, added up over regions, kept as bytes."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Numbers
from analytics.errors import WrongShape

CENTRE = 0.5  # the middle half of each side: a quarter of the picture
BORDER = 0.125  # an eighth of a side all around: 44 % of the picture
CENTRE_AREA, BORDER_AREA = CENTRE**2, 1 - (1 - 2 * BORDER) ** 2


@dataclass(frozen=True, eq=False)
class Looked:
    """What a network says of one picture, and where it sees some classes. probabilities: (n_classes,) float32.

    maps: (k, h, w) float32, one for each class asked for; what is positive speaks for it. stride: see `enlarged`.
    """

    probabilities: Floats
    maps: Floats
    stride: int


@dataclass(frozen=True)
class Shares:
    """How much of a map's positive evidence lies in the centre, at the border and in boxes; None: there is none.

    box_area: the share of the picture that the boxes cover, which an even map would have in them; None without boxes.
    """

    centre: float | None
    border: float | None
    boxes: float | None
    box_area: float | None


def best_method(side: int) -> str:
    """The method that says most at `side` pixels: "cam" where a ResNet's last map has four places a side, else Grad-CAM
    at its third stage, which has, and depends less on where in the picture something lies (benchmarks/saliency.py).
    """
    return "cam" if side >= 128 else "grad-cam-3"


def enlarged(values: Floats, *, stride: int, side: int, size: int) -> Floats:
    """(size, size) float32: a map (h, w) over a square picture of `side` pixels, linear between its places.

    Place (i, j) lies at pixel (i * stride, j * stride), from 0, and not in the middle of a cell: so a network with
    padding has it. Beyond the last place its value goes on.
    """
    if values.ndim != 2 or stride < 1:
        raise WrongShape(f"A map is (h, w) with a stride of 1 or more, not {values.shape} with {stride}.")
    pixels = (np.arange(size) + 0.5) * side / size - 0.5
    across = _between(values.astype(np.float32), pixels / stride, axis=0)
    return _between(across, pixels / stride, axis=1)


def shares(values: Floats, *, stride: int, side: int, boxes: Numbers | None = None) -> Shares:
    """Where the positive evidence of a map (h, w) lies. boxes: (n, 4) x1, y1, x2, y2 in shares of the picture."""
    energy = np.maximum(enlarged(values, stride=stride, side=side, size=side), 0).astype(np.float64)
    inside = _covered(boxes, side=side) if boxes is not None and len(boxes) else None
    area = None if inside is None else float(inside.mean())
    total = energy.sum()
    if not total > 0:
        return Shares(None, None, None, area)
    positions = (np.arange(side) + 0.5) / side
    middle, inner = (np.abs(positions - 0.5) < half for half in (CENTRE / 2, 0.5 - BORDER))
    centre = energy[np.ix_(middle, middle)].sum() / total
    border = 1 - energy[np.ix_(inner, inner)].sum() / total
    held = None if inside is None else float(energy[inside].sum() / total)
    return Shares(float(centre), float(border), held, area)


def to_square(boxes: Numbers, *, width: int, height: int) -> Floats:
    """Boxes (n, 4) in pixels of a picture as shares of the square in its middle, cut at its edges; empty ones drop."""
    short = min(width, height)
    left, top = (width - short) / 2, (height - short) / 2
    moved = (np.asarray(boxes, np.float64).reshape(-1, 4) - [left, top, left, top]) / short
    moved = np.clip(moved, 0, 1)
    return moved[(moved[:, 2] > moved[:, 0]) & (moved[:, 3] > moved[:, 1])]


def to_bytes(values: Floats) -> tuple[bytes, float]:
    """A map (n, n) as n * n bytes, row by row, and its peak: 255 is the peak, what is not positive is 0."""
    positive = np.maximum(values, 0)
    peak = float(positive.max(initial=0))
    scaled = positive / peak if peak > 0 else positive
    return np.round(255 * scaled).astype(np.uint8).tobytes(), peak


def from_bytes(kept: bytes) -> Floats:
    """(n, n) float32 in [0, 1]: what to_bytes made, as shares of the peak. Raises WrongShape if it is no square."""
    n = int(len(kept) ** 0.5)
    if not n or n * n != len(kept):
        raise WrongShape(f"A kept map has n * n bytes, not {len(kept)}.")
    return np.frombuffer(kept, np.uint8).reshape(n, n).astype(np.float32) / 255


def _between(values: Floats, at: Floats, *, axis: int) -> Floats:
    """`values` read along `axis` at the fractional places `at`, linear between two, cut at the ends."""
    last = values.shape[axis] - 1
    at = np.clip(at, 0, last)
    low = np.floor(at).astype(int)
    shape = [1, 1]
    shape[axis] = -1
    part = (at - low).astype(np.float32).reshape(shape)
    below, above = values.take(low, axis), values.take(np.minimum(low + 1, last), axis)
    between: Floats = below * (1 - part) + above * part
    return between


def _covered(boxes: Numbers, *, side: int) -> Bools:
    """(side, side) bool: the pixels whose middle lies in one of the boxes."""
    positions = (np.arange(side) + 0.5) / side
    inside = np.zeros((side, side), bool)
    for x1, y1, x2, y2 in boxes:
        inside |= ((positions >= y1) & (positions < y2))[:, None] & ((positions >= x1) & (positions < x2))
    return inside
