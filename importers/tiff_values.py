"""The numbers of TIFF files that Pillow does not read, or reads wrongly, as tifffile and GDAL write them plainly.

One band, or three of any depth: whole numbers and floats of 8 to 64 bits, in strips, not compressed or by Deflate,
without a predictor. All else is refused with what it is (tiff_reasons.py).
"""

import zlib
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import TiffImagePlugin

from analytics.arrays import Numbers
from analytics.rgb import DAMAGE

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _STRIPS, _ORIENTATION = 256, 257, 258, 259, 262, 273, 274
_SAMPLES, _ROWS, _STRIP_BYTES, _PLANAR, _PREDICTOR, _FORMAT, _NO_VALUE = 277, 278, 279, 284, 317, 339, 42113
_PLAIN, _DEFLATE = 1, (8, 32946)
_KINDS = {1: "u", 2: "i", 3: "f"}
_GREY, _RGB = (0, 1), (1, 2)


@dataclass(frozen=True)
class TiffValues:
    """values: (h, w) or (h, w, 3) as they are written. orientation: of EXIF, 1 to 8. no_value: what stands for none."""

    values: Numbers
    orientation: int
    smallest_is_white: bool
    no_value: str | None

    @property
    def mode(self) -> str:
        """Its kind in few letters, as F;64 or I;16x3."""
        letter = "F" if self.values.dtype.kind == "f" else "I"
        return f"{letter};{8 * self.values.dtype.itemsize}" + ("x3" if self.values.ndim == 3 else "")


@dataclass(frozen=True)
class TiffHead:
    """What the first directory of a TIFF file says. order: < or >."""

    order: str
    tags: TiffImagePlugin.ImageFileDirectory_v2

    def number(self, tag: int, without: int) -> int:
        """A tag's first value where it is a whole number."""
        value = self.tags.get(tag)
        if isinstance(value, tuple):
            value = value[0] if value else without
        return int(value) if isinstance(value, int) else without

    def numbers(self, tag: int) -> list[int]:
        """All of a tag's values."""
        value = self.tags.get(tag, ())
        return [int(one) for one in (value if isinstance(value, tuple) else (value,))]


def tiff_head(data: bytes) -> TiffHead | None:
    """The first directory of a TIFF file; None where it cannot be followed."""
    try:
        is_wide = b"\x2b" in data[2:4]
        directory = TiffImagePlugin.ImageFileDirectory_v2(data[: 16 if is_wide else 8])
        file = BytesIO(data)
        file.seek(directory.next)
        directory.load(file)
    except DAMAGE:
        return None
    return TiffHead(">" if data[:2] == b"MM" else "<", directory)


def tiff_values(data: bytes, *, max_pixels: int) -> TiffValues | None:
    """The numbers of a TIFF's first page; None where they are not written plainly, or not all there."""
    head = tiff_head(data)
    if head is None:
        return None
    try:
        return _values(data, head, max_pixels=max_pixels)
    except DAMAGE:
        return None


def _values(data: bytes, head: TiffHead, *, max_pixels: int) -> TiffValues | None:
    width, height = head.number(_WIDTH, 0), head.number(_HEIGHT, 0)
    n_bands, bits = head.number(_SAMPLES, 1), head.number(_BITS, 1)
    kind, colours = _KINDS.get(head.number(_FORMAT, 1)), head.number(_PHOTOMETRIC, 1)
    compression = head.number(_COMPRESSION, _PLAIN)
    is_plain = (
        0 < width * height <= max_pixels
        and (n_bands, colours) in [(1, one) for one in _GREY] + [(3, one) for one in _RGB]
        and bits in (8, 16, 32, 64)
        and set(head.numbers(_BITS)) <= {bits}
        and kind is not None
        and (kind, bits) != ("f", 8)
        and compression in (_PLAIN, *_DEFLATE)
        and head.number(_PREDICTOR, 1) == 1
        and _STRIPS in head.tags
    )
    if not is_plain:
        return None
    is_apart = n_bands == 3 and head.number(_PLANAR, 1) == 2
    row_bytes = width * bits // 8 * (1 if is_apart else n_bands)
    n_rows = height * (3 if is_apart else 1)
    rows_a_strip = min(head.number(_ROWS, height) or height, height)
    pieces = _strips(data, head, is_packed=compression != _PLAIN, most=rows_a_strip * row_bytes)
    whole = b"".join(pieces)
    if len(whole) < n_rows * row_bytes:
        return None
    values = np.frombuffer(whole, np.dtype(f"{head.order}{kind}{bits // 8}"), n_rows * row_bytes * 8 // bits)
    values = values.astype(values.dtype.newbyteorder("="))
    if is_apart:
        values = np.moveaxis(values.reshape(3, height, width), 0, -1)
    else:
        values = values.reshape((height, width) if n_bands == 1 else (height, width, 3))
    no_value = head.tags.get(_NO_VALUE)
    return TiffValues(values, head.number(_ORIENTATION, 1), colours == 0, None if no_value is None else str(no_value))


def _strips(data: bytes, head: TiffHead, *, is_packed: bool, most: int) -> list[bytes]:
    """The strips one after the other, none of more than `most` bytes."""
    starts, lengths = head.numbers(_STRIPS), head.numbers(_STRIP_BYTES)
    pieces = []
    for start, length in zip(starts, lengths, strict=True):
        piece = data[start : start + length]
        pieces.append(zlib.decompressobj().decompress(piece, most) if is_packed else piece[:most])
    return pieces
