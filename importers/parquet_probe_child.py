"""The process that reads Parquet files to their end: `python -m importers.parquet_probe_child PARENT_PID`.

Started by parquet_probe.py. Messages are those of importers/child.py. In: a Request. Out: {"refused": sentence}, empty
where all of them can be read.
"""

import sys
from pathlib import Path
from typing import TypedDict

import pyarrow as pa
import pyarrow.parquet as pq

from importers.child import begin, send

_ROWS_AT_ONCE = 4_096


class Request(TypedDict):
    """What the parent asks for, and how much memory this process may take."""

    paths: list[str]
    memory_bytes: int


def read_to_the_end(path: Path) -> str:
    """Look at all that a file says of itself, then at all of its rows; the reason why not, or "".

    Texts are read as each one once, so that those that repeat take no memory to speak of.
    """
    try:
        with pq.ParquetFile(path) as file:
            texts = _walked(file)
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                batch.validate(full=True)  # also whether each place in a list of texts is one that it has
    except (pa.ArrowException, OSError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        return "it holds what is no UTF-8 text" if "UTF8" in str(error) else f"it is damaged ({str(error)[:200]})"
    except MemoryError:
        return "reading it needs more memory than it may take"
    return ""


def _walked(file: pq.ParquetFile) -> list[str]:
    """The names of the columns of texts, once everything was asked that a file says of itself."""
    metadata = file.metadata
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        for leaf in range(metadata.num_columns):
            column = group.column(leaf)
            _ = (column.num_values, column.total_uncompressed_size, column.statistics)
    _ = file.schema_arrow
    leaves = [metadata.schema.column(number) for number in range(metadata.num_columns)]
    return [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY"]


def main(parent_pid: int) -> None:
    """Answer the one message on standard input."""
    pa.set_cpu_count(1)
    request: Request | None
    request, replies = begin(parent_pid)
    if request is None:
        return
    refused = (read_to_the_end(Path(path)) for path in request["paths"])
    send(replies, {"refused": next(filter(None, refused), "")})


if __name__ == "__main__":
    main(int(sys.argv[1]))
