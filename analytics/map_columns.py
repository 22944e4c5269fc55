"""What a map sends to the browser: places, and colours as a byte a point."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.arrays import Bytes, Floats, Ints, Numbers
from analytics.errors import WrongShape

NOTHING = 255  # the code of a point of which nothing is known
LARGEST_ID = 2**32 - 1


@dataclass(frozen=True)
class Codes:
    """codes: (n,) uint8; 0 to 254 from low to high (or a class's index), NOTHING where there is no value."""

    codes: Bytes
    low: float | None = None
    high: float | None = None


def pack_points(places: Numbers, image_ids: Ints) -> bytes:
    """Points as bytes: n as uint32, all x, all y (float32 in [-1, 1], one scale for both), all ids (uint32).

    places: (n, 2) float32, finite. image_ids: (n,) whole numbers up to 2**32 - 1. Little-endian, 12 bytes a point.
    Raises WrongShape.
    """
    if places.shape != (len(image_ids), 2):
        raise WrongShape(f"places must be ({len(image_ids)}, 2), not {places.shape}.")
    _check_ids(image_ids)
    fitted = fit(places)
    parts = [np.array([len(image_ids)], "<u4"), fitted[:, 0].astype("<f4"), fitted[:, 1].astype("<f4")]
    return b"".join(part.tobytes() for part in [*parts, image_ids.astype("<u4")])


def pack_solid(places: Numbers, image_ids: Ints) -> bytes:
    """Points in three dimensions as bytes: n as uint32, all ids (uint32), then x, y, z of each (int16, 32767 is 1).

    places: (n, 3) float32, finite. Little-endian, 10 bytes a point: what the eye can turn around needs no more than
    a 65,000th of the width. Raises WrongShape.
    """
    if places.shape != (len(image_ids), 3):
        raise WrongShape(f"places must be ({len(image_ids)}, 3), not {places.shape}.")
    _check_ids(image_ids)
    steps = np.rint(fit(places) * 32767).astype("<i2")
    parts = [np.array([len(image_ids)], "<u4"), image_ids.astype("<u4"), np.ascontiguousarray(steps)]
    return b"".join(part.tobytes() for part in parts)


def fit(places: Numbers) -> Floats:
    """`places` (n, 2 or 3) moved and scaled by one factor into [-0.95, 0.95]; one place for all lands in the middle."""
    if not len(places):
        return places.astype(np.float32)
    exact = places.astype(np.float64)  # the scale of places very near each other is beyond float32
    low, high = exact.min(axis=0), exact.max(axis=0)
    reach = float((high - low).max()) / 2
    fitted: Floats = (exact - (low + high) / 2) * (0.95 / reach if reach else 0.0)
    return fitted.astype(np.float32)


def category_codes(names: pa.Array | pa.ChunkedArray) -> tuple[Bytes, list[str]]:
    """Codes (n,) uint8 of names (n,), the most frequent first, and the names by code; equal counts go by name.

    A null, and every name beyond the 254 most frequent, becomes NOTHING.
    """
    plain = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    encoded = plain.dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    words = encoded.dictionary.to_pylist()
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.bincount(indices[indices >= 0], minlength=len(words))
    order = sorted(range(len(words)), key=lambda index: (-counts[index], words[index]))[: NOTHING - 1]
    code_of = np.full(len(words) + 1, NOTHING, np.uint8)  # the last is that of -1
    code_of[order] = np.arange(len(order), dtype=np.uint8)
    return code_of[indices], [words[index] for index in order]


def class_codes(classes: Ints) -> Bytes:
    """Codes (n,) uint8 of class indices (n,) int; negative ones and those beyond 254 become NOTHING."""
    classes = np.asarray(classes)
    return np.where((classes >= 0) & (classes < NOTHING), classes, NOTHING).astype(np.uint8)


def measure_codes(values: Numbers) -> Codes:
    """Codes of a measure (n,) float, from its 1st to its 99th percentile; NaN becomes NOTHING."""
    values = np.asarray(values, np.float64)
    is_known = np.isfinite(values)
    if not is_known.any():
        return Codes(np.full(len(values), NOTHING, np.uint8))
    low, high = np.percentile(values[is_known], [1, 99])
    share = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    codes = np.full(len(values), NOTHING, np.uint8)
    codes[is_known] = np.rint(np.clip(share[is_known], 0, 1) * (NOTHING - 1))
    return Codes(codes, float(low), float(high))


def _check_ids(image_ids: Ints) -> None:
    if len(image_ids) and not 0 <= int(image_ids.min()) <= int(image_ids.max()) <= LARGEST_ID:
        raise WrongShape(f"image_ids must lie in 0 to {LARGEST_ID}, not {image_ids.min()} to {image_ids.max()}.")
