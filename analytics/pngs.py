"""PNG files without their largest notes, so that they can be read as browsers read them: for their pixels.

Workflows, edit histories and colour profiles of megabytes are written into texts and profiles of PNG files. A decoder
that unpacks them refuses them, for a small chunk may unpack to gigabytes; what is left out here is not unpacked.
"""

import struct
import zlib
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LARGE = 64 << 10  # bytes of a note, unpacked, from which on it is left out
_LOOKED_AT = 8 << 20  # unpacked bytes in all; what comes after them is left out unseen
_MOST_CHUNKS = 1_000_000
_XMP, _POSITION = b"XML:com.adobe.xmp\0", b"GPSLatitude"
_PACKED_AFTER = {b"zTXt": 1, b"iCCP": 1}  # bytes between the name's end and what is packed


@dataclass(frozen=True)
class Slim:
    """data: the file without its large notes. n_dropped: how many. has_position: one of them says where it is from."""

    data: bytes
    n_dropped: int
    has_position: bool


def without_large_notes(data: bytes) -> Slim:
    """A PNG file's bytes without texts and colour profiles of more than LARGE bytes; other files as they are."""
    if not data.startswith(SIGNATURE):
        return Slim(data, 0, False)
    kept, at, begin, n_dropped, has_position = [], len(SIGNATURE), 0, 0, False
    budget = _LOOKED_AT
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        length, kind = struct.unpack_from(">I4s", data, at)
        end = min(at + 12 + length, len(data))
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"iCCP"):
            note = _Note.read(data[at + 8 : at + 8 + length], kind, budget=budget)
            budget -= note.n_seen
            if note.is_large:
                kept.append(data[begin:at])
                begin, n_dropped, has_position = end, n_dropped + 1, has_position or note.has_position
        at = end
    if not n_dropped:
        return Slim(data, 0, False)
    return Slim(b"".join((*kept, data[begin:])), n_dropped, has_position)


@dataclass(frozen=True)
class _Note:
    """n_seen: how many bytes of it were unpacked to look at."""

    is_large: bool
    n_seen: int
    has_position: bool

    @staticmethod
    def read(body: bytes, kind: bytes, *, budget: int) -> "_Note":
        name_end = body.find(b"\0") + 1
        packed_at = name_end + _PACKED_AFTER.get(kind, 0)
        if kind == b"iTXt":
            packed_at = _text_of(body, name_end) if body[name_end : name_end + 1] == b"\1" else 0
        elif kind == b"tEXt":
            packed_at = 0
        if not packed_at:
            return _Note(len(body) > LARGE, 0, body.startswith(_XMP) and _POSITION in body)
        most = max(0, min(budget, _LOOKED_AT))
        try:
            # More than a large note is unpacked of XMP alone, which may say where the picture was taken.
            wanted = most if body.startswith(_XMP) else min(most, LARGE + 1)
            seen = zlib.decompressobj().decompress(body[packed_at:], wanted) if wanted else b""
        except zlib.error:
            seen = b""
        is_large = not most or len(seen) > LARGE or len(body) > LARGE
        return _Note(is_large, len(seen), body.startswith(_XMP) and _POSITION in seen)


def _text_of(body: bytes, name_end: int) -> int:
    """Where the text of an iTXt chunk begins, after two flags, a language and a translated name."""
    language_end = body.find(b"\0", name_end + 2)
    translated_end = body.find(b"\0", language_end + 1) if language_end >= 0 else -1
    return translated_end + 1 if translated_end >= 0 else len(body)
