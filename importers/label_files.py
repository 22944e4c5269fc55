"""Label files: JSON, CSV, TSV, Parquet, COCO and plain lists, read into one shape."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from importers.columns import NoLabelColumn, is_header, knows
from importers.hints import NO_HINTS, Hints
from importers.keys import FileIndex
from importers.label_json import json_readings, names_from_json, parse_json, record_readings
from importers.label_limits import MAX_NAMES_BYTES, LabelsTooLarge, check_bytes, check_text
from importers.label_parquet import parquet_readings
from importers.label_rows import LabelRows
from importers.label_tables import SAMPLE_ROWS, Reading, Table, table_readings
from importers.text_tables import TextTable, encoding_of, lines_of, open_text
from importers.types import LayoutError

LABEL_ENDINGS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet", ".txt")


class OnlyPaths(LayoutError):
    """A file that lists pictures and nothing of them, as the train.txt of a split does. keys: what it lists."""

    def __init__(self, sentence: str, *, keys: Sequence[str]) -> None:
        super().__init__(sentence)
        self.keys = keys


@dataclass(frozen=True)
class NamesFile:
    """Class names. numbers: those that the file gives them, None where only their order says which is which."""

    names: tuple[str, ...]
    numbers: tuple[int, ...] | None


def read_label_file(path: Path) -> LabelRows:
    """The likeliest reading of a label file of any kind we know, by itself. Raises LayoutError that says what it is."""
    return label_readings(path, None, NO_HINTS)[0].rows


def label_readings(path: Path, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The ways to read a label file, the likeliest first. index: the pictures that it may speak of.

    How large it may be stands in label_limits; more raises LabelsTooLarge, as a rule before it is read. A file within
    them may need some gigabytes: importers/look.py reads it where that does no harm. Raises LayoutError, of which
    OnlyPaths for a list of pictures.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            return parquet_readings(path, index, hints)
        if ending == ".json":
            return _from_json(path, index, hints)
        if ending in (".jsonl", ".ndjson"):
            encoding = encoding_of(path, hinted=hints.encoding).name
            check_text(path, lines=True, values=True, encoding=encoding)
            records = [parse_json(line, path.name) for line in lines_of(path, encoding)]
            return record_readings(records, path.name, index, hints)
        if ending in (".csv", ".tsv", ".txt"):
            return _from_text(path, index, hints)
    except MemoryError as error:
        raise LabelsTooLarge(f"The labels of {path.name} need more memory than there is.") from error
    except OSError as error:
        raise LayoutError(f"The label file {path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise LayoutError(f"The label file {path.name} is not {error.encoding} text (byte {error.start}).") from error
    raise LayoutError(f"{path.name} is no label file that Vitrine knows ({', '.join(LABEL_ENDINGS)}).")


def read_class_names(path: Path) -> tuple[str, ...]:
    """Read class names from classes.txt (one a line) or class_names.json (a list, or a mapping from or to
    indices).

    Raises LayoutError when it is something else, or a name comes twice.
    """
    return read_names_file(path).names


def read_names_file(path: Path) -> NamesFile:
    """Class names with their numbers, where the file says those: "0 cat" or "cat,0" a line, or a mapping in JSON.

    Raises LayoutError when it is something else, or a name comes twice.
    """
    try:
        check_bytes(path, most=MAX_NAMES_BYTES)
        text = path.read_text(encoding=encoding_of(path).name)
    except (OSError, UnicodeDecodeError, LayoutError) as error:
        raise LayoutError(f"The class names in {path.name} can't be read: {error}.") from error
    numbers: list[int] | None = None
    if path.suffix.lower() == ".json":
        names, numbers = names_from_json(parse_json(text, path.name))
    else:
        names, numbers = _numbered([line.strip() for line in text.splitlines() if line.strip()])
    if not names or not all(isinstance(name, str) for name in names):
        raise LayoutError(f"{path.name} holds no list of class names.")
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise LayoutError(f"{path.name} names the class {twice!r} twice. Give each class its own name.")
    return NamesFile(tuple(names), tuple(numbers) if numbers is not None else None)


def _numbered(lines: list[str]) -> tuple[list[str], list[int] | None]:
    """Lines as names, and their numbers where each has one at the same end: "0: cat", "1 rose", "cat,0"."""
    for mark in (",", "\t", ":", ";", " "):
        parts = [[part.strip().strip('"') for part in line.split(mark)] for line in lines]
        heads = [line.split(mark, 1) for line in lines]
        if all(len(each) == 2 and each[0].strip().isdecimal() and each[1].strip() for each in heads):
            numbers = [int(each[0]) for each in heads]
            names = [each[1].strip().strip('"') for each in heads]
        elif mark in ",\t;" and all(len(each) == 2 and each[1].isdecimal() and each[0] for each in parts):
            numbers, names = [int(each[1]) for each in parts], [each[0] for each in parts]
        else:
            continue
        if len(set(numbers)) == len(numbers) and all(len(str(number)) < 10 for number in numbers):
            return names, numbers
    return lines, None


def _from_json(path: Path, index: FileIndex | None, hints: Hints) -> list[Reading]:
    encoding = encoding_of(path, hinted=hints.encoding).name
    check_text(path, values=True, encoding=encoding)
    text = path.read_text(encoding=encoding)
    try:
        content = parse_json(text, path.name)
    except LayoutError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.strip().startswith("{") for line in lines):
            raise
        return record_readings([parse_json(line, path.name) for line in lines], path.name, index, hints)
    return json_readings(content, path.name, index, hints)


@dataclass(frozen=True)
class OpenedTable:
    """A text file as a table with its headings, or numbers from 1 where it has none. sample: its first rows."""

    text: TextTable
    header: list[str]
    sample: list[list[str]]
    has_header: bool

    def rows(self) -> Iterator[list[str]]:
        """Every row but the headings. Raises LayoutError, csv.Error."""
        return islice(self.text.rows(), 1 if self.has_header else 0, None)


def opened_table(path: Path, index: FileIndex | None, hints: Hints) -> OpenedTable:
    """A table in a text file and what its columns are called. Raises LayoutError, csv.Error, OSError."""
    table = open_text(path, hints, surely=_is_header_of_labels)
    first = list(islice(table.rows(), SAMPLE_ROWS + 1))
    if not first:
        raise LayoutError(f"{path.name} is empty.")
    has_header = _has_header(first, path, table, index, hints)
    width = max(map(len, first))
    header = [*first[0], *(str(at + 1) for at in range(len(first[0]), width))] if has_header else _numbers(width)
    return OpenedTable(table, header, first[1:] if has_header else first, has_header)


def _from_text(path: Path, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The rows of a table or a list, of which only the columns that are used are kept."""
    try:
        opened = opened_table(path, index, hints)
        table, header, sample, has_header = opened.text, opened.header, opened.sample, opened.has_header
        width = len(header)
        if not has_header and width == 1:
            raise _only_paths(path, [row[0] for row in table.rows()])
        if not has_header and index is None:
            header = ["path", "label", *header[2:]]

        def cells(wanted: list[int]) -> dict[int, list[Any]]:
            return _columns(opened.rows(), wanted)

        try:
            return table_readings(Table(path.name, header, sample, cells, table.said), index, hints)
        except NoLabelColumn as missing:
            if width == 1:
                raise _only_paths(path, cells([missing.roles.path])[missing.roles.path]) from missing
            raise
    except csv.Error as error:
        raise LayoutError(f"{path.name} can't be read as a table: {error}.") from error


