"""Label files: JSON, CSV, TSV, Parquet, COCO and plain lists, read into one shape."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from importers.keys import composed
from importers.label_limits import MAX_LINE_BYTES, MAX_NAMES_BYTES, LabelsTooLarge, check_bytes, check_text
from importers.label_parquet import from_parquet
from importers.label_rows import HEADERS, LabelRows, checked, from_columns, heading, require_roles, roles_of
from importers.problems import Problems
from importers.types import LayoutError, Problem

LABEL_ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".parquet", ".txt")


def read_label_file(path: Path) -> LabelRows:
    """Read a label file of any kind we know. Raises LayoutError that says what it is instead.

    How large it may be stands in label_limits; more raises LabelsTooLarge, as a rule before it is read. A file within
    them may need some gigabytes: importers/look.py reads it where that does no harm.
    """
    ending = path.suffix.lower()
    try:
        if ending == ".parquet":
            return from_parquet(path)
        if ending == ".json":
            check_text(path, values=True)
            return _from_json(_parse_json(path.read_text(encoding="utf-8-sig"), path.name), path.name)
        if ending == ".jsonl":
            check_text(path, lines=True, values=True)
            return _from_records([_parse_json(line, path.name) for line in _lines(path)], path.name)
        if ending in (".csv", ".tsv", ".txt"):
            return _from_text(path)
    except MemoryError as error:
        raise LabelsTooLarge(f"The labels of {path.name} need more memory than there is.") from error
    except OSError as error:
        raise LayoutError(f"The label file {path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise LayoutError(
            f"The label file {path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from error
    raise LayoutError(f"{path.name} is no label file that Vitrine knows ({', '.join(LABEL_ENDINGS)}).")


def read_class_names(path: Path) -> tuple[str, ...]:
    """Read class names from classes.txt (one a line) or class_names.json (a list, or a mapping from or to
    indices).

    Raises LayoutError when it is something else, or a name comes twice.
    """
    try:
        check_bytes(path, most=MAX_NAMES_BYTES)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LayoutError(f"The class names in {path.name} can't be read: {error}.") from error
    if path.suffix.lower() == ".json":
        names = _names_from_json(_parse_json(text, path.name))
    else:
        names = [line.strip() for line in text.splitlines() if line.strip()]
    if not names or not all(isinstance(name, str) for name in names):
        raise LayoutError(f"{path.name} holds no list of class names.")
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise LayoutError(f"{path.name} names the class {twice!r} twice. Give each class its own name.")
    return tuple(names)


class _Repeating(dict[str, Any]):
    """A JSON object in which a key comes more than once; pairs: all of them."""

    pairs: list[tuple[str, Any]]


def _keep_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if "segmentation" in plain and "image_id" in plain:  # COCO's outlines: nine tenths of its numbers, and no labels
        plain["segmentation"] = None
    if len(plain) == len(pairs):
        return plain
    repeating = _Repeating(plain)
    repeating.pairs = pairs
    return repeating


def _parse_json(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_keep_repeats)
    except json.JSONDecodeError as error:
        raise LayoutError(
            f"{name} is no valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from error
    except (RecursionError, ValueError) as error:  # ValueError: an integer of thousands of digits
        raise LayoutError(f"{name} is no JSON that can be read: {error}.") from error


def _from_json(content: Any, name: str) -> LabelRows:
    if isinstance(content, dict) and isinstance(content.get("images"), list) and "categories" in content:
        return _from_coco(content, name)
    if isinstance(content, list):
        return _from_records(content, name)
    if isinstance(content, dict) and content:
        pairs = content.pairs if isinstance(content, _Repeating) else content.items()
        return checked(LabelRows(keys=[key for key, _ in pairs], values=[value for _, value in pairs]), name)
    raise LayoutError(f"{name} holds no labels: a mapping from file name to label, a list of rows, or COCO is needed.")


def _names_from_json(content: Any) -> list[Any]:
    if isinstance(content, dict) and all(key.isdecimal() for key in content):
        return [content[key] for key in sorted(content, key=int)]
    if isinstance(content, dict) and all(type(value) is int for value in content.values()):
        return sorted(content, key=content.__getitem__)
    return content if isinstance(content, list) else []


def _from_records(records: list[Any], name: str) -> LabelRows:
    if not records or not all(isinstance(record, dict) for record in records):
        raise LayoutError(f"{name} holds no labels: a list of rows with a path and a label is needed.")
    header = list(dict.fromkeys(key for record in records for key in record))
    return from_columns(header, lambda column: [record.get(header[column]) for record in records], name)


def _from_text(path: Path) -> LabelRows:
    """The rows of a table or a list, of which only the columns that are used are kept."""
    check_bytes(path)
    first = _first_line(path)
    ending = path.suffix.lower()
    delimiter = _delimiter(first, ending)
    check_text(path, lines=True, surely=_is_header_of_labels(first, delimiter))
    try:
        rows = _rows(path, delimiter)
        header = next(rows, None)
        if header is None:
            raise LayoutError(f"{path.name} is empty.")
        if ending == ".txt" or not _has_header(header):
            header, rows = ["path", "label"], chain([header], rows)
        columns = _columns(rows, sorted(require_roles(header, path.name).values()))
    except csv.Error as error:
        raise LayoutError(f"{path.name} can't be read as a table: {error}.") from error
    return from_columns(header, columns.__getitem__, path.name)


def _columns(rows: Iterable[list[str]], wanted: Sequence[int]) -> dict[int, list[str]]:
    """The cells of some columns; a text that repeats is kept once."""
    columns: dict[int, list[str]] = {number: [] for number in wanted}
    known: dict[str, str] = {}
    for row in rows:
        for number, cells in columns.items():
            cell = row[number] if number < len(row) else ""
            cells.append(known.setdefault(cell, cell))
    return columns


def _rows(path: Path, delimiter: str) -> Iterator[list[str]]:
    """Every row that is not empty, split into cells."""
    if delimiter == " ":
        yield from (line.rsplit(None, 1) for line in _lines(path))
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from (row for row in csv.reader(_text_only(file, path.name), delimiter=delimiter) if any(row))


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig") as file:
        yield from (line for line in _text_only(file, path.name) if line.strip())


def _text_only(lines: Iterable[str], name: str) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise LayoutError(f"{name} is no text: it holds zero bytes.")
        yield line


def _first_line(path: Path) -> str:
    """The first line with something in it, or as much of it as a line may have."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(MAX_LINE_BYTES).lstrip().partition("\n")[0]


