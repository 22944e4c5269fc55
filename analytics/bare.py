"""Picture files without their notes: what says where, when and with what a picture was taken stays at home.

Left out: EXIF but for the orientation (GPS position, camera, serial numbers, maker's notes, small pictures), XMP, IPTC,
comments, other texts, and whatever follows the picture's end. Kept, byte for byte: pixels, transparency, frames, colour
profile, pixel size. Nothing is decoded. Works on a file of any size within a few megabytes.
"""

import re
from collections.abc import Callable, Mapping
from typing import BinaryIO

from analytics.bare_boxes import bare_avif, bare_jpeg2000
from analytics.bare_chunks import bare_gif, bare_png, bare_webp
from analytics.bare_jpeg import bare_jpeg
from analytics.bare_pieces import Bare, read_at, size_of
from analytics.bare_tiff import bare_tiff
from analytics.errors import OddFile

_HEAD = 4096
_PPM_SPACE = rb"(?:[ \t\r\n\x0b\x0c]|#[^\r\n]*[\r\n])+"
_PPM = re.compile(
    rb"(P[456fF])" + _PPM_SPACE + rb"(\d{1,9})" + _PPM_SPACE + rb"(\d{1,9})(?:" + _PPM_SPACE + rb"([-+.\d]{1,20}))?"
)


def bare(file: BinaryIO) -> Bare | None:
    """What is left of a picture file without its notes; None where it has none, so that it may be used as it is.

    file: opened for reading, at any place. Raises OddFile where its layout cannot be followed, or is not known.
    """
    size = size_of(file)
    head = read_at(file, 0, min(size, 16))
    for signature, of_its_kind in _KINDS.items():
        if re.match(signature, head, re.DOTALL):
            return of_its_kind(file, size)
    raise OddFile("The file is of no kind of picture that is known here.")


def _bare_ppm(file: BinaryIO, size: int) -> Bare | None:
    """Comments may stand in the head, and in pixels that are written in digits."""
    head = read_at(file, 0, min(size, _HEAD))
    if head[1:2] in b"123":
        for first in range(0, size, _HEAD * 256):
            if b"#" in read_at(file, first, min(_HEAD * 256, size - first)):
                raise OddFile("The file has comments among its pixels.")
        return None
    found = _PPM.match(head)
    if found is None:
        raise OddFile("The head of the file is too long, or wrong.")
    if b"#" not in found[0]:
        return None
    raise OddFile("The file has comments in its head.")


def _bare_bmp(file: BinaryIO, size: int) -> Bare | None:
    """A BMP has no place for notes."""
    return None


_KINDS: Mapping[bytes, Callable[[BinaryIO, int], Bare | None]] = {
    rb"\xff\xd8": bare_jpeg,
    rb"\x89PNG\r\n\x1a\n": bare_png,
    rb"RIFF....WEBP": bare_webp,
    rb"GIF8[79]a": bare_gif,
    rb"II[*+]\0|MM\0[*+]": bare_tiff,
    rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51": bare_jpeg2000,
    rb"....ftyp": bare_avif,
    rb"BM": _bare_bmp,
    rb"P[1-6fF]": _bare_ppm,
}
