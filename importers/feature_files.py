"""Tables of features in pieces: CSV, Parquet, NumPy. Nothing is unpickled, and no file is held whole."""

import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analytics.arrays import Floats
from analytics.wording import count
from importers.feature_reading import (
    LABEL_NAMES,
    LOOKED_AT,
    SPLIT_NAMES,
    VECTOR_NAMES,
    Asked,
    FeaturesRefused,
    Reading,
    read_columns,
    read_table_head,
)
from importers.number_tables import FEATURE, NAMED, SKIPPED, Stopped, plain_blocks

ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".npy", ".npz")
MAX_FEATURES = 65_536
T = TypeVar("T")
_BLOCK_BYTES = 8 << 20
_ROWS_AT_ONCE = 8_192
_NAMES_IN_NPZ = ("names", "ids", "id", "image_names", "paths", "files", "filenames", "keys")
_MOST_NPZ_BYTES = 8 << 30
_PARQUET_SAMPLE = 200
READ_ERRORS = (OSError, ValueError, KeyError, TypeError, EOFError, csv.Error, pa.ArrowException, zipfile.BadZipFile)


@dataclass(frozen=True, eq=False)
class Piece:
    """Some rows of a file. vectors: (n, d) float32; ids None: by row; labels, splits: None where the file has none."""

    vectors: Floats
    ids: Sequence[str] | None
    labels: Sequence[str | None] | None
    splits: Sequence[str | None] | None
    n_bad_lines: int = 0


def reading_of(path: Path, asked: Asked, *, known: dict[bytes, Reading] | None = None) -> Reading:
    """How a file is read, by its start. known: readings by heading, which a file with the same heading shares.

    Raises FeaturesRefused.
    """
    ending = path.suffix.lower()
    try:
        if ending in (".csv", ".tsv", ".txt"):
            with path.open("rb") as file:
                heading = file.readline(LOOKED_AT)
                if known is not None and heading in known:
                    return known[heading]
                reading = read_table_head(heading + file.read(LOOKED_AT), asked)
                if known is not None and reading.has_header and len(heading) < LOOKED_AT:
                    known[heading] = reading
        elif ending == ".parquet":
            reading = _parquet_reading(path, asked)
        elif ending in (".npy", ".npz"):
            reading = _numpy_reading(path)
        else:
            raise FeaturesRefused(f"{path.name} is no table of features: CSV, TSV, Parquet, npy and npz are read.")
    except READ_ERRORS as error:
        raise FeaturesRefused(f"It cannot be read: {_short(error)}") from error
    if len(reading.features) > MAX_FEATURES:
        raise FeaturesRefused(f"It has {len(reading.features):,} features; {MAX_FEATURES:,} are the most.")
    return reading


def pieces_of(path: Path, reading: Reading, *, is_large: bool = False) -> Iterator[Piece]:
    """A file's rows, some thousands at a time. Raises FeaturesRefused where it cannot be read to its end.

    is_large: it, or those that come with it, are so large that a reader which takes seconds to begin is worth it.
    """
    read = {".parquet": _parquet_pieces, ".npy": _numpy_pieces, ".npz": _numpy_pieces}
    usual = _plain_pieces if is_large else _csv_pieces
    try:
        yield from read.get(path.suffix.lower(), usual)(path, reading)
    except READ_ERRORS as error:
        raise FeaturesRefused(f"It cannot be read: {_short(error)}") from error


def _plain_pieces(path: Path, reading: Reading) -> Iterator[Piece]:
    """Rows of plain numbers by the fast reader, and what is not plain from there on by the one for any CSV file."""
    if reading.encoding != "utf8":
        yield from _csv_pieces(path, reading)
        return
    named = {name: None for name in (reading.id, reading.label, reading.split) if name}
    kinds = np.zeros(len(reading.columns), np.uint8)
    features = set(reading.features)
    for place, name in enumerate(reading.columns):
        kinds[place] = NAMED if name in named else FEATURE if name in features else SKIPPED
    order = [name for name in reading.columns if name in named]
    with path.open("rb") as file:
        first = file.readline()
    start = len(first) if reading.has_header else 3 * first.startswith(b"\xef\xbb\xbf")
    for block in plain_blocks(path, kinds=kinds, separator=reading.separator, start=start):
        if isinstance(block, Stopped):
            yield from _csv_pieces(path, reading, at=block.at if block.at > start else 0)
            return
        texts = dict(zip(order, block.named, strict=True))
        parts = [None if name is None else texts[name] for name in (reading.label, reading.split)]
        labels, splits = (None if part is None else [one or None for one in part] for part in parts)
        yield Piece(block.vectors, None if reading.id is None else texts[reading.id], labels, splits)


