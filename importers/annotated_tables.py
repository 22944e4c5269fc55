"""Objects in label files that are tables or rows of JSON: where they are, by the columns and keys that labels have."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importers.annotated import AnnotatedPicture, Annotations, ClassPlaces, Object
from importers.columns import BoxColumns, box_columns, find_roles
from importers.hints import Hints
from importers.json_labels import cell_in_json
from importers.json_objects import NamedObject, objects_of
from importers.keys import FileIndex, composed
from importers.label_files import opened_table
from importers.label_json import are_tasks, records_table, taken_answer, task_key
from importers.label_rows import is_number

Box = tuple[float, float, float, float]
Size = tuple[int, int]


@dataclass
class _Gathered:
    """The objects of each key, in the order in which they come."""

    places: ClassPlaces = field(default_factory=ClassPlaces)
    objects: dict[str, list[Object]] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)

    def take(self, key: str, named: Iterable[NamedObject], names: Sequence[str] = ()) -> None:
        """Note a picture, with what objects it has."""
        kept = self.objects.setdefault(key, [])
        for one in named:
            name = names[one.name] if isinstance(one.name, int) and 0 <= one.name < len(names) else str(one.name)
            kept.append(Object(self.places.of(composed(name.strip())), one.box, one.outline, one.is_share))

    def as_annotations(self, shown: str, kind: str) -> Annotations:
        """All of it as a set of annotations of one file."""
        pictures = [AnnotatedPicture(key, tuple(each), self.sizes.get(key)) for key, each in self.objects.items()]
        names, moved = self.places.sorted(pictures)
        return Annotations(shown, kind, shown, names, moved, frozenset((shown,)))


def objects_in_json(content: Any, shown: str, index: FileIndex, hints: Hints) -> Annotations:
    """The objects in rows of JSON, in Label Studio's tasks, or in a mapping from files to what is in them.

    Raises LayoutError where nothing names pictures.
    """
    found = _Gathered()
    if isinstance(content, list) and content and are_tasks(content):
        for record in content:
            found.take(task_key(record), objects_of(taken_answer(record.get("annotations", record.get("completions")))))
    elif isinstance(content, list):
        table = records_table(content, shown)
        roles = find_roles(table.header, table.sample, index, hints, shown)
        key = str(table.header[roles.path])
        for record in content:
            rest = {name: value for name, value in record.items() if name != key}
            found.take(str(record.get(key, "")), objects_of(rest))
    elif isinstance(content, dict):
        inner, names = content.get("labels"), content.get("classes")
        is_inner = isinstance(inner, dict) and bool(inner)
        known = [str(name) for name in names] if is_inner and isinstance(names, list) else []
        pairs = inner if isinstance(inner, dict) and inner else content
        for key, value in pairs.items():
            found.take(key, objects_of(value), known)
    return found.as_annotations(shown, "JSON")


def objects_in_table(path: Path, shown: str, index: FileIndex, hints: Hints) -> Annotations:
    """The objects in a table: in JSON in its label column, as Label Studio has them, or a row each.

    Raises LayoutError where nothing names pictures, csv.Error, OSError.
    """
    table = opened_table(path, index, hints)
    roles = find_roles(table.header, table.sample, index, hints, path.name)
    label = roles.labels[0] if roles.labels else None
    boxes = box_columns(table.header, table.sample, path=roles.path)
    found = _Gathered()
    rows: list[tuple[str, str, Box]] = []
    for row in table.rows():
        key, name = _cell(row, roles.path), _cell(row, label)
        content = cell_in_json(name)
        if not isinstance(content, str):
            found.take(key, objects_of(content))
            continue
        found.objects.setdefault(key, [])
        box = _box_in(row, boxes) if boxes else None
        if name and box is not None and boxes is not None:
            rows.append((key, name, box))
            size = _size_in(row, boxes)
            if size is not None:
                found.sizes[key] = size
    is_share = bool(rows) and max(side for _, _, box in rows for side in box) <= 1
    for key, name, box in rows:
        found.take(key, [NamedObject(name, box, is_share=is_share)])
    return found.as_annotations(shown, "table")


def as_lists(lines: Iterable[str], parse: Callable[[str], Any]) -> list[Mapping[str, Any]]:
    """The rows of a file with a JSON object a line."""
    return [row for line in lines if isinstance(row := parse(line), dict)]


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _box_in(row: Sequence[str], boxes: BoxColumns) -> Box | None:
    cells: Sequence[Any] = [_cell(row, column) for column in boxes.columns]
    if len(cells) == 1:
        cells = _list_in(str(cells[0]))
    try:
        sides = [float(cell) for cell in cells]
    except (ValueError, TypeError, OverflowError):
        return None
    if len(sides) != 4 or not all(map(is_number, sides)):
        return None
    left, top, right, bottom = sides
    return (left, top, right, bottom) if boxes.corners else (left, top, left + right, top + bottom)


def _list_in(text: str) -> list[Any]:
    """The four numbers in a cell, as "[1, 2, 3, 4]" or "1 2 3 4"."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text.strip("[]() ").replace(",", " ").split()
    return value if isinstance(value, list) else []


def _size_in(row: Sequence[str], boxes: BoxColumns) -> Size | None:
    sides = [_cell(row, column) for column in boxes.size or ()]
    given = [int(side) for side in sides if side.isdecimal() and len(side) < 9 and int(side) > 0]
    return (given[0], given[1]) if len(given) == 2 else None
