"""The rows of a label file in one shape, whatever the file is; and how the columns of people's tables are called."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from importers.label_limits import MAX_CELL_CHARACTERS, MAX_DEPTH, check_rows
from importers.types import LayoutError, Problem

# What the columns of people's tables are called, best known first; compared without case.
HEADERS: dict[str, Sequence[str]] = {
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
_WHOLE = re.compile(r"[+-]?\d{1,18}(\.0+)?")  # more digits are a name: no class has such a number


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

    @cached_property
    def kind(self) -> str:
        """What most values are: coco, one-hot, index, names (one class) or name-lists."""
        if self.coco:
            return "coco"
        counts = Counter(value_kind(value) for value in self.values if value is not None)
        return counts.most_common(1)[0][0] if counts else "names"


def roles_of(header: Sequence[str]) -> dict[str, int]:
    """The number of the column for each role (path, label, split, source_url, licence) that a header has one for."""
    headings = [heading(cell) for cell in header]
    found = {
        role: next((headings.index(name) for name in names if name in headings), None)
        for role, names in HEADERS.items()
    }
    return {role: column for role, column in found.items() if column is not None}


def require_roles(header: Sequence[str], name: str) -> dict[str, int]:
    """The columns for each role. Raises LayoutError where there is none for the path or the label."""
    at = roles_of(header)
    if "path" in at and "label" in at:
        return at
    missing = "label" if "path" in at else "path"
    raise LayoutError(
        f"{name} has no {missing} column. Its columns are {', '.join(map(str, header[:100]))!s:.300}; "
        f"a {missing} column may be called {', '.join(HEADERS[missing][:6])}."
    )


def from_columns(header: Sequence[str], cells: Callable[[int], list[Any]], name: str) -> LabelRows:
    """Pick the columns by their headings. cells: column number -> list of the column's cells.

    Raises LayoutError without a column for the path or the label, and where rows or cells are too many, long or deep.
    """
    at = require_roles(header, name)
    is_multi = heading(header[at["label"]]) in _MULTI_HEADERS
    keys = ["" if cell is None else str(cell) for cell in cells(at["path"])]

    def optional(role: str) -> list[str | None] | None:
        return [_text_or_none(cell) for cell in cells(at[role])] if role in at else None

    rows = LabelRows(
        keys=keys,
        values=_typed(cells(at["label"]), is_multi),
        split=optional("split"),
        source_url=optional("source_url"),
        licence=optional("licence"),
    )
    return checked(rows, name)


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


def heading(cell: Any) -> str:
    """A column's heading as it is compared."""
    return re.sub(r"[\s-]+", "_", str(cell).strip().lower())


def _is_shallow(value: Any, depth: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    parts = value if isinstance(value, list) else value.values()
    return depth > 0 and all(_is_shallow(part, depth - 1) for part in parts if isinstance(part, list | dict))


def _text_or_none(cell: Any) -> str | None:
    return None if cell is None or str(cell).strip() == "" else str(cell).strip()


def _typed(cells: list[Any], is_multi: bool) -> list[Any]:
    """Label cells as they are meant: whole numbers if all are, lists where the heading says so, else text."""
    texts = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    texts = [None if text != text else text for text in texts]  # NaN: an empty cell of a column of floats
    given = [text for text in texts if text not in (None, "")]
    if given and all(isinstance(text, str) and _WHOLE.fullmatch(text) for text in given):
        return [int(text.partition(".")[0]) if text not in (None, "") else None for text in texts]
    if is_multi and any(isinstance(text, str) and re.search(r"[|;,]", text) for text in given):
        return [_names(text) if isinstance(text, str) else text for text in texts]
    return [None if text == "" else text for text in texts]


def _names(text: str) -> list[str]:
    return [name.strip() for name in re.split(r"[|;,]", text) if name.strip()]