def _csv_pieces(path: Path, reading: Reading, *, at: int = 0) -> Iterator[Piece]:
    """at: the byte where a row starts, from which on the file is read; 0: all of it."""
    bad: list[int] = []

    def leave_out(row: pa_csv.InvalidRow) -> str:
        bad.append(1)
        return "skip"

    with path.open("rb") as file:
        file.seek(at)
        with _opened(file, reading, has_heading=reading.has_header and not at, leave_out=leave_out) as batches:
            for batch in batches:
                n_bad, bad[:] = len(bad), []
                yield replace(_piece(batch, reading), n_bad_lines=n_bad)
    if bad:
        yield Piece(np.zeros((0, len(reading.features)), np.float32), [], [], [], len(bad))


def _opened(
    file: BinaryIO, reading: Reading, *, has_heading: bool, leave_out: Callable[[pa_csv.InvalidRow], str]
) -> pa_csv.CSVStreamingReader:
    named = [name for name in (reading.id, reading.label, reading.split) if name]
    return pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(
            block_size=_BLOCK_BYTES,
            column_names=reading.columns,
            skip_rows=1 if has_heading else 0,
            encoding=reading.encoding,
        ),
        parse_options=pa_csv.ParseOptions(delimiter=reading.separator, invalid_row_handler=leave_out),
        convert_options=pa_csv.ConvertOptions(
            include_columns=[*named, *reading.features],
            column_types={**dict.fromkeys(reading.features, pa.float32()), **dict.fromkeys(named, pa.string())},
            strings_can_be_null=False,
        ),
    )


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items; while one is looked at, the next one is made in a thread of its own."""
    end = object()
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield cast(T, item)


def _piece(batch: pa.RecordBatch, reading: Reading) -> Piece:
    vectors = np.empty((batch.num_rows, len(reading.features)), np.float32)
    for place, name in enumerate(reading.features):
        column = batch.column(name)
        vectors[:, place] = (column.fill_null(np.nan) if column.null_count else column).to_numpy(zero_copy_only=False)
    return Piece(vectors, *_named(batch, reading))


def _named(
    batch: pa.RecordBatch, reading: Reading
) -> tuple[list[str] | None, list[str | None] | None, list[str | None] | None]:
    ids = None if reading.id is None else ["" if one is None else one for one in _texts(batch, reading.id)]
    labels = None if reading.label is None else [one or None for one in _texts(batch, reading.label)]
    splits = None if reading.split is None else [one or None for one in _texts(batch, reading.split)]
    return ids, labels, splits


def _texts(batch: pa.RecordBatch, name: str) -> list[str | None]:
    column = batch.column(name)
    if pa.types.is_floating(column.type):  # 7.0 of a table whose column lacks a value somewhere is 7
        return [
            None if value is None else f"{value:g}" if value % 1 else str(int(value)) for value in column.to_pylist()
        ]
    if not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    return [None if value is None else value.strip() for value in column.to_pylist()]


def _parquet_reading(path: Path, asked: Asked) -> Reading:
    with pq.ParquetFile(path) as file:
        kinds = {field.name: _kind(field.type) for field in file.schema_arrow}
        named = [name for name, kind in kinds.items() if kind != "list"]
        few = next(file.iter_batches(_PARQUET_SAMPLE, columns=named), None) if len(named) <= MAX_FEATURES else None
    cells = {name: few.column(name).to_pylist() for name in named} if few is not None else {name: [] for name in named}
    return read_columns(kinds, cells, asked)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return "list" if pa.types.is_integer(kind.value_type) or pa.types.is_floating(kind.value_type) else "text"
    if pa.types.is_integer(kind):
        return "whole"
    return "number" if pa.types.is_floating(kind) else "text"


def _parquet_pieces(path: Path, reading: Reading) -> Iterator[Piece]:
    named = [name for name in (reading.id, reading.label, reading.split) if name]
    columns = [*named, *([reading.vector] if reading.vector else reading.features)]
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
            if reading.vector is None:
                yield _piece(batch, reading)
                continue
            yield Piece(_listed(batch.column(reading.vector)), *_named(batch, reading))


def _listed(column: pa.Array) -> Floats:
    """Lists as rows (n, d). Raises FeaturesRefused where they differ in length."""
    if column.null_count:
        raise FeaturesRefused("A row has no list of features.")
    lengths = pc.unique(pc.list_value_length(column)).to_pylist()
    if len(lengths) > 1:
        raise FeaturesRefused(f"Its rows have lists of different lengths ({lengths[0]:,} and {lengths[1]:,}).")
    flat = pc.cast(column.flatten(), pa.float32(), safe=False).fill_null(np.nan)
    return np.asarray(flat.to_numpy(zero_copy_only=False)).reshape(len(column), -1)


def _numpy_reading(path: Path) -> Reading:
    name, about = _arrays(path)
    found = name or "of the array"
    return Reading((found,), (), id=about.get("id"), label=about.get("label"), split=about.get("split"), vector=found)


def _arrays(path: Path) -> tuple[str, dict[str, str | None]]:
    """The name of the array of vectors, and of ids, labels and splits; only of an npz."""
    if path.suffix.lower() == ".npy":
        return "", {}
    with np.load(path, allow_pickle=False) as archive:
        names = {name.lower(): name for name in archive.files}
        vectors = next((names[name] for name in VECTOR_NAMES if name in names), None)
        if vectors is None and len(archive.files) == 1:
            vectors = archive.files[0]
    if vectors is None:
        raise FeaturesRefused(
            f"None of its arrays ({', '.join(names)[:200]}) is called features, vectors or embeddings."
        )
    known = {"id": _NAMES_IN_NPZ, "label": (*LABEL_NAMES, "labels"), "split": (*SPLIT_NAMES, "splits")}
    return vectors, {part: next((names[name] for name in all_ if name in names), None) for part, all_ in known.items()}


def _numpy_pieces(path: Path, reading: Reading) -> Iterator[Piece]:
    name, about = _arrays(path)
    if not name:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
        beside: dict[str, list[str] | None] = {}
    else:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_NPZ_BYTES:
                raise FeaturesRefused("Its arrays take more than 8 GiB. Write them as .npy or Parquet.")
        with np.load(path, allow_pickle=False) as loaded:
            vectors = loaded[name]
            beside = {part: None if array is None else _as_texts(loaded[array]) for part, array in about.items()}
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu" or not vectors.shape[1]:
        raise FeaturesRefused(
            f"It holds an array of shape {vectors.shape} and type {vectors.dtype}, not (rows, features)."
        )
    for part, values in beside.items():
        if values is not None and len(values) != len(vectors):
            raise FeaturesRefused(f"It has {count(len(vectors), 'vector')} and {len(values):,} of {about[part]}.")
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        ids, labels, splits = (
            None if values is None else values[rows] for values in map(beside.get, ("id", "label", "split"))
        )
        with np.errstate(over="ignore"):
            yield Piece(np.asarray(vectors[rows], np.float32), ids, labels, splits)


def _as_texts(values: np.ndarray) -> list[str]:
    if values.ndim != 1 or values.dtype.kind not in "USiuf":
        raise FeaturesRefused("Its names must be a list of texts or whole numbers, not objects.")
    texts = values.astype(str) if values.dtype.kind != "S" else np.char.decode(values, "utf-8", "replace")
    return [str(text).strip() for text in texts.tolist()]


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
