"""A TIFF file without its notes, of the same length: what is not read to draw it is zeros, and so keeps its place.

Ref: TIFF 6.0; BigTIFF.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from analytics.bare_pieces import AT_ONCE, Bare, Pieces, read_at
from analytics.errors import OddFile

# Sizes, colours, compression, and where the pixels lie; orientation (274) and colour profile (34675) among them.
_KEPT = frozenset(
    (254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284, 290, 291)
    + (292, 293, 296, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 334, 336, 338, 339, 340, 341, 347)
    + (529, 530, 531, 532, 34675, 50674)
)
_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _COMPRESSION = 273, 279, 324, 325, 259
_OLD_JPEG = 6
_WIDTHS = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_PAGES, _MOST_ENTRIES, _MOST_PARTS = 10_000, 4_096, 200_000
_SMALL_GAP = 16  # bytes of filling between two parts


@dataclass(frozen=True)
class _Layout:
    """How a file's numbers are written. order: < or >; wide: BigTIFF."""

    order: str
    wide: bool

    @property
    def count(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.wide else "H"))

    @property
    def entry(self) -> struct.Struct:
        """tag, type, number of values; then the values or where they stand."""
        return struct.Struct(self.order + ("HHQ" if self.wide else "HHI"))

    @property
    def offset(self) -> struct.Struct:
        return struct.Struct(self.order + ("Q" if self.wide else "I"))

    @property
    def entry_bytes(self) -> int:
        return 20 if self.wide else 12


@dataclass
class _Found:
    """spans: what stays as it is. written: by its place, a directory without its notes."""

    spans: list[tuple[int, int]]
    written: dict[int, bytes]
    has_notes: bool = False
    n_parts: int = 0


def bare_tiff(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a TIFF of `size` bytes; None where it has no notes. Raises OddFile."""
    head = read_at(file, 0, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    version = struct.unpack(f"{order or '<'}H", head[2:4])[0]
    if not order or version not in (42, 43):
        raise OddFile("The head of the TIFF file is wrong.")
    layout = _Layout(order, version == 43)
    start = 16 if layout.wide else 8
    found = _Found([(0, start)], {})
    (at,) = layout.offset.unpack(read_at(file, 8 if layout.wide else 4, layout.offset.size))
    seen: set[int] = set()
    while at and at not in seen:
        if len(seen) >= _MOST_PAGES:
            raise OddFile(f"The TIFF file has more than {_MOST_PAGES:,} pages.")
        seen.add(at)
        at = _read_directory(file, at, size, layout, found)
    if not seen:
        raise OddFile("The TIFF file has no directory.")
    return _put_together(file, size, found)


def _read_directory(file: BinaryIO, at: int, size: int, layout: _Layout, found: _Found) -> int:
    """Note what a directory needs; where the next one stands, or 0."""
    (n,) = layout.count.unpack(read_at(file, at, layout.count.size))
    if n > _MOST_ENTRIES:
        raise OddFile("A directory of the TIFF file is too long.")
    first, width = at + layout.count.size, layout.entry_bytes
    entries = read_at(file, first, n * width)
    (following,) = layout.offset.unpack(read_at(file, first + n * width, layout.offset.size))
    kept, values = [], {}
    for i in range(n):
        entry = entries[i * width : (i + 1) * width]
        tag, kind, count = layout.entry.unpack(entry[: layout.entry.size])
        if tag not in _KEPT or kind not in _WIDTHS:
            continue
        kept.append(entry)
        values[tag] = _value(file, entry, kind, count, size, layout, found)
    found.has_notes |= len(kept) < n
    body = layout.count.pack(len(kept)) + b"".join(kept) + layout.offset.pack(following)
    found.written[at] = body + bytes((n - len(kept)) * width)
    _note_pixels(values, size, found)
    return int(following)


def _value(
    file: BinaryIO, entry: bytes, kind: int, count: int, size: int, layout: _Layout, found: _Found
) -> tuple[int, ...]:
    """The whole numbers of an entry, where it is one of those that lead to pixels; its bytes are noted."""
    length = _WIDTHS[kind] * count
    inline = entry[layout.entry.size :]
    if length > len(inline):
        (start,) = layout.offset.unpack(inline)
        found.spans.append((start, min(start + length, size)))
    tag = struct.unpack(f"{layout.order}H", entry[:2])[0]
    if tag not in (_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _COMPRESSION) or kind not in _NUMBERS:
        return ()
    found.n_parts += count
    if found.n_parts > _MOST_PARTS:
        raise OddFile("The pixels of the TIFF file lie in too many parts.")
    content = inline[:length] if length <= len(inline) else read_at(file, start, length)
    return struct.unpack(f"{layout.order}{count}{_NUMBERS[kind]}", content)


def _note_pixels(values: dict[int, tuple[int, ...]], size: int, found: _Found) -> None:
    if values.get(_COMPRESSION) == (_OLD_JPEG,):
        raise OddFile("The TIFF file holds JPEG of the old kind.")
    for where, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        starts, sizes = values.get(where, ()), values.get(lengths, ())
        if len(starts) != len(sizes):
            raise OddFile("The TIFF file does not say how long its parts are.")
        found.spans += [(start, min(start + n, size)) for start, n in zip(starts, sizes, strict=True)]


def _put_together(file: BinaryIO, size: int, found: _Found) -> Bare | None:
    """The file with its directories rewritten and with zeros wherever nothing is read."""
    kept, at = Pieces(), 0
    parts = [(start, end, b"") for start, end in found.spans if start < end]
    parts += [(start, start + len(body), body) for start, body in found.written.items()]
    for start, end, body in sorted(parts):
        if start > at:
            found.has_notes |= not _is_filling(file, at, start)
            kept.clear(start - at)
        if body:
            if start < at:
                raise OddFile("Two parts of the TIFF file lie over each other.")
            kept.write(body)
        else:
            kept.keep(max(start, at), end)
        at = max(at, end)
    found.has_notes |= at < size and not _is_filling(file, at, size)
    kept.clear(size - at)
    return Bare(tuple(kept.list)) if found.has_notes else None


def _is_filling(file: BinaryIO, start: int, end: int) -> bool:
    """Whether nothing but zeros stands there, or too little to say anything."""
    if end - start < _SMALL_GAP:
        return True
    file.seek(start)
    left = end - start
    while left and (chunk := file.read(min(AT_ONCE, left))):
        if chunk.count(0) < len(chunk):
            return False
        left -= len(chunk)
    return True
