"""JPEG 2000 and AVIF files without their notes: both are boxes in boxes.

Ref: ITU-T T.800 annexes A and I (JPEG 2000); ISO/IEC 14496-12 and 23008-12 (boxes, items), AV1 Image File Format.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from analytics.bare_pieces import Bare, Pieces, read_at
from analytics.errors import OddFile

_MOST_BOXES = 100_000
_MOST_META = 16 << 20  # bytes of an AVIF file's list of items
_JP2_KEPT = (b"jP  ", b"ftyp", b"jp2h", b"jp2c")
_JP2_HEADER_KEPT = (b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ")
_START_OF_TILE, _COMMENT = 0xFF90, 0xFF64
_MADE_BY = re.compile(rb"\x00\x01Created by OpenJPEG version [0-9.]{1,12}")
_AVIF_KEPT = (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip")
_AVIF_NOTES = (b"Exif", b"mime", b"uri ")
_NOTHING = b"skip"  # an item, or a box, that nobody reads


class _Box(NamedTuple):
    """kind; start of its head, of its body, and its end."""

    kind: bytes
    start: int
    body: int
    end: int


def bare_jpeg2000(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a JPEG 2000 file of `size` bytes, in boxes or without; None where it has no notes."""
    kept = Pieces()
    if read_at(file, 0, 2) == b"\xff\x4f":
        _take_codestream(file, kept, 0, size)
        return Bare(tuple(kept.list)) if kept.has_dropped else None
    for box in _boxes(file, 0, size):
        if box.kind == b"jp2h":
            _take_inner(kept, box, list(_boxes(file, box.body, box.end)))
        elif box.kind == b"jp2c":
            inside = Pieces()
            _take_codestream(file, inside, box.body, box.end)
            _take_box(kept, box, inside)
        elif box.kind in _JP2_KEPT:
            kept.keep(box.start, box.end)
        else:
            kept.drop()
    return Bare(tuple(kept.list)) if kept.has_dropped else None


def _take_inner(kept: Pieces, box: _Box, inner: list[_Box]) -> None:
    inside = Pieces()
    for each in inner:
        if each.kind in _JP2_HEADER_KEPT:
            inside.keep(each.start, each.end)
        else:
            inside.drop()
    _take_box(kept, box, inside)


def _take_box(kept: Pieces, box: _Box, inside: Pieces) -> None:
    """A box with what is left of its body."""
    if not inside.has_dropped:
        kept.keep(box.start, box.end)
        return
    kept.drop()
    length = Bare(tuple(inside.list)).n_bytes
    short = length + 8 < 1 << 32
    kept.write(struct.pack(">I4s", length + 8, box.kind) if short else struct.pack(">I4sQ", 1, box.kind, length + 16))
    kept.list += inside.list


def _take_codestream(file: BinaryIO, kept: Pieces, start: int, end: int) -> None:
    """The pixels, without comments in their head but for the name of the program that nearly all carry."""
    kept.keep(start, start + 2)
    at = start + 2
    for _ in range(_MOST_BOXES):
        marker, length = struct.unpack(">HH", read_at(file, at, 4))
        if marker == _START_OF_TILE:
            kept.keep(at, end)
            return
        if marker < 0xFF01 or length < 2 or at + 2 + length > end:
            break
        if marker == _COMMENT and not _MADE_BY.fullmatch(read_at(file, at + 4, length - 2)):
            kept.drop()
        else:
            kept.keep(at, at + 2 + length)
        at += 2 + length
    raise OddFile("The head of the JPEG 2000 picture is wrong.")


def bare_avif(file: BinaryIO, size: int) -> Bare | None:
    """What is left of an AVIF file of `size` bytes, as long as before; None where it has no notes. Raises OddFile.

    Items of EXIF and XMP become items that nobody reads, of zeros. How the picture is turned is no note here.
    """
    patches: dict[int, bytes] = {}
    cleared: list[tuple[int, int]] = []
    _look_at_boxes(file, 0, size, patches, cleared, depth=0)
    if not patches and not cleared:
        return None
    return _patched(size, patches, cleared)


