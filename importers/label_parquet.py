"""Label files that are Parquet tables. What is asked for is known from their description before a row is read."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from importers.label_limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, LabelsTooLarge, check_bytes, check_parquet
from importers.label_rows import LabelRows, from_columns, require_roles
from importers.types import LayoutError

_OPTIONAL = ("split", "source_url", "licence")


def from_parquet(path: Path) -> LabelRows:
    """The rows of a Parquet label file. Texts that repeat are kept once. Raises LayoutError, OSError."""
    check_bytes(path)
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            if file.metadata.num_columns > MAX_COLUMNS:
                raise LabelsTooLarge(
                    f"{path.name} has {file.metadata.num_columns:,} columns; label files may have {MAX_COLUMNS:,}."
                )
            wanted = _wanted(schema, path.name)
            check_parquet(file.metadata, wanted, path.name)
        texts = [name for name in wanted if _is_text(schema.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            return from_columns(wanted, lambda column: _cells(file, wanted[column], path.name), path.name)
    except MemoryError as error:
        raise LabelsTooLarge(f"The labels of {path.name} need more memory than there is.", surely=True) from error
    except (pa.ArrowException, OSError) as error:
        raise LayoutError(f"{path.name} is no Parquet table that can be read: {str(error)[:200]}.") from error


def _wanted(schema: pa.Schema, name: str) -> list[str]:
    """The columns that are read: one a role, by their names. A further column that is no plain one is passed over."""
    at = require_roles(schema.names, name)
    types = {role: schema.field(number).type for role, number in at.items()}
    for role in ("path", "label"):
        kind = types[role]
        is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
        if not _is_plain(kind.value_type if is_list and role == "label" else kind):
            raise LayoutError(
                f"The column {schema.names[at[role]]} of {name} ({kind!s:.200}) holds tables in a table, or bytes: "
                "texts or numbers are needed."
            )
    taken = [schema.names[number] for role, number in at.items() if role not in _OPTIONAL or _is_plain(types[role])]
    if any(schema.names.count(column) > 1 for column in taken):
        raise LayoutError(f"{name} has two columns of one name ({', '.join(taken)!s:.200}). Name each of its own.")
    return taken


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cells(file: pq.ParquetFile, name: str, shown: str) -> list[Any]:
    column = file.read(columns=[name], use_threads=False).column(0)
    column.validate(full=True)  # a damaged file may name texts beyond the last
    if pa.types.is_dictionary(column.type):
        return _shared(column, shown)
    try:
        cells: list[Any] = column.to_pylist()
    except (ArithmeticError, ValueError, TypeError, pa.ArrowException) as error:  # a time that no calendar has, say
        if isinstance(error, MemoryError):
            raise
        raise LayoutError(
            f"The column {name} of {shown} ({column.type}) holds what cannot be read as texts or numbers: "
            f"{str(error)[:200]}."
        ) from error
    return cells


def _shared(column: pa.ChunkedArray, shown: str) -> list[Any]:
    """A dictionary column's cells, of which those that are equal are one text and not a million."""
    cells: list[Any] = []
    known: dict[Any, Any] = {}
    for chunk in column.chunks:
        if _is_text(chunk.type.value_type):
            longest = pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0
            if longest > 4 * MAX_CELL_CHARACTERS:
                raise LayoutError(
                    f"{shown} holds a text of {longest:,} bytes; what a label file says of a picture may have "
                    f"{MAX_CELL_CHARACTERS:,} characters."
                )
        values = [known.setdefault(value, value) for value in chunk.dictionary.to_pylist()]
        cells += [None if index is None else values[index] for index in chunk.indices.to_pylist()]
    return cells
