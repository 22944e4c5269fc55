"""Deep and scientific grey values as 256 levels, by a stretch that is said in words."""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Bytes, Numbers

# What programs write where they have no value. Taken for that only where it lies apart from all the rest.
NO_VALUES = (-9999.0, -99999.0, -999999.0, -32768.0, -32767.0, 1e20)
NO_VALUE_FROM = (
    1e30  # in either direction: the lowest and highest numbers of single precision, and fillings like 9.97e36
)
TOPS = (255, 1023, 4095, 16383, 65535)  # 8, 10, 12, 14 and 16 bits
LEAST_SHARE = 0.25  # of a usual range that values must span to be shown by it, so that pictures of a set compare
GREY = 128
_AT_ONCE = 1 << 22  # values
_MOST_ROUNDS = 4


@dataclass(frozen=True)
class Levels:
    """pixels: uint8 of the values' shape. how: by which stretch they are shown, a clause for a person."""

    pixels: Bytes
    how: str


def to_levels(values: Numbers, *, no_value: float | None = None, smallest_is_white: bool = False) -> Levels:
    """Show numbers of any kind as 256 levels; every value that is none (NaN, infinite, `no_value`) is black.

    values: (h, w) or (h, w, c), whole numbers or floats. Whole numbers from 0 on are shown by the range of 8, 10, 12,
    14 or 16 bits that holds them, floats by 0 to 1 or 0 to 255, where they span at least a quarter of it; all else
    from its own lowest to its own highest value. One value everywhere is grey, but for 0 and for the highest that
    there is. Positive infinity is white.
    """
    has_value = _with_value(values, no_value=no_value)
    n_without = int(has_value.size - np.count_nonzero(has_value))
    if n_without == has_value.size:
        return Levels(np.full(values.shape, GREY, np.uint8), "no pixel has a value, so all are grey")
    low, high = _ends(values, has_value)
    if low == high:
        pixels, how = _flat(values, low)
    else:
        bottom, top = _range_of(values.dtype, low, high)
        pixels, how = _scaled(values, bottom, top), f"values from {_number(bottom)} to {_number(top)}, black to white"
    if smallest_is_white:
        pixels = 255 - pixels
        how = how.replace("black to white", "white to black")
    if n_without:
        pixels[~has_value] = 0
        if values.dtype.kind == "f":
            pixels[np.isposinf(values)] = 255
        how += f"; {n_without:,} without a finite value or marked as having none"
    return Levels(pixels, how)


def _with_value(values: Numbers, *, no_value: float | None) -> Bools:
    """Which values are some. What marks none is known by the file's own word, by its size, or by its distance."""
    has_value: Bools = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, bool)
    apart = has_value.copy()
    with np.errstate(over="ignore"):  # of a number that the values' own kind does not hold
        if values.dtype.kind == "f":
            apart &= np.abs(values) < NO_VALUE_FROM
        if no_value is not None and np.isfinite(no_value):
            apart &= values != no_value
    for _ in range(_MOST_ROUNDS):
        mark = _mark(values, apart)
        if mark is None:
            break
        apart &= values != mark
    return apart if apart.any() else has_value  # where nothing else is there, it is the picture


def _mark(values: Numbers, has_value: Bools) -> float | None:
    """A value of NO_VALUES that is the lowest or highest, and farther from the rest than the rest spans."""
    for end in _ends(values, has_value):
        if not any(np.isclose(end, known, rtol=1e-6, atol=0) for known in NO_VALUES):
            continue
        low, high = _ends(values, has_value & (values != end))
        if low <= high and max(low - end, end - high) > high - low:
            return end
    return None


def _range_of(kind: np.dtype[np.generic], low: float, high: float) -> tuple[float, float]:
    tops = (1.0, 255.0) if kind.kind == "f" else TOPS
    top = next((top for top in tops if high <= top), None)
    if low >= 0 and top is not None and high - low >= LEAST_SHARE * top:
        return 0.0, float(top)
    return low, high


def _scaled(values: Numbers, bottom: float, top: float) -> Bytes:
    """Values from bottom to top as 0 to 255, a few rows at a time, for as float64 they take much."""
    pixels = np.empty(values.shape, np.uint8)
    n_rows = max(1, _AT_ONCE // max(1, values[0].size))
    middle = bottom / 2 + top / 2  # their difference may be more than a float holds
    half = top / 2 - bottom / 2
    for first in range(0, len(values), n_rows):
        part = np.nan_to_num(values[first : first + n_rows].astype(np.float64), posinf=top, neginf=bottom)
        share = (np.clip(part, bottom, top) - middle) / half  # -1 to 1
        pixels[first : first + n_rows] = np.floor((share + 1) * 127.5 + 0.5)
    return pixels


def _flat(values: Numbers, value: float) -> tuple[Bytes, str]:
    white = 1.0 if values.dtype.kind == "f" else 65535.0
    level = 0 if value == 0 else 255 if value == white else GREY
    shade = {0: "black", 255: "white", GREY: "grey"}[level]
    return np.full(values.shape, level, np.uint8), f"every value is {_number(value)}, shown {shade}"


def _ends(values: Numbers, has_value: Bools) -> tuple[float, float]:
    """The lowest and the highest of those that are values; of none, inf and -inf."""
    if not has_value.any():
        return np.inf, -np.inf
    some = values.flat[int(has_value.argmax())]
    return float(np.min(values, where=has_value, initial=some)), float(np.max(values, where=has_value, initial=some))


def _number(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.4g}"
