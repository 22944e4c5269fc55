"""Label files: JSON, CSV, TSV, Parquet, COCO and plain lists, read into one shape."""

import csv
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from importers.keys import composed
from importers.types import LayoutError, Problem

LABEL_ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".parquet", ".txt")
MAX_LABEL_BYTES = 1 << 30
# What the columns of people's tables are called, best known first; compared without case.
_HEADERS: dict[str, Sequence[str]] = {
    "path": [
        "path",
        "file",
        "filename",
        "file_name",
        "filepath",
        "file_path",
        "image",
        "image_path",
        "img_path",
        "image_file",
        "imagepath",
        "image_name",
        "img",
        "image_id",
        "img_id",
        "id",
        "key",
        "name",
    ],
    "label": [
        "label",
        "labels",
        "class",
        "classes",
        "class_name",
        "classname",
        "category",
        "categories",
        "target",
        "tag",
        "tags",
        "y",
        "species",
        "category_name",
        "label_name",
        "class_id",
        "label_id",
        "category_id",
    ],
    "split": ["split", "set", "subset", "partition", "fold", "phase"],
    "source_url": ["source_url", "url", "source", "image_url", "img_url", "original_url", "link", "coco_url"],
    "licence": ["licence", "license", "license_name", "licence_name", "rights"],
}
_MULTI_HEADERS = ("labels", "classes", "categories", "tags")
_WHOLE = re.compile(r"[+-]?\d+(\.0+)?")


