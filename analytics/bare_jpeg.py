"""A JPEG file without its notes: segments that draw the picture stay, bit for bit; what follows its end does not.

Ref: ITU-T T.81 (JPEG), annex B; T.871 (JFIF); CIPA DC-008 (EXIF); CIPA DC-007 (pictures behind the picture).
"""

import re
import struct
from typing import BinaryIO

from analytics.bare_pieces import AT_ONCE, MOST_BLOCKS, Bare, Pieces, exif_of, read_at, turned
from analytics.errors import OddFile

_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a length
_END, _SCAN = 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
_EXIF, _XMP = b"Exif\0", b"http://ns.adobe.com/xap/1.0/\0"
# In a scan 0xFF stands before 0, a restart or another 0xFF; any other known marker ends the scan.
_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd9-\xef\xfe]")


def bare_jpeg(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a JPEG of `size` bytes; None where it has no notes. Raises OddFile.

    Kept: JFIF (without its small picture), the colour profile, Adobe's word on colours, and the orientation.
    """
    head, rest = Pieces(), Pieces()
    head.keep(0, 2)
    exif, xmp = [], b""
    at = 2
    for _ in range(MOST_BLOCKS):
        if at >= size:
            break
        marker = _marker(file, at, size)
        if marker is None:  # a byte of filling
            at += 1
        elif marker == _END:
            rest.keep(at, at + 2)
            if at + 2 < size:
                rest.drop()
            at = size
        elif marker in _ALONE:
            rest.keep(at, at + 2)
            at += 2
        else:
            end = at + 2 + struct.unpack(">H", read_at(file, at + 2, 2))[0]
            if end > size or end < at + 4:
                raise OddFile("A segment of the JPEG file is longer than the file.")
            if marker == _SCAN:
                end = _end_of_scan(file, end, size)
            content = read_at(file, at + 4, end - at - 4) if _APP0 <= marker <= 0xEF else b""
            if marker == _APP1 and content.startswith(_EXIF):
                exif.append(content[6:])
            elif marker == _APP1 and content.startswith(_XMP):
                xmp = content
            _take(head if marker == _APP0 else rest, marker, content, at, end)
            at = end
    else:
        raise OddFile("The JPEG file has too many segments.")
    block = exif_of(turned(b"".join(exif), xmp))
    if not head.has_dropped and not rest.has_dropped and b"".join(exif) == block:
        return None
    wrapped = b"\xff\xe1" + struct.pack(">H", 8 + len(block)) + b"Exif\0\0" + block if block else b""
    return Bare((*head.list, *([wrapped] if wrapped else []), *rest.list))


def _marker(file: BinaryIO, at: int, size: int) -> int | None:
    first, second = (*read_at(file, at, min(2, size - at)), 0xFF)[:2]
    if first != 0xFF:
        raise OddFile("Between the segments of the JPEG file stands something else.")
    return None if second in (0xFF, 0) else second


def _take(kept: Pieces, marker: int, content: bytes, at: int, end: int) -> None:
    """Keep a segment, shorten it, or leave it out; EXIF is not counted, for its orientation comes back."""
    if marker == _APP0 and content.startswith(b"JFIF\0") and len(content) >= 14:
        _shorten(kept, marker, content[:12] + b"\0\0", content, at, end)
    elif marker == _APP14 and content.startswith(b"Adobe") and len(content) >= 12:
        _shorten(kept, marker, content[:12], content, at, end)
    elif marker == _APP2 and content.startswith(b"ICC_PROFILE\0"):
        kept.keep(at, end)
    elif _APP0 <= marker <= 0xEF or marker == _COMMENT:
        if not (marker == _APP1 and content.startswith(_EXIF)):
            kept.drop()
    else:
        kept.keep(at, end)


def _shorten(kept: Pieces, marker: int, wanted: bytes, content: bytes, at: int, end: int) -> None:
    if content == wanted:
        kept.keep(at, end)
    else:
        kept.drop()
        kept.write(struct.pack(">BBH", 0xFF, marker, 2 + len(wanted)) + wanted)


def _end_of_scan(file: BinaryIO, at: int, size: int) -> int:
    """Where the marker stands that ends a scan; the file's end where none does."""
    while at < size:
        file.seek(at)
        chunk = file.read(AT_ONCE)
        found = _MARKER.search(chunk)
        if found:
            return at + found.start()
        if len(chunk) < 2:
            return size
        at += len(chunk) - 1 if chunk.endswith(b"\xff") else len(chunk)
    return size
