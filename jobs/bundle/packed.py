"""Columns and pictures as data blocks of an HTML file: bytes as base64, deflated where that pays off."""

import base64
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from jobs.report.markup import Html, tag

CHUNK = 512 * 1024  # bytes of pictures that a browser decodes at once
INDEX_BYTES = 20  # of a picture's place, size and so on
_PAYS_OFF = 0.9
_TYPE = "application/octet-stream"


def column_block(name: str, values: np.ndarray) -> Html:
    """A column as a data block; the page's script reads it by its type and its number of values."""
    little = np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    small = packer.compress(little) + packer.flush()
    is_small = len(small) < _PAYS_OFF * len(little)
    text = base64.b64encode(small if is_small else little).decode("ascii")
    return tag(
        "script",
        Html(text),
        type=_TYPE,
        id=f"column-{name}",
        data_type=values.dtype.name,
        data_n=len(values),
        data_deflated=is_small,
    )


def column_blocks(arrays: Mapping[str, np.ndarray]) -> Iterator[Html]:
    """Every column, one after the other."""
    for name, values in arrays.items():
        yield column_block(name, values)


@dataclass
class Album:
    """Pictures that were taken into the file, in chunks, as long as there was room. room: bytes of the file left."""

    room: int
    _chunks: list[bytearray] = field(default_factory=list)
    _rows: list[tuple[int, int, int, int, int]] = field(default_factory=list)

    def take(self, image_id: int, file: bytes, *, stage: int) -> bool:
        """Take a picture in; False where there is no room for it."""
        cost = -(-len(file) * 4 // 3) + INDEX_BYTES
        if cost > self.room:
            return False
        self.room -= cost
        if not self._chunks or len(self._chunks[-1]) + len(file) > CHUNK:
            self._chunks.append(bytearray())
        chunk = self._chunks[-1]
        self._rows.append((image_id, len(self._chunks) - 1, len(chunk), len(file), stage))
        chunk += file
        return True

    @property
    def n(self) -> int:
        """How many were taken in."""
        return len(self._rows)

    def blocks(self) -> Iterator[Html]:
        """The chunks, then the index of them."""
        for number, chunk in enumerate(self._chunks):
            text = Html(base64.b64encode(chunk).decode("ascii"))
            yield tag("script", text, type=_TYPE, id=f"pictures-{number}")
        columns = np.array(self._rows, np.float64).reshape(-1, 5)
        names = ("id", "chunk", "at", "bytes", "stage")
        types = (np.float64, np.uint16, np.uint32, np.uint32, np.uint8)
        for name, kind, values in zip(names, types, columns.T, strict=True):
            yield column_block(f"picture_{name}", values.astype(kind))
