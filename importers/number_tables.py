"""Large CSV files of plain numbers, several times faster than a reader that is made for any CSV file.

Numbers are read as their first 18 digits times a power of ten in double precision, then rounded to single: in one of
hundreds of millions that is the neighbour of the nearest number. Whatever is not plain is left to another reader.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.arrays import Bytes, Floats, Ints

BLOCK_BYTES = 8 << 20
SKIPPED, FEATURE, NAMED = 0, 1, 2  # what a column is
_POWERS = 10.0 ** np.arange(0, 309)
_MOST_DIGITS = 18


@dataclass(frozen=True, eq=False)
class Block:
    """Whole rows of a file. vectors: (n, d) float32. named: of each named column the n texts."""

    vectors: Floats
    named: list[list[str]]


@dataclass(frozen=True)
class Stopped:
    """Where in the file (a byte, the start of a row) something stands that is not plain."""

    at: int


def plain_blocks(path: Path, *, kinds: Bytes, separator: str, start: int) -> Iterator[Block | Stopped]:
    """The rows from byte `start` on, some thousands at a time; ends with Stopped where another reader has to go on.

    kinds: (n_columns,) uint8 of SKIPPED, FEATURE and NAMED.
    """
    parse = _parser()
    n_features, n_named = int((kinds == FEATURE).sum()), int((kinds == NAMED).sum())
    at, rest = start, b""
    with path.open("rb") as file:
        file.seek(start)
        while True:
            read = file.read(BLOCK_BYTES)
            text = rest + read
            end = text.rfind(b"\n") + 1 if read else len(text)
            whole, rest = text[:end], text[end:]
            if not read and not text:
                return
            if not whole:
                if len(text) > 4 * BLOCK_BYTES:
                    yield Stopped(at)
                    return
                continue
            data = np.frombuffer(whole, np.uint8)
            n_rows = whole.count(b"\n") + (not whole.endswith(b"\n"))
            vectors, cells = np.empty((n_rows, n_features), np.float32), np.empty((n_rows, n_named, 2), np.int64)
            n_read = parse(data, kinds, ord(separator), _POWERS, vectors, cells)
            if n_read < 0:
                yield Stopped(at)
                return
            yield Block(vectors[:n_read], [_texts(whole, cells[:n_read, n]) for n in range(n_named)])
            at += len(whole)
            if not read:
                return


def _texts(data: bytes, cells: Ints) -> list[str]:
    return [data[start:end].decode("utf-8", "replace").strip() for start, end in cells.tolist()]


@functools.cache
def _parser() -> Callable[..., int]:
    """The loop over bytes, compiled; kept on the disk where that may be written."""
    import numba

    try:
        compiled: Any = numba.njit(cache=True, nogil=True)(_parse)
    except RuntimeError:  # there is no folder to keep it in
        compiled = numba.njit(nogil=True)(_parse)
    return compiled  # type: ignore[no-any-return]  # numba says nothing of types


def _parse(data, kinds, separator, powers, vectors, cells):  # type: ignore[no-untyped-def]  # compiled by numba
    """Fill vectors and cells; the number of rows, or -1 where something is not plain."""
    n, at, row, n_columns = len(data), 0, 0, len(kinds)
    while at < n:
        if data[at] == 10 or data[at] == 13:  # an empty line
            at += 1
            continue
        feature, named = 0, 0
        for column in range(n_columns):
            kind = kinds[column]
            if kind == 1:
                negative, mantissa, digits, scale, seen = False, 0, 0, 0, False
                if at < n and (data[at] == 45 or data[at] == 43):
                    negative = data[at] == 45
                    at += 1
                while at < n and 48 <= data[at] <= 57:
                    seen = True
                    if digits < 18:
                        mantissa = mantissa * 10 + (data[at] - 48)
                        digits += mantissa > 0
                    else:
                        scale += 1
                    at += 1
                if at < n and data[at] == 46:
                    at += 1
                    while at < n and 48 <= data[at] <= 57:
                        seen = True
                        if digits < 18:
                            mantissa = mantissa * 10 + (data[at] - 48)
                            digits += mantissa > 0
                            scale -= 1
                        at += 1
                if not seen:
                    return -1
                if at < n and (data[at] == 101 or data[at] == 69):
                    at += 1
                    below, power, seen = False, 0, False
                    if at < n and (data[at] == 45 or data[at] == 43):
                        below = data[at] == 45
                        at += 1
                    while at < n and 48 <= data[at] <= 57:
                        seen = True
                        power = min(power * 10 + (data[at] - 48), 10_000)
                        at += 1
                    if not seen:
                        return -1
                    scale += -power if below else power
                if scale > 300 or scale < -300:
                    return -1
                value = mantissa * powers[scale] if scale >= 0 else mantissa / powers[-scale]
                vectors[row, feature] = -value if negative else value
                feature += 1
            else:
                first, last = at, at
                if at < n and data[at] == 34:
                    at += 1
                    first = at
                    while at < n and data[at] != 34 and data[at] != 10:
                        at += 1
                    if at >= n or data[at] != 34:
                        return -1
                    last = at
                    at += 1
                else:
                    while at < n and data[at] != separator and data[at] != 10 and data[at] != 13:
                        if data[at] == 34:
                            return -1
                        at += 1
                    last = at
                if kind == 2:
                    cells[row, named, 0], cells[row, named, 1] = first, last
                    named += 1
            if column < n_columns - 1:
                if at >= n or data[at] != separator:
                    return -1
                at += 1
        if at < n and data[at] == 13:
            at += 1
        if at < n:
            if data[at] != 10:
                return -1
            at += 1
        row += 1
    return row
