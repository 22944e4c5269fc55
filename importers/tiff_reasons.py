"""Why a TIFF file that is whole cannot be read, by what its first directory says of its pixels."""

from PIL import TiffImagePlugin

from analytics.rgb import DAMAGE
from importers.tiff_values import TiffHead, tiff_head

_BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _FORMAT = 258, 259, 262, 277, 339
_KINDS = {1: "whole numbers", 2: "signed whole numbers", 3: "floats", 5: "complex whole numbers", 6: "complex numbers"}
_DEPTHS = (1, 2, 4, 8, 10, 12, 14, 16, 24, 32, 64, 128)
_MOST_BANDS = 10_000
_COLOURS = {2: "RGB", 5: "CMYK", 6: "YCbCr"}
_REMEDY = "Write one band (grey) or three (RGB) of it as a plain TIFF or as PNG."


def tiff_refusal(data: bytes) -> str | None:
    """Why a TIFF with this directory is not read; None where it is of a kind that is, so that it must be damaged."""
    head = tiff_head(data)
    try:
        return None if head is None else _refusal(head)
    except DAMAGE:
        return None


def _refusal(head: TiffHead) -> str | None:
    compression = head.number(_COMPRESSION, 1)
    n_bands, bits = head.number(_SAMPLES, 1), head.number(_BITS, 1)
    kind, colours = head.number(_FORMAT, 1), head.number(_PHOTOMETRIC, 1)
    if kind not in _KINDS or bits not in _DEPTHS or not 1 <= n_bands <= _MOST_BANDS:
        return None
    if compression not in TiffImagePlugin.COMPRESSION_INFO:
        return f"Vitrine can't read this TIFF: its compression (number {compression:,}) is not known here. {_REMEDY}"
    if _is_read(n_bands, bits, kind, colours):
        return None
    bands = "one band" if n_bands == 1 else f"{n_bands:,} bands"
    of = f" as {_COLOURS[colours]}" if colours in _COLOURS and n_bands > 1 else ""
    packed = "" if compression == 1 else f", compressed ({TiffImagePlugin.COMPRESSION_INFO[compression]})"
    return f"Vitrine can't read this TIFF: it has {bands} of {bits}-bit {_KINDS[kind]}{of}{packed}. {_REMEDY}"


def _is_read(n_bands: int, bits: int, kind: int, colours: int) -> bool:
    """Whether Pillow reads such pixels, compressed in any of its ways."""
    if kind == 3:
        return n_bands == 1 and bits == 32
    if n_bands == 1:
        return bits <= 16 or (bits == 32 and kind in (1, 2))
    return kind == 1 and ((colours in _COLOURS and n_bands <= 6 and bits in (8, 16)) or (n_bands == 2 and bits == 8))
