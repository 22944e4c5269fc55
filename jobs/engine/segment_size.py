"""How much memory a segment from elsewhere takes, from its own description and its texts, before its rows are read."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.wording import count
from jobs.engine.errors import PackRefused

MAX_BYTES = 2 << 30
MAX_RATIO = 100  # of a segment in memory to its file
ALWAYS_ALLOWED_BYTES = 64 << 20  # whatever the ratio
MAX_COLUMNS = 1_000
MAX_ROW_GROUPS = 10_000
_MEMORY_AT_ONCE = 64 << 20
_NUMBER_BYTES = 8


def rows_at_once(path: Path) -> int:
    """How many rows of a segment may be read together, once it is known that all of them take no memory to speak of.

    A text that repeats takes few bytes in the file and its length in each row in memory; so does a number. Raises
    PackRefused, pa.ArrowException or OSError where it is no Parquet file.
    """
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
        most = min(MAX_BYTES, max(ALWAYS_ALLOWED_BYTES, MAX_RATIO * path.stat().st_size))
        _require_small(metadata, most)
        leaves = [metadata.schema.column(number) for number in range(metadata.num_columns)]
        texts = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]
        n_bytes = sum(_bytes_of_numbers(metadata, number) for number in range(metadata.num_columns))
    for name in texts:
        n_bytes += _bytes_of_texts(path, name)
    if n_bytes > most:
        raise _too_much(n_bytes, most)
    rows = max(1, metadata.num_rows)
    return max(1, min(16_384, int(rows * _MEMORY_AT_ONCE // max(n_bytes, 1))))


def _require_small(metadata: pq.FileMetaData, most: int) -> None:
    """Refuse what is known to be too much from the description alone."""
    if metadata.num_columns > MAX_COLUMNS or metadata.num_row_groups > MAX_ROW_GROUPS:
        raise PackRefused(
            f"The results have {count(metadata.num_columns, 'column')} in {count(metadata.num_row_groups, 'group')} of "
            f"rows; {MAX_COLUMNS:,} and {MAX_ROW_GROUPS:,} are the most. Nothing was taken in."
        )
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    if sum(group.num_rows for group in groups) != metadata.num_rows:
        raise PackRefused("The results say two numbers of rows: they are damaged. Nothing was taken in.")
    unpacked = sum(group.total_byte_size for group in groups)
    if unpacked > most:
        raise _too_much(unpacked, most)


def _bytes_of_numbers(metadata: pq.FileMetaData, leaf: int) -> int:
    """What a column's values take in memory, each as eight bytes; of texts, where they begin and end."""
    column = metadata.schema.column(leaf)
    width = max(_NUMBER_BYTES, column.length or 0)
    chunks = [metadata.row_group(group).column(leaf) for group in range(metadata.num_row_groups)]
    return sum(int(chunk.num_values) for chunk in chunks) * int(width)


def _bytes_of_texts(path: Path, name: str) -> int:
    """What a column's texts take in memory, from each text once and how often it comes."""
    n_bytes = 0
    with pq.ParquetFile(path, read_dictionary=[name]) as file:
        for group in range(file.metadata.num_row_groups):
            column = file.read_row_group(group, columns=[name], use_threads=False).column(0)
            for chunk in column.chunks:
                values = chunk
                while pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
                    values = values.flatten()
                if not pa.types.is_dictionary(values.type):
                    raise PackRefused(
                        f"The column {name} of the results is of the type {chunk.type}. Nothing was taken in."
                    )
                lengths = pc.cast(pc.binary_length(values.dictionary), pa.int64())
                n_bytes += pc.sum(pc.take(lengths, values.indices)).as_py() or 0
    return n_bytes


def _too_much(n_bytes: int, most: int) -> PackRefused:
    return PackRefused(
        f"A file of the results takes {n_bytes:,} bytes of memory; one of its size may take {most:,}. "
        "Nothing was taken in."
    )