def _has_header(first: list[list[str]], path: Path, table: TextTable, index: FileIndex | None, hints: Hints) -> bool:
    if hints.header:
        return hints.header == "yes"
    if path.suffix.lower() == ".txt" and table.delimiter == " ":
        return False
    return is_header(first[0], first[1:], index)


def _numbers(width: int) -> list[str]:
    return [str(at + 1) for at in range(width)]


def _only_paths(path: Path, keys: Sequence[str]) -> OnlyPaths:
    return OnlyPaths(f"{path.name} has no label column: it is a list with one text a line.", keys=keys)


def _columns(rows: Iterator[list[str]], wanted: Sequence[int]) -> dict[int, list[Any]]:
    """The cells of some columns; a text that repeats is kept once."""
    columns: dict[int, list[Any]] = {number: [] for number in wanted}
    known: dict[str, str] = {}
    for row in chain(rows):
        for number, cells in columns.items():
            cell = row[number] if number < len(row) else ""
            cells.append(known.setdefault(cell, cell))
    return columns


def _is_header_of_labels(first: str, delimiter: str) -> bool:
    """Whether a first line names a column of paths and one of labels, so that what follows are surely labels."""
    return {"path", "label"} <= knows([cell.strip().strip('"') for cell in first.split(delimiter)])
