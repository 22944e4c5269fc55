"""Label files that are Parquet tables. What is asked for is known from their description before a row is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.wording import count
from importers.columns import HEADERS, heading
from importers.hints import Hints
from importers.keys import FileIndex
from importers.label_limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, LabelsTooLarge, check_bytes, check_parquet
from importers.label_tables import SAMPLE_ROWS, Reading, Table, table_readings
from importers.packed_pictures import holds_pictures
from importers.types import LayoutError

_MOST_SAMPLED = 60  # columns


def parquet_readings(path: Path, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The ways to read a Parquet label file. Texts that repeat are kept once. Raises LayoutError, OSError."""
    check_bytes(path)
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            if file.metadata.num_columns > MAX_COLUMNS:
                raise LabelsTooLarge(
                    f"{path.name} has {file.metadata.num_columns:,} columns; label files may have {MAX_COLUMNS:,}."
                )
            if holds_pictures(schema) and not _has_paths(schema):
                raise LayoutError(
                    f"{path.name} holds pictures; `vitrine unpack-pictures SOURCE DIR` writes them as files, "
                    "with their labels, to be imported."
                )
            readable = _readable(schema, hints, path.name)
            check_parquet(file.metadata, readable, path.name)
        texts = [name for name in readable if _is_text(schema.field(name).type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            table = Table(
                path.name, readable, _sample(file, readable, path.name), _columns_of(file, readable, path.name)
            )
            return table_readings(table, index, hints)
    except MemoryError as error:
        raise LabelsTooLarge(f"The labels of {path.name} need more memory than there is.", surely=True) from error
    except (pa.ArrowException, OSError) as error:
        raise LayoutError(f"{path.name} is no Parquet table that can be read: {str(error)[:200]}.") from error


def _has_paths(schema: pa.Schema) -> bool:
    return any(heading(each.name) in HEADERS["path"] and _is_text(each.type) for each in schema)


def _readable(schema: pa.Schema, hints: Hints, name: str) -> list[str]:
    """The columns that are read: where headings name pictures and labels those alone, else all that are plain."""
    known = {role for role in ("path", "label") if any(heading(each) in HEADERS[role] for each in schema.names)}
    asked = bool(hints.path or hints.label or hints.split)
    if known == {"path", "label"} and not asked:
        names = [each for each in schema.names if any(heading(each) in headings for headings in HEADERS.values())]
    else:
        names = list(schema.names)
    plain = []
    for each in names:
        kind = schema.field(schema.names.index(each)).type
        is_label = heading(each) in HEADERS["label"]
        if _is_plain(kind.value_type if is_label and _is_list(kind) else kind):
            plain.append(each)
        elif is_label or heading(each) in HEADERS["path"]:
            refused = (
                f"The column {each} of {name} ({kind!s:.200}) holds tables in a table, or bytes: "
                "texts or numbers are needed."
            )
            role = "label" if is_label else "path"
            if not any(heading(other) in HEADERS[role] for other in names if other != each):
                raise LayoutError(refused)
    if any(schema.names.count(column) > 1 for column in plain):
        raise LayoutError(f"{name} has two columns of one name ({', '.join(plain)!s:.200}). Name each of its own.")
    return plain


def _sample(file: pq.ParquetFile, names: list[str], shown: str) -> list[list[Any]]:
    """The first rows, of the columns that can be shown as texts or numbers."""
    if not names:
        return []
    batch = next(file.iter_batches(SAMPLE_ROWS, columns=names[:_MOST_SAMPLED], use_threads=False), None)
    if batch is None:
        return []
    columns = [_as_cells(pa.chunked_array([batch.column(name)]), name, shown) for name in names[:_MOST_SAMPLED]]
    return [list(row) for row in zip(*columns, strict=True)]


def _columns_of(file: pq.ParquetFile, names: list[str], shown: str) -> Callable[[list[int]], dict[int, list[Any]]]:
    return lambda numbers: {number: _cells(file, names[number], shown) for number in numbers}


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cells(file: pq.ParquetFile, name: str, shown: str) -> list[Any]:
    cells = _as_cells(file.read(columns=[name], use_threads=False).column(0), name, shown)
    if len(cells) != file.metadata.num_rows:
        raise LayoutError(
            f"{shown} is damaged: its column {name} has {count(len(cells), 'row')} of {file.metadata.num_rows:,}."
        )
    return cells


def _as_cells(column: pa.ChunkedArray, name: str, shown: str) -> list[Any]:
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