@dataclass
class LabelRows:
    """The rows of a label file, column by column. optional columns are None where the file has none.

    keys: as written. values: what the file says of each key: a number, a text, a list of either, or None.
    coco: values are lists of indices into class_names, and class_names is then given.
    """

    keys: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    split: list[str | None] | None = None
    source_url: list[str | None] | None = None
    licence: list[str | None] | None = None
    coco: bool = False
    class_names: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def read_label_file(path: Path) -> LabelRows:
    """Read a label file of any kind we know. Raises LayoutError that says what it is instead."""
    ending = path.suffix.lower()
    try:
        if path.stat().st_size > MAX_LABEL_BYTES:
            raise LayoutError(
                f"{path.name} has {path.stat().st_size:,} bytes; label files may have {MAX_LABEL_BYTES:,}."
            )
        if ending == ".parquet":
            return _from_parquet(path)
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LayoutError(f"The label file {path} can't be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise LayoutError(
            f"The label file {path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        ) from error
    if ending == ".json":
        return _from_json(_parse_json(text, path.name), path.name)
    if ending == ".jsonl":
        return _from_records([_parse_json(line, path.name) for line in text.splitlines() if line.strip()], path.name)
    if ending in (".csv", ".tsv", ".txt"):
        return _from_text(text, path)
    raise LayoutError(f"{path.name} is no label file that Vitrine knows ({', '.join(LABEL_ENDINGS)}).")


def read_class_names(path: Path) -> tuple[str, ...]:
    """Read class names from classes.txt (one a line) or class_names.json (a list, or a mapping from or to
    indices).

    Raises LayoutError when it is something else, or a name comes twice.
    """
    try:
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
        twice = next(name for name in names if names.count(name) > 1)
        raise LayoutError(f"{path.name} names the class {twice!r} twice. Give each class its own name.")
    return tuple(names)


class _Repeating(dict[str, Any]):
    """A JSON object in which a key comes more than once; pairs: all of them."""

    pairs: list[tuple[str, Any]]


def _keep_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
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
        return LabelRows(keys=[key for key, _ in pairs], values=[value for _, value in pairs])
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
    return _from_columns(header, lambda column: [record.get(header[column]) for record in records], name)


def _from_text(text: str, path: Path) -> LabelRows:
    if "\0" in text:
        raise LayoutError(f"{path.name} is no text: it holds zero bytes.")
    delimiter = _delimiter(text, path.suffix.lower())
    try:
        if delimiter == " ":
            rows = [line.rsplit(None, 1) for line in text.splitlines() if line.strip()]
        else:
            rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise LayoutError(f"{path.name} can't be read as a table: {error}.") from error
    if not rows:
        raise LayoutError(f"{path.name} is empty.")
    header = rows[0]
    if path.suffix.lower() == ".txt" or not _has_header(header):
        header, rows = ["path", "label"], [[], *rows]
    n_wide = len(header)
    body = [row + [""] * (n_wide - len(row)) for row in rows[1:]]
    return _from_columns(header, lambda column: [row[column] for row in body], path.name)


def _delimiter(text: str, ending: str) -> str:
    first = text.lstrip().partition("\n")[0]
    if ending == ".tsv":
        return "\t"
    counts = {mark: first.count(mark) for mark in ",;\t"}
    if ending == ".txt" and not any(counts.values()):
        return " "
    return max(counts, key=counts.__getitem__)


def _has_header(row: Sequence[str]) -> bool:
    """Say whether a first row is a header: two cells, neither a known heading, are a file and its label."""
    known_headings = {heading for headings in _HEADERS.values() for heading in headings}
    return len(row) != 2 or any(_heading(cell) in known_headings for cell in row)


def _from_parquet(path: Path) -> LabelRows:
    try:
        with pq.ParquetFile(path) as file:
            header = file.schema_arrow.names
            columns = [name for name in header if any(_heading(name) in aliases for aliases in _HEADERS.values())]
            table = file.read(columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise LayoutError(f"{path.name} is no Parquet table that can be read: {str(error)[:200]}.") from error
    return _from_columns(columns, lambda column: _cells(table, column, path.name), path.name, seen=header)


def _cells(table: pa.Table, column: int, name: str) -> list[Any]:
    try:
        cells: list[Any] = table.column(column).to_pylist()
    except (ArithmeticError, ValueError, TypeError, pa.ArrowException) as error:  # a time that no calendar has, say
        field = table.schema.field(column)
        raise LayoutError(
            f"The column {field.name} of {name} ({field.type}) holds what cannot be read as texts or numbers: "
            f"{str(error)[:200]}."
        ) from error
    return cells


def _from_columns(
    header: Sequence[str], cells: Callable[[int], list[Any]], name: str, seen: Sequence[str] | None = None
) -> LabelRows:
    """Pick the columns by their headings. cells: column number -> list of the column's cells."""
    at = {role: _column_of(header, aliases) for role, aliases in _HEADERS.items()}
    if at["path"] is None or at["label"] is None:
        missing = "path" if at["path"] is None else "label"
        raise LayoutError(
            f"{name} has no {missing} column. Its columns are {', '.join(map(str, seen or header))!s:.300}; "
            f"a {missing} column may be called {', '.join(_HEADERS[missing][:6])}."
        )
    is_multi = _heading(header[at["label"]]) in _MULTI_HEADERS
    keys = ["" if cell is None else str(cell) for cell in cells(at["path"])]

    def optional(column: int | None) -> list[str | None] | None:
        return None if column is None else [_text_or_none(cell) for cell in cells(column)]

    return LabelRows(
        keys=keys,
        values=_typed(cells(at["label"]), is_multi),
        split=optional(at["split"]),
        source_url=optional(at["source_url"]),
        licence=optional(at["licence"]),
    )


def _column_of(header: Sequence[str], aliases: Sequence[str]) -> int | None:
    headings = [_heading(heading) for heading in header]
    return next((headings.index(heading) for heading in aliases if heading in headings), None)


def _heading(cell: Any) -> str:
    return re.sub(r"[\s-]+", "_", str(cell).strip().lower())


def _text_or_none(cell: Any) -> str | None:
    return None if cell is None or str(cell).strip() == "" else str(cell).strip()


def _typed(cells: list[Any], is_multi: bool) -> list[Any]:
    """Label cells as they are meant: whole numbers if all are, lists where the heading says so, else text."""
    texts = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    texts = [None if text != text else text for text in texts]  # NaN: an empty cell of a column of floats
    given = [text for text in texts if text not in (None, "")]
    if given and all(isinstance(text, str) and _WHOLE.fullmatch(text) for text in given):
        return [int(float(text)) if text not in (None, "") else None for text in texts]
    if is_multi and any(isinstance(text, str) and re.search(r"[|;,]", text) for text in given):
        return [_names(text) if isinstance(text, str) else text for text in texts]
    return [None if text == "" else text for text in texts]


def _names(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[|;,]", text) if name.strip()]


def _from_coco(content: dict[str, Any], name: str) -> LabelRows:
    try:
        categories = sorted(content["categories"], key=lambda category: category["id"])
        names = [composed(str(category["name"])) for category in categories]
        class_names = tuple(dict.fromkeys(names))
        ids = [category["id"] for category in categories]
        index_of = {number: class_names.index(name) for number, name in zip(ids, names, strict=True)}
        licences = {
            licence.get("id"): licence.get("name") or licence.get("url") for licence in content.get("licenses", [])
        }
        classes_of: dict[Any, list[int]] = {image["id"]: [] for image in content["images"]}
        problems = _gather_annotations(content.get("annotations", []), classes_of, index_of)
        images = content["images"]
        return LabelRows(
            keys=[str(image["file_name"]) for image in images],
            values=[classes_of[image["id"]] for image in images],
            source_url=[image.get("coco_url") or image.get("flickr_url") or image.get("url") for image in images],
            licence=[licences.get(image.get("license")) for image in images],
            coco=True,
            class_names=class_names,
            problems=problems,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise LayoutError(f"{name} looks like COCO, but {error} is missing or of another type.") from error


def _gather_annotations(
    annotations: list[dict[str, Any]], classes_of: dict[Any, list[int]], index_of: dict[Any, int]
) -> list[Problem]:
    problems = []
    for annotation in annotations:
        image_id, category_id = annotation["image_id"], annotation.get("category_id")
        if image_id not in classes_of:
            reason = f"An annotation names the image id {image_id}, which the file does not list."
            problems.append(Problem(str(image_id), "missing-file", reason, str(category_id)))
        elif category_id not in index_of:
            reason = f"An annotation of image id {image_id} names an undefined category id, {category_id}."
            problems.append(Problem(str(image_id), "out-of-range", reason, str(category_id)))
        elif index_of[category_id] not in classes_of[image_id]:
            classes_of[image_id].append(index_of[category_id])
    return problems
