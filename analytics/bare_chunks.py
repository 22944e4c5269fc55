"""PNG, WebP and GIF files without their notes: the blocks that draw the picture stay, byte for byte.

Ref: W3C PNG (third edition); RFC 9649 (WebP); GIF89a.
"""

import itertools
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from analytics.bare_pieces import MOST_BLOCKS, MOST_NOTE, Bare, Pieces, Span, exif_of, read_at, turned
from analytics.errors import OddFile

_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT pHYs bKGD hIST acTL fcTL fdAT".split()
)
_PNG_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_PNG_EXIF, _PNG_XMP = b"Raw profile type exif", b"XML:com.adobe.xmp"
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ICCP")
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # in the flags of VP8X
_MOST_GIF_BLOCKS = 10_000_000  # of 255 bytes at most
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def bare_png(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a PNG of `size` bytes; None where it has no notes. Raises OddFile.

    Kept: pixels of all frames, transparency, colours and colour profile, pixel size, background, and the orientation.
    """
    head, rest = Pieces(), Pieces()
    head.keep(0, 8)
    exif, raw, xmp = b"", b"", b""
    at = 8
    for _ in range(MOST_BLOCKS):
        if at >= size:
            break
        length, kind = struct.unpack(">I4s", read_at(file, at, 8))
        end = min(at + 12 + length, size)
        if not kind.isalpha():
            raise OddFile("A chunk of the PNG file has no name.")
        if kind in _PNG_KEPT:
            (head if kind == b"IHDR" else rest).keep(at, end)
        elif kind == b"eXIf":
            if exif:
                rest.drop()
            exif = read_at(file, at + 8, max(0, min(length, MOST_NOTE, size - at - 8)))
        else:
            rest.drop()
            if kind in _PNG_TEXTS:
                raw, xmp = _png_text(
                    kind, read_at(file, at + 8, max(0, min(length, MOST_NOTE, size - at - 8))), raw, xmp
                )
        at = end
        if kind == b"IEND":
            if at < size:
                rest.drop()
            at = size
    else:
        raise OddFile("The PNG file has too many chunks.")
    block = exif_of(turned(exif or _from_profile(raw), xmp))
    if not rest.has_dropped and exif == block:
        return None
    chunk = struct.pack(">I", len(block)) + b"eXIf" + block
    wrapped = chunk + struct.pack(">I", zlib.crc32(chunk[4:])) if block else b""
    return Bare((*head.list, *([wrapped] if wrapped else []), *rest.list))


def _png_text(kind: bytes, content: bytes, raw: bytes, xmp: bytes) -> tuple[bytes, bytes]:
    """The profile of EXIF and the XMP as they are known after a chunk of text."""
    name, _, text = content.partition(b"\0")
    if name not in (_PNG_EXIF, _PNG_XMP):
        return raw, xmp
    if kind == b"zTXt":
        text = _unpacked(text[1:])
    elif kind == b"iTXt":
        flags, rest = text[:2], text[2:].split(b"\0", 2)
        text = _unpacked(rest[-1]) if flags[:1] == b"\1" else rest[-1]
    return (text, xmp) if name == _PNG_EXIF else (raw, text)


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, MOST_NOTE)
    except zlib.error:
        return b""


def _from_profile(raw: bytes) -> bytes:
    """The EXIF block of a profile as ImageMagick writes it: a name, a length, then hexadecimal digits."""
    try:
        return bytes.fromhex("".join(raw.decode("latin-1").split("\n")[3:]))
    except ValueError:
        return b""


def bare_webp(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a WebP file of `size` bytes; None where it has no notes. Raises OddFile."""
    head, kept = b"", Pieces()
    (length,) = struct.unpack("<I", read_at(file, 4, 4))
    stop = min(8 + length, size)
    exif, xmp = b"", b""
    for kind, start, end in _riff(file, 12, stop):
        if kind == b"VP8X" and not head and end - start == 18:
            head = read_at(file, start, end - start)
        elif kind == b"EXIF":
            if exif:
                kept.drop()
            exif = read_at(file, start + 8, min(end - start - 8, MOST_NOTE))
        elif kind == b"ANMF":
            _take_frame(file, kept, start, end)
        elif kind in _WEBP_KEPT:
            kept.keep(start, end)
        else:
            kept.drop()
            if kind == b"XMP ":
                xmp = read_at(file, start + 8, min(end - start - 8, MOST_NOTE))
    if stop < size:
        kept.drop()
    block = exif_of(turned(exif, xmp)) if head else b""  # a simple file has no place for it, and none was read from it
    if not kept.has_dropped and exif.rstrip(b"\0") == block.rstrip(b"\0"):
        return None
    if head:
        flags = (head[8] & ~(_WEBP_EXIF | _WEBP_XMP)) | (_WEBP_EXIF if block else 0)
        head = head[:8] + bytes([flags]) + head[9:]
    if block:
        kept.write(b"EXIF" + struct.pack("<I", len(block)) + block)
    inner = Bare((*([head] if head else []), *kept.list))
    return Bare((b"RIFF" + struct.pack("<I", 4 + inner.n_bytes) + b"WEBP", *inner.pieces))


def _take_frame(file: BinaryIO, kept: Pieces, start: int, end: int) -> None:
    """A frame of an animation, without what is no part of its picture."""
    inside = Pieces()
    for kind, first, last in _riff(file, start + 24, end):
        inside.keep(first, last) if kind in (b"ALPH", b"VP8 ", b"VP8L") else inside.drop()
    if not inside.has_dropped:
        kept.keep(start, end)
        return
    kept.drop()
    length = 16 + Bare(tuple(inside.list)).n_bytes
    kept.write(b"ANMF" + struct.pack("<I", length) + read_at(file, start + 8, 16))
    for piece in inside.list:
        if isinstance(piece, Span):
            kept.keep(piece.start, piece.end)


def _riff(file: BinaryIO, at: int, stop: int) -> list[tuple[bytes, int, int]]:
    """name, start and end (with its filling) of each chunk up to `stop`."""
    found: list[tuple[bytes, int, int]] = []
    while at + 8 <= stop:
        kind, length = struct.unpack("<4sI", read_at(file, at, 8))
        end = min(at + 8 + length + length % 2, stop)
        found.append((kind, at, end))
        at = end
        if len(found) > MOST_BLOCKS // 10:
            raise OddFile("The WebP file has too many chunks.")
    return found


def bare_gif(file: BinaryIO, size: int) -> Bare | None:
    """What is left of a GIF of `size` bytes; None where it has no notes. Raises OddFile.

    Kept: all frames, their timing, how often they are repeated, and the colour profile.
    """
    kept, steps = Pieces(), itertools.count()
    at = 13 + _table(read_at(file, 0, 13)[10])
    kept.keep(0, at)
    for _ in range(MOST_BLOCKS):
        if at >= size:
            break
        (kind,) = read_at(file, at, 1)
        end = at + 1
        if kind == 0x3B:  # the end
            kept.keep(at, end)
            if end < size:
                kept.drop()
            end = size
        elif kind == 0x2C:  # a frame
            end = _after_blocks(file, at + 11 + _table(read_at(file, at, 10)[9]), size, steps)
            kept.keep(at, end)
        elif kind == 0x21:  # an extension
            label, _, *name = read_at(file, at + 1, min(13, size - at - 1)) if size > at + 2 else (0, 0)
            end = _after_blocks(file, at + 2, size, steps)
            if label == 0xF9 or (label == 0xFF and bytes(name) in _GIF_KEPT):
                kept.keep(at, end)
            else:
                kept.drop()
        elif kind == 0:
            kept.keep(at, end)
        else:
            raise OddFile("Between the blocks of the GIF file stands something else.")
        at = end
    else:
        raise OddFile("The GIF file has too many blocks.")
    return Bare(tuple(kept.list)) if kept.has_dropped else None


def _table(flags: int) -> int:
    """How many bytes the colour table takes that some flags speak of."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(file: BinaryIO, at: int, size: int, steps: Iterator[int]) -> int:
    """Where the blocks that begin at `at` have ended; the file's end where they have none. steps: counts them all."""
    while next(steps) < _MOST_GIF_BLOCKS:
        file.seek(at)
        length = file.read(1)
        if not length or not length[0]:
            return min(at + 1, size)
        at += 1 + length[0]
    raise OddFile("The GIF file has too many blocks.")