def _look_at_boxes(
    file: BinaryIO, start: int, end: int, patches: dict[int, bytes], cleared: list[tuple[int, int]], *, depth: int
) -> None:
    for box in _boxes(file, start, end):
        if box.kind == b"meta":
            _look_at_items(file, box, patches, cleared)
        elif box.kind in (b"moov", b"trak") and depth < 3:
            _look_at_boxes(file, box.body, box.end, patches, cleared, depth=depth + 1)
        elif box.kind in (b"udta", b"uuid") or (not depth and box.kind not in _AVIF_KEPT):
            patches[box.start + 4] = b"free"
            cleared.append((box.body, box.end))


def _look_at_items(file: BinaryIO, meta: _Box, patches: dict[int, bytes], cleared: list[tuple[int, int]]) -> None:
    inner = {box.kind: box for box in _boxes(file, meta.body + 4, meta.end)}
    if meta.end - meta.body > _MOST_META:
        raise OddFile("The AVIF file has too long a list of items.")
    if b"iinf" not in inner:
        return
    notes = {}
    listed = inner[b"iinf"]
    first = listed.body + (6 if read_at(file, listed.body, 1)[0] == 0 else 8)
    for box in _boxes(file, first, listed.end):
        if box.kind != b"infe":
            continue
        version = read_at(file, box.body, 1)[0]
        if version < 2:
            raise OddFile("The AVIF file lists its items in an old way.")
        number, _, kind = struct.unpack(
            ">HH4s" if version == 2 else ">IH4s", read_at(file, box.body + 4, 8 + 2 * (version > 2))
        )
        if kind in _AVIF_NOTES:
            notes[number] = box
            patches[box.body + 8 + 2 * (version > 2)] = _NOTHING
    if notes:
        if b"iloc" not in inner:
            raise OddFile("The AVIF file does not say where its items lie.")
        idat = inner.get(b"idat")
        content = read_at(file, inner[b"iloc"].body, inner[b"iloc"].end - inner[b"iloc"].body)
        cleared += _extents(content, set(notes), idat=idat)


def _extents(content: bytes, notes: set[int], *, idat: _Box | None) -> list[tuple[int, int]]:
    """Where the items `notes` lie in the file, from the body of an iloc box."""
    try:
        return list(_read_extents(content, notes, idat))
    except struct.error as error:
        raise OddFile("The AVIF file says wrongly where its items lie.") from error


def _read_extents(content: bytes, notes: set[int], idat: _Box | None) -> Iterator[tuple[int, int]]:
    version, sizes = content[0], struct.unpack_from(">H", content, 4)[0]
    offset_n, length_n, base_n = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_n = sizes & 15 if version else 0
    at = 6

    def number(n: int) -> int:
        nonlocal at
        if n not in (0, 2, 4, 8):
            raise OddFile("The AVIF file says wrongly where its items lie.")
        value = struct.unpack_from({0: ">", 2: ">H", 4: ">I", 8: ">Q"}[n], content, at)
        at += n
        return int(value[0]) if value else 0

    for _ in range(number(4 if version == 2 else 2)):
        item = number(4 if version == 2 else 2)
        way = number(2) & 15 if version else 0
        number(2)
        base = number(base_n)
        for _ in range(number(2)):
            number(index_n)
            start, length = base + number(offset_n), number(length_n)
            if item not in notes:
                continue
            if way > 1 or (way == 1 and idat is None) or not length:
                raise OddFile("The AVIF file keeps its notes in an unknown way.")
            start += idat.body if way == 1 and idat is not None else 0
            yield start, start + length


def _patched(size: int, patches: dict[int, bytes], cleared: list[tuple[int, int]]) -> Bare:
    changes: list[tuple[int, int, bytes]] = [(start, min(end, size), b"") for start, end in cleared if start < size]
    changes += [(start, start + len(content), content) for start, content in patches.items()]
    kept, at = Pieces(), 0
    for start, end, content in sorted(changes):
        if start < at:
            if end <= at and not content:
                continue
            raise OddFile("Two parts of the AVIF file lie over each other.")
        kept.keep(at, start)
        kept.write(content) if content else kept.clear(end - start)
        at = end
    kept.keep(at, size)
    return Bare(tuple(kept.list))


def _boxes(file: BinaryIO, at: int, stop: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if at >= stop:
            return
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        body = at + 8
        if length == 1:
            (length,) = struct.unpack(">Q", read_at(file, body, 8))
            body += 8
        end = stop if length == 0 else at + length
        if end < body or end > stop:
            raise OddFile("A box is longer than the one that it lies in.")
        yield _Box(kind, at, body, end)
        at = end
    raise OddFile("The file has too many boxes.")
