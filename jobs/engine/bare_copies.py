"""Pictures as they leave the workspace: the same pixels without notes (EXIF, GPS positions, XMP, comments)."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from PIL import Image, ImageOps

from analytics.bare import bare
from analytics.bare_pieces import Bare
from analytics.errors import OddFile

_QUALITY: dict[str, dict[str, object]] = {
    "JPEG": {"quality": 95, "subsampling": 0, "comment": b""},
    "WEBP": {"quality": 95},
    "AVIF": {"quality": 90},
    "GIF": {"comment": b""},
}
UNREADABLE = (OSError, ValueError, KeyError, SyntaxError, Image.DecompressionBombError)


def bare_chunks(source: str | Path) -> Iterator[bytes] | None:
    """A picture file without its notes, a megabyte at a time; None: it has none, and may be used as it is.

    Pixels are taken over byte for byte; a file whose layout cannot be followed is decoded and saved anew, upright.
    Raises UNREADABLE.
    """
    with open(source, "rb") as file:
        try:
            left = bare(file)
        except OddFile:
            return iter([_drawn_anew(file)])
    return None if left is None else _chunks(source, left)


def write_hashed(chunks: Iterable[bytes], out: IO[bytes]) -> str:
    """Write `chunks` to `out` and give their SHA-256."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
        out.write(chunk)
    return digest.hexdigest()


def _chunks(source: str | Path, left: Bare) -> Iterator[bytes]:
    with open(source, "rb") as file:
        yield from left.chunks(file)


def _drawn_anew(file: BinaryIO) -> bytes:
    file.seek(0)
    with Image.open(file) as opened:
        form = {"MPO": "JPEG"}.get(opened.format or "", opened.format)
        upright = ImageOps.exif_transpose(opened)
    upright.info = {name: said for name, said in upright.info.items() if name in ("icc_profile", "transparency")}
    out = io.BytesIO()
    upright.save(out, form, **_QUALITY.get(form or "", {}))
    return out.getvalue()
