"""A classifier's own out-of-fold predictions, from a file: a column for each class by name, `path` and `fold`."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from analytics.out_of_fold import Predictions
from analytics.wording import count
from importers.parquet_probe import Unreadable, require_readable
from jobs.engine.errors import UnknownParameter

PATH, FOLD = "path", "fold"
MOST_BYTES, MOST_CSV_BYTES = 1 << 30, 512 << 20
MOST_STRANGERS = 100_000  # rows besides the dataset's pictures
MOST_CLASSES = 10_000
MOST_VALUES = 128_000_000
LONGEST_PATH = 16_384  # bytes


def read_predictions_file(file: Path, *, paths: Sequence[str]) -> Predictions:
    """The predictions of a CSV or Parquet file for the images at `paths`, in their order; NaN for those it lacks.

    Every column but `path` and `fold` is a class, named as the dataset names it. Without `fold` the predictions say
    nothing of how they were made (folds is None). Raises UnknownParameter for a file that cannot be used.
    """
    table = _read(file, n_pictures=len(paths))
    if PATH not in table.column_names:
        raise UnknownParameter(f"{file.name} has no column `path` (columns: {', '.join(table.column_names[:8])}).")
    twice = next((name for name, n in Counter(table.column_names).items() if n > 1), None)
    if twice is not None:
        raise UnknownParameter(f"{file.name} has the column {twice!r:.80} twice; each class, path and fold has one.")
    try:
        given = table[PATH].to_pylist()
    except UnicodeDecodeError as error:
        raise UnknownParameter(f"{file.name} holds paths that are no UTF-8 text: {error}.") from error
    classes = tuple(name for name in table.column_names if name not in (PATH, FOLD))
    try:
        values = np.column_stack([table[name].cast(pa.float32()).to_numpy() for name in classes])
        folds = table[FOLD].cast(pa.int32()).fill_null(-1).to_numpy() if FOLD in table.column_names else None
    except (pa.ArrowException, ValueError) as error:
        raise UnknownParameter(f"{file.name}: a class or fold column holds what is not a number ({error}).") from error
    return _aligned(values, folds, classes=classes, given=given, paths=paths, file=file)


def _aligned(
    values: np.ndarray,
    folds: np.ndarray | None,
    *,
    classes: tuple[str, ...],
    given: list[str],
    paths: Sequence[str],
    file: Path,
) -> Predictions:
    row_of = {path: row for row, path in enumerate(given)}
    if len(row_of) != len(given):
        raise UnknownParameter(
            f"{file.name} names {count(len(given) - len(row_of), 'picture')} twice; one row a picture."
        )
    rows = np.array([row_of.get(path, -1) for path in paths], np.int64)
    if not (rows >= 0).any():
        raise UnknownParameter(
            f"None of the paths in {file.name} is one of the dataset's; write them relative to its folder."
        )
    out = np.where((rows >= 0)[:, None], values[rows], np.nan).astype(np.float32)
    given_rows = out[~np.isnan(out).any(axis=1)].astype(np.float64)  # which may have sums beyond single precision
    if not given_rows.size:
        raise UnknownParameter(f"{file.name} holds no number for any of the dataset's pictures.")
    are_shares = given_rows.min() >= 0 and given_rows.max() <= 1.01  # infinite ones have no sum
    if not are_shares or np.abs(given_rows.sum(axis=1) - 1).max() > 0.01:
        raise UnknownParameter(f"{file.name}: probabilities must not be negative, and a row's must sum to 1.")
    return Predictions(out, classes, None if folds is None else np.where(rows >= 0, folds[rows], -1).astype(np.int32))


def _read(file: Path, *, n_pictures: int) -> pa.Table:
    """The table, once its description has shown that it is none to speak of for so many pictures."""
    try:
        n_bytes = file.stat().st_size
        is_parquet = file.suffix.lower() == ".parquet"
        most = MOST_BYTES if is_parquet else MOST_CSV_BYTES
        if n_bytes > most:
            raise UnknownParameter(f"{file.name} has {n_bytes:,} bytes; {most:,} are the most.")
        if not is_parquet:
            table = pyarrow.csv.read_csv(file)
            _ = table.column_names  # which are looked at here first, whether they are UTF-8
            return table
        require_readable([file])
        with pq.ParquetFile(file) as parquet:
            _require_small(parquet.metadata, parquet.schema_arrow, file.name, n_pictures=n_pictures)
        with pq.ParquetFile(file, read_dictionary=[PATH]) as parquet:
            table = parquet.read()
    except (OSError, pa.ArrowException, UnicodeDecodeError, Unreadable) as error:
        raise UnknownParameter(f"The predictions file {file} cannot be read: {error}") from error
    return _with_short_paths(table, file.name)


def _require_small(metadata: pq.FileMetaData, schema: pa.Schema, name: str, *, n_pictures: int) -> None:
    most = n_pictures + MOST_STRANGERS
    if metadata.num_rows > most:
        raise UnknownParameter(
            f"{name} has {count(metadata.num_rows, 'row')}, and the dataset has {count(n_pictures, 'picture')}: "
            "one row a picture."
        )
    if metadata.num_rows * metadata.num_columns > MOST_VALUES or metadata.num_columns > MOST_CLASSES:
        raise UnknownParameter(f"{name} has {count(metadata.num_columns, 'column')}, more than a class each needs.")
    odd = next((each for each in schema if each.name != PATH and not _is_number(each.type)), None)
    if odd is not None:
        raise UnknownParameter(f"{name}: a class or fold column holds what is not a number ({odd.name}: {odd.type}).")


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind))


def _with_short_paths(table: pa.Table, name: str) -> pa.Table:
    """The table with its paths as texts, each of which is known to be no longer than a path may be."""
    at = table.schema.get_field_index(PATH)
    if at < 0 or not pa.types.is_dictionary(table.schema.field(at).type):
        return table
    for chunk in table.column(at).chunks:
        if (pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0) > LONGEST_PATH:
            raise UnknownParameter(f"{name} holds a path of more than {LONGEST_PATH:,} bytes.")
    return table.set_column(at, PATH, table.column(at).cast(pa.string()))
