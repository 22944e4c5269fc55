"""What a picture file becomes without its notes: pieces of the file itself, a few bytes between them, and zeros."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from analytics.errors import OddFile

AT_ONCE = 1 << 20  # bytes in memory
MOST_PIECES = 100_000
MOST_BLOCKS = 1_000_000  # parts of a file that are looked at
MOST_NOTE = 1 << 20  # bytes of a note in which the orientation is looked for
_FARTHEST = 1 << 60
_ORIENTATION = 0x0112
_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(="|>)([0-9])')


class Span(NamedTuple):
    """Bytes of the file from `start` up to `end`."""

    start: int
    end: int


class Zeros(NamedTuple):
    """So many bytes of zero."""

    n: int


Piece = bytes | Span | Zeros


@dataclass(frozen=True)
class Bare:
    """A file without its notes, as pieces of the file that it was made of."""

    pieces: tuple[Piece, ...]

    @property
    def n_bytes(self) -> int:
        """How long it is."""
        return sum(_length(piece) for piece in self.pieces)

    def chunks(self, file: BinaryIO) -> Iterator[bytes]:
        """Its bytes, a megabyte at most at a time. file: the one it was made of."""
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, Zeros):
                for first in range(0, piece.n, AT_ONCE):
                    yield bytes(min(AT_ONCE, piece.n - first))
            else:
                file.seek(piece.start)
                left = piece.end - piece.start
                while left and (chunk := file.read(min(AT_ONCE, left))):
                    left -= len(chunk)
                    yield chunk


class Pieces:
    """Pieces that are put together in order; neighbours become one."""

    def __init__(self) -> None:
        self.list: list[Piece] = []
        self.has_dropped = False

    def keep(self, start: int, end: int) -> None:
        """Take bytes of the file over."""
        if end <= start:
            return
        last = self.list[-1] if self.list else None
        if isinstance(last, Span) and last.end == start:
            self.list[-1] = Span(last.start, end)
        else:
            self._add(Span(start, end))

    def write(self, content: bytes) -> None:
        """Put bytes in that do not stand in the file so."""
        if content:
            self._add(content)

    def clear(self, n: int) -> None:
        """Put zeros in."""
        if n > 0:
            self._add(Zeros(n))

    def drop(self) -> None:
        """Note that something of the file is left out."""
        self.has_dropped = True

    def _add(self, piece: Piece) -> None:
        self.list.append(piece)
        if len(self.list) > MOST_PIECES:
            raise OddFile(f"The file is cut in more than {MOST_PIECES:,} pieces.")


def read_at(file: BinaryIO, start: int, n: int) -> bytes:
    """Exactly `n` bytes from `start` on; raises OddFile where the file is shorter."""
    if start > _FARTHEST:
        raise OddFile("A part of the file is said to lie where no file reaches.")
    file.seek(start)
    content = file.read(n)
    if len(content) < n:
        raise OddFile("The file ends before a part of it does.")
    return content


def size_of(file: BinaryIO) -> int:
    """How long a file is."""
    return file.seek(0, 2)


def turned(exif: bytes, xmp: bytes) -> int:
    """The orientation, 1 to 8, that a picture's EXIF block says, or else its XMP; 1 where neither does, or wrongly."""
    said = _orientation_in(exif)
    if said is None:
        found = _XMP_ORIENTATION.search(xmp)
        said = int(found[2]) if found else 1
    return said if 1 <= said <= 8 else 1


def exif_of(orientation: int) -> bytes:
    """An EXIF block (a TIFF header and one entry) that says the orientation alone; nothing for upright."""
    if orientation == 1:
        return b""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _orientation_in(exif: bytes) -> int | None:
    while exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (n,) = struct.unpack_from(f"{order}H", exif, at)
        for entry in range(at + 2, at + 2 + 12 * n, 12):
            tag, kind, _ = struct.unpack_from(f"{order}HHI", exif, entry)
            if tag == _ORIENTATION:
                return int(struct.unpack_from(order + {1: "B", 3: "H"}.get(kind, "I"), exif, entry + 8)[0])
    except struct.error:
        return None
    return None


def _length(piece: Piece) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return piece.n if isinstance(piece, Zeros) else piece.end - piece.start
