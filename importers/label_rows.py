"""The rows of a label file in one shape, whatever the file is."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from importers.label_limits import MAX_CELL_CHARACTERS, MAX_DEPTH, check_rows
from importers.types import LayoutError, Problem

_SAME_WIDTH = 0.7  # of lists of numbers have one length, where they are one-hot and not indices


@dataclass
class LabelRows:
    """The rows of a label file, column by column. optional columns are None where the file has none.

    keys: as written. values: what the file says of each key: a number, a text, a list of either, or None.
    indexed: values are lists of places in class_names, and class_names is then given; format: what such a file is
    called. names: of the columns of a one-hot table, or of numbers, where the file says them itself. below, of_split:
    for each row, the folder that its file lies in and the split that its file speaks of. said: what was guessed.
    only_splits: it says splits and no labels. n_boxes: how many objects it says the place of (importers/boxes.py).
    are_numbers: lists are of class numbers, and no columns of zeros and ones.
    """

    keys: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    split: list[str | None] | None = None
    source_url: list[str | None] | None = None
    licence: list[str | None] | None = None
    indexed: bool = False
    format: str = ""
    class_names: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    below: list[str] | None = None
    of_split: list[str | None] | None = None
    said: tuple[str, ...] = ()
    only_splits: bool = False
    n_boxes: int = 0
    are_numbers: bool = False

    @cached_property
    def kind(self) -> str:
        """What most values are: coco (any file of its own format), one-hot, index, indices, names or name-lists."""
        if self.indexed:
            return "coco"
        counts = Counter(value_kind(value) for value in self.values if value is not None)
        kind = counts.most_common(1)[0][0] if counts else "names"
        return "indices" if kind == "one-hot" and (self.are_numbers or not self._are_one_hot()) else kind

    def _are_one_hot(self) -> bool:
        lists = [value for value in self.values if isinstance(value, list)]
        widths = Counter(map(len, lists))
        n_beyond = sum(any(is_number(one) and one > 1 for one in value) for value in lists)
        is_one_width = widths.most_common(1)[0][1] >= _SAME_WIDTH * len(lists)
        return is_one_width and widths.most_common(1)[0][0] > 1 and n_beyond <= len(lists) / 2


def checked(rows: LabelRows, name: str) -> LabelRows:
    """The rows, once they are found to be neither too many nor too long nor too deep. Raises LayoutError."""
    check_rows(len(rows.keys), name)
    columns = [rows.keys, rows.values, rows.split or (), rows.source_url or (), rows.licence or ()]
    longest = max((len(cell) for column in columns for cell in column if isinstance(cell, str)), default=0)
    if longest > MAX_CELL_CHARACTERS:
        raise LayoutError(
            f"{name} holds a text of {longest:,} characters; what a label file says of a picture may have "
            f"{MAX_CELL_CHARACTERS:,}."
        )
    if not all(_is_shallow(value, MAX_DEPTH) for value in rows.values if isinstance(value, list | dict)):
        raise LayoutError(f"{name} holds lists in lists, more than {MAX_DEPTH} deep: those are no labels.")
    return rows


def one_row_a_picture(rows: LabelRows) -> LabelRows:
    """Rows of which several may speak of one picture, as one row with all its labels; one label stays no list."""
    together: dict[str, dict[Any, None]] = {}
    first: dict[str, int] = {}
    for number, (key, value) in enumerate(zip(rows.keys, rows.values, strict=True)):
        first.setdefault(key, number)
        said = together.setdefault(key, {})
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                said[one if isinstance(one, str | int | float) else str(one)] = None
    several = any(len(said) > 1 for said in together.values())
    values: list[Any] = [list(said) if several and said else next(iter(said), None) for said in together.values()]
    kept = list(first.values())

    def of_kept(column: list[Any] | None) -> list[Any] | None:
        return None if column is None else [column[number] for number in kept]

    return LabelRows(
        keys=list(together),
        values=values,
        split=of_kept(rows.split),
        source_url=of_kept(rows.source_url),
        licence=of_kept(rows.licence),
        names=rows.names,
        problems=rows.problems,
        said=rows.said,
        n_boxes=rows.n_boxes,
    )


def n_contradicted(rows: LabelRows) -> tuple[int, int]:
    """How many keys have rows with different labels, and how many keys there are."""
    said: dict[str, Any] = {}
    contradicted: set[str] = set()
    for key, value in zip(rows.keys, rows.values, strict=True):
        if said.setdefault(key, value) != value:
            contradicted.add(key)
    return len(contradicted), len(said)


def value_kind(value: Any) -> str:
    """What a value looks like: one-hot, index, names or name-lists."""
    if isinstance(value, str):
        return "names"
    if isinstance(value, list):
        return "name-lists" if value and all(isinstance(one, str) for one in value) else "one-hot"
    if is_number(value) and value == int(value):
        return "index"
    return "names"


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, and no yes or no."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def text_or_none(cell: Any) -> str | None:
    """A cell as text, None for an empty one."""
    return None if cell is None or str(cell).strip() == "" else str(cell).strip()


def distinct(values: Sequence[Any]) -> list[str]:
    """The different labels that values say, as texts, in the order in which they come."""
    seen: dict[str, None] = {}
    for value in values:
        for one in value if isinstance(value, list) else (value,):
            if one is not None and not isinstance(one, list | dict):
                seen[str(one)] = None
    return list(seen)


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    parts = value if isinstance(value, list) else value.values()
    return depth > 0 and all(_is_shallow(part, depth - 1) for part in parts if isinstance(part, list | dict))
