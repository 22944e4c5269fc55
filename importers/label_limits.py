"""How large a label file may be: with room for the labels of two million pictures, and looked at before it is read."""

import codecs
from pathlib import Path

import pyarrow.parquet as pq

from analytics.wording import count
from importers.types import LayoutError

MAX_LABEL_BYTES = 1 << 30
MAX_ROWS = 2_000_000  # as many as files that a zip may hold
MAX_LINE_BYTES = 1 << 20
MAX_VALUES = 64_000_000  # numbers and texts; COCO's 118,000 pictures have 45 million
MAX_COLUMN_BYTES = 1 << 30  # of the columns that are read, unpacked
MAX_COLUMNS = 10_000
MAX_ROW_GROUPS = 20_000
MAX_CELL_CHARACTERS = 100_000
MAX_DEPTH = 4  # lists in lists, in what a file says of one picture
MAX_NAMES_BYTES = 16 << 20
_BLOCK = 1 << 20


class LabelsTooLarge(LayoutError):
    """A label file that is not read, for its size. surely: it is known to hold labels, so it is not passed over."""

    def __init__(self, sentence: str, *, surely: bool = False) -> None:
        super().__init__(sentence)
        self.surely = surely


def check_bytes(path: Path, *, most: int = MAX_LABEL_BYTES) -> None:
    """Raise LabelsTooLarge where a file has more than `most` bytes, and OSError where there is none."""
    n_bytes = path.stat().st_size
    if n_bytes > most:
        raise LabelsTooLarge(f"{path.name} has {n_bytes:,} bytes; label files may have {most:,}.")


def check_rows(n_rows: int, name: str, *, surely: bool = True) -> None:
    """Raise LabelsTooLarge where a label file has more than MAX_ROWS rows."""
    if n_rows > MAX_ROWS:
        raise LabelsTooLarge(f"{name} has {count(n_rows, 'row')}; label files may have {MAX_ROWS:,}.", surely=surely)


def check_text(
    path: Path, *, lines: bool = False, values: bool = False, surely: bool = False, encoding: str = "utf-8"
) -> None:
    """Look through a text file in blocks, before any of it is kept.

    lines: it has a row a line, so lines are counted and measured. values: all of it is kept, as JSON is, so its values
    are counted. Raises LabelsTooLarge, LayoutError where it is no text of that encoding, OSError.
    """
    check_bytes(path)
    seen = _Seen(encoding)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            seen.take(block, path.name)
            too_many = ""
            if lines and seen.n_lines > MAX_ROWS + 1:
                too_many = f"more than {MAX_ROWS:,} lines"
            elif lines and seen.longest > MAX_LINE_BYTES:
                too_many = f"a line of more than {MAX_LINE_BYTES:,} bytes"
            elif values and seen.n_values > MAX_VALUES:
                too_many = f"more than {MAX_VALUES:,} values"
            if too_many:
                raise LabelsTooLarge(f"{path.name} has {too_many}; no label file may have that.", surely=surely)
    seen.end(path.name)


def check_parquet(metadata: pq.FileMetaData, columns: list[str], name: str) -> None:
    """Raise LabelsTooLarge where a Parquet file's own description says that its labels are too many or too long.

    columns: those that would be read.
    """
    check_rows(metadata.num_rows, name)
    if metadata.num_row_groups > MAX_ROW_GROUPS:
        raise LabelsTooLarge(
            f"{name} has {count(metadata.num_row_groups, 'row group')}; label files may have {MAX_ROW_GROUPS:,}.",
            surely=True,
        )
    leaves = [
        number for number in range(metadata.num_columns) if metadata.schema.column(number).path.split(".")[0] in columns
    ]
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    chunks = [group.column(leaf) for group in groups for leaf in leaves]
    n_bytes = sum(chunk.total_uncompressed_size for chunk in chunks)
    if n_bytes > MAX_COLUMN_BYTES:
        raise LabelsTooLarge(
            f"The labels of {name} unpack to {n_bytes:,} bytes; they may have {MAX_COLUMN_BYTES:,}.", surely=True
        )
    n_values = sum(chunk.num_values for chunk in chunks)
    if n_values > MAX_VALUES:
        raise LabelsTooLarge(f"{name} has {n_values:,} values; label files may have {MAX_VALUES:,}.", surely=True)


class _Seen:
    """What was seen of a text, block by block."""

    def __init__(self, encoding: str) -> None:
        self.n_lines, self.n_values, self.longest = 0, 0, 0
        self._n_bytes, self._line = 0, 0
        self._encoding = "UTF-8" if encoding.startswith("utf-8") else encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()

    def take(self, block: bytes, name: str) -> None:
        n_waiting = len(self._decoder.getstate()[0])
        self._decode(block, name, at=self._n_bytes - n_waiting)
        self._n_bytes += len(block)
        self.n_values += block.count(b",") + block.count(b"[") + block.count(b"{")
        lines = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self.n_lines += len(lines) - 1
        self.longest = max(self.longest, self._line + len(lines[0]), *map(len, lines))
        self._line = len(lines[-1]) + (self._line if len(lines) == 1 else 0)

    def end(self, name: str) -> None:
        n_waiting = len(self._decoder.getstate()[0])
        self._decode(b"", name, at=self._n_bytes - n_waiting, final=True)

    def _decode(self, block: bytes, name: str, *, at: int, final: bool = False) -> None:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise LayoutError(
                f"The label file {name} is not {self._encoding} text (byte {at + error.start}). Save it as UTF-8."
            ) from error
