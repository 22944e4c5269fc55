"""From a table to the rows of a label file; where its columns can be read in two ways, both, the likelier first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from importers.columns import YES, NoLabelColumn, Roles, find_roles, is_multi
from importers.hints import NO_HINTS, Hints
from importers.json_labels import cell_in_json
from importers.json_objects import n_boxes_of
from importers.keys import FileIndex
from importers.label_rows import LabelRows, checked, n_contradicted, one_row_a_picture, text_or_none
from importers.label_values import Meaning, meanings
from importers.types import SampleTable

SAMPLE_ROWS = 200
_SHOWN_ROWS, _SHOWN_COLUMNS, _SHOWN_CHARACTERS = 5, 20, 60  # of a sample that is shown
_CONTRADICTED = (
    0.05  # of the pictures have rows with different labels, and three at least: each row may be one of several
)


@dataclass(frozen=True)
class Table:
    """A table of which only the columns that are asked for are read.

    header: headings, or "1", "2", ... where it has none. sample: its first rows. cells: the columns of some numbers.
    """

    name: str
    header: Sequence[str]
    sample: Sequence[Sequence[Any]]
    cells: Callable[[list[int]], dict[int, list[Any]]]
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """A way to read a label file: what must be said for it, what it is in a few words, and its rows."""

    hints: Hints
    what: str
    rows: LabelRows
    sample: SampleTable | None = None


def table_readings(table: Table, index: FileIndex | None, hints: Hints) -> list[Reading]:
    """The ways to read a table of labels, the likeliest first. Raises LayoutError where it says no labels."""
    try:
        roles = find_roles(table.header, table.sample, index, hints, table.name)
    except NoLabelColumn as error:
        return [_only_splits(table, error)]
    cells = table.cells(roles.wanted)
    base, sample = _base(table, roles, cells), _sample_of(table)
    if roles.one_hot:
        return [Reading(hints, "", checked(_one_hot(base, roles, table, cells), table.name), sample)]
    found: list[Reading] = []
    for place, column in enumerate(roles.labels):
        named = hints if len(roles.labels) == 1 else hints.but(label=str(table.header[column]))
        about = "" if len(roles.labels) == 1 else f"the column {table.header[column]}"
        ways = meanings(cells[column], hints, is_multi=is_multi(table.header[column]))
        base = replace(base, n_boxes=_n_boxes(cells[column], roles))
        for way in ways if place == 0 else ways[:1]:
            found += _apart_and_together(base, way, named, about, roles, table.name)
    return [replace(each, sample=sample) for each in found]


def _n_boxes(cells: Sequence[Any], roles: Roles) -> int:
    """How many boxes a table says: in JSON in its label column, or a row each."""
    in_json = sum(n_boxes_of(cell_in_json(cell)) for cell in cells if isinstance(cell, str) and cell[:1] in ("{", "["))
    is_row = (cell is not None and str(cell).strip() != "" for cell in cells)
    return in_json or (sum(is_row) if roles.objects else 0)


def _sample_of(table: Table) -> SampleTable:
    def short(row: Sequence[Any]) -> tuple[str, ...]:
        return tuple("" if cell is None else str(cell)[:_SHOWN_CHARACTERS] for cell in row[:_SHOWN_COLUMNS])

    return SampleTable(short(table.header), tuple(map(short, table.sample[:_SHOWN_ROWS])))


def _base(table: Table, roles: Roles, cells: dict[int, list[Any]]) -> LabelRows:
    def texts(column: int | None) -> list[str | None] | None:
        return None if column is None else [text_or_none(cell) for cell in cells[column]]

    split = texts(roles.split)
    if split is not None and roles.yes_means:
        other = "train" if roles.yes_means != "train" else None
        split = [None if text is None else roles.yes_means if text.lower() in YES else other for text in split]
    keys = ["" if cell is None else str(cell) for cell in cells[roles.path]]
    said = (*table.said, roles.said) if roles.said else table.said
    return LabelRows(
        keys=keys, split=split, source_url=texts(roles.source_url), licence=texts(roles.licence), said=said
    )


def _only_splits(table: Table, error: NoLabelColumn) -> Reading:
    """The reading of a table that says splits alone. Raises the error where it does not."""
    if error.roles.split is None:
        raise error
    base = _base(table, error.roles, table.cells(error.roles.wanted))
    return Reading(
        NO_HINTS, "splits", checked(replace(base, values=[None] * len(base.keys), only_splits=True), table.name)
    )


def _one_hot(base: LabelRows, roles: Roles, table: Table, cells: dict[int, list[Any]]) -> LabelRows:
    columns = [[_zero_or_one(cell) for cell in cells[column]] for column in roles.one_hot]
    values = [list(row) for row in zip(*columns, strict=True)]
    return replace(base, values=values, names=tuple(str(table.header[column]).strip() for column in roles.one_hot))


def _apart_and_together(
    base: LabelRows, way: Meaning, hints: Hints, about: str, roles: Roles, name: str
) -> list[Reading]:
    """The readings of one label column: rows of one picture as several labels of it, or as a contradiction."""
    named = hints.but(several=way.several) if way.several else hints
    about = ", ".join(filter(None, (about, _SEVERAL_WORDS.get(way.several, ""))))
    rows = checked(replace(base, values=way.values), name)
    together = hints.rows == "together" or (roles.objects and hints.rows != "apart")
    if together:
        return [Reading(named, about, one_row_a_picture(rows))]
    apart = Reading(named, about, rows)
    if hints.rows == "apart":
        return [apart]
    n_keys_twice, n_keys = n_contradicted(rows)
    if n_keys_twice < 3 or n_keys_twice < _CONTRADICTED * n_keys:
        return [apart]
    both = ", ".join(filter(None, (about, "several rows of a picture are several labels of it")))
    words = ", ".join(filter(None, (about, "several rows of a picture contradict each other")))
    return [
        Reading(named.but(rows="together"), both, one_row_a_picture(rows)),
        Reading(named.but(rows="apart"), words, rows),
    ]


_SEVERAL_WORDS = {
    "no": "each text is one class",
    "comma": "several classes with commas between them",
    "semicolon": "several classes with semicolons between them",
    "pipe": "several classes with | between them",
    "space": "several classes with blanks between them",
}


def _zero_or_one(cell: Any) -> Any:
    text = str(cell).strip().lower()
    if text in YES:
        return 1
    return 0 if text else None