def _delimiter(first: str, ending: str) -> str:
    if ending == ".tsv":
        return "\t"
    counts = {mark: first.count(mark) for mark in ",;\t"}
    if ending == ".txt" and not any(counts.values()):
        return " "
    return max(counts, key=counts.__getitem__)


def _is_header_of_labels(first: str, delimiter: str) -> bool:
    """Whether a first line names a column of paths and one of labels, so that what follows are surely labels."""
    roles = roles_of([cell.strip().strip('"') for cell in first.split(delimiter)])
    return "path" in roles and "label" in roles


def _has_header(row: Sequence[str]) -> bool:
    """Say whether a first row is a header: two cells, neither a known heading, are a file and its label."""
    known_headings = {name for names in HEADERS.values() for name in names}
    return len(row) != 2 or any(heading(cell) in known_headings for cell in row)


def _from_coco(content: dict[str, Any], name: str) -> LabelRows:
    try:
        categories = sorted(content["categories"], key=lambda category: category["id"])
        names = [composed(str(category["name"])) for category in categories]
        class_names = tuple(dict.fromkeys(names))
        ids = [category["id"] for category in categories]
        place = {name: index for index, name in enumerate(class_names)}
        index_of = {number: place[name] for number, name in zip(ids, names, strict=True)}
        licences = {
            licence.get("id"): licence.get("name") or licence.get("url") for licence in content.get("licenses", [])
        }
        classes_of: dict[Any, dict[int, None]] = {image["id"]: {} for image in content["images"]}
        problems = _gather_annotations(content.get("annotations", []), classes_of, index_of)
        images = content["images"]
        rows = LabelRows(
            keys=[str(image["file_name"]) for image in images],
            values=[list(classes_of[image["id"]]) for image in images],
            source_url=[image.get("coco_url") or image.get("flickr_url") or image.get("url") for image in images],
            licence=[licences.get(image.get("license")) for image in images],
            coco=True,
            class_names=class_names,
            problems=problems,
        )
        return checked(rows, name)
    except (KeyError, TypeError, AttributeError) as error:
        raise LayoutError(f"{name} looks like COCO, but {error} is missing or of another type.") from error


def _gather_annotations(
    annotations: list[dict[str, Any]], classes_of: dict[Any, dict[int, None]], index_of: dict[Any, int]
) -> list[Problem]:
    problems = Problems()
    for annotation in annotations:
        image_id, category_id = annotation["image_id"], annotation.get("category_id")
        if image_id not in classes_of:
            reason = f"An annotation names the image id {image_id!s:.100}, which the file does not list."
            problems.add(Problem(str(image_id), "missing-file", reason, str(category_id)))
        elif category_id not in index_of:
            reason = (
                f"An annotation of image id {image_id!s:.100} names an undefined category id, {category_id!s:.100}."
            )
            problems.add(Problem(str(image_id), "out-of-range", reason, str(category_id)))
        else:
            classes_of[image_id][index_of[category_id]] = None
    return problems.all()
