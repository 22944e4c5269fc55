"""Which column of a table says what: by its heading where that is known, else by what stands in it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from importers.hints import Hints
from importers.keys import FileIndex
from importers.listing import PICTURE_ENDINGS
from importers.split_words import split_word
from importers.types import LayoutError

# What the columns of people's tables are called, best known first; compared without case.
HEADERS: dict[str, Sequence[str]] = {
    "path": (
        *("path", "file", "filename", "file_name", "fname", "filepath", "file_path", "image", "image_path", "img_path"),
        *("image_file", "imagepath", "image_name", "image_filename", "img", "img_name", "image_id", "img_id", "id"),
        *("key", "name", "picture", "photo", "relative_path", "full_path"),
    ),
    "label": (
        *("label", "labels", "class", "classes", "class_name", "classname", "category", "categories", "target", "tag"),
        *("tags", "species", "category_name", "label_name", "class_label", "label_text", "class_id", "label_id"),
        *("category_id", "choice", "choices", "y"),
    ),
    "split": ("split", "set", "subset", "partition", "phase", "usage", "fold"),
    "source_url": ("source_url", "url", "image_url", "img_url", "original_url", "link", "coco_url", "source"),
    "licence": ("licence", "license", "license_name", "licence_name", "rights"),
}
_YES_MEANS = {
    **dict.fromkeys(("is_valid", "is_val", "is_validation", "valid", "validation"), "val"),
    **dict.fromkeys(("is_test", "is_testing", "is_holdout"), "test"),
    **dict.fromkeys(("is_train", "is_training"), "train"),
}
_MULTI_HEADERS = frozenset(("labels", "classes", "categories", "tags"))
_WEAK_LABELS = frozenset(("y",))  # as often half of a point
_BOXES = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
    ("bbox",),
    ("bbox_x", "bbox_y", "bbox_width", "bbox_height"),
    ("x", "y", "width", "height"),
    ("x", "y", "w", "h"),
)
_CORNERS = 4  # so many of these are corners
_MOST_SEEN = 50  # columns that are looked into
_MOST_OFFERED = 4  # columns that are offered as labels
_YES_NO = frozenset(("0", "1", "true", "false", "yes", "no", "t", "f", "y", "n", "0.0", "1.0"))
_FRACTION = re.compile(r"[+-]?\d*\.\d*[1-9]\d*([eE][+-]?\d+)?|[+-]?(nan|inf)", re.IGNORECASE)
YES = frozenset(("1", "true", "yes", "t", "y", "1.0"))


@dataclass(frozen=True)
class Roles:
    """The number of the column for each role. labels: those that may be the label, likeliest first.

    one_hot: a column a class, in place of labels. yes_means: the split of a picture whose split column says yes.
    objects: a row is an object, so that a picture may have several. said: what was guessed.
    """

    path: int
    labels: tuple[int, ...] = ()
    one_hot: tuple[int, ...] = ()
    split: int | None = None
    yes_means: str = ""
    source_url: int | None = None
    licence: int | None = None
    objects: bool = False
    said: str = ""

    @property
    def wanted(self) -> list[int]:
        """The columns that must be read."""
        others = (column for column in (self.split, self.source_url, self.licence) if column is not None)
        return sorted({self.path, *self.labels, *self.one_hot, *others})


class NoLabelColumn(LayoutError):
    """A table that names pictures and says nothing of their classes. roles: what it does say."""

    def __init__(self, sentence: str, *, roles: Roles) -> None:
        super().__init__(sentence)
        self.roles = roles


def heading(cell: Any) -> str:
    """A column's heading as it is compared: ClassId and "class id" are class_id."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(cell).strip().strip("\ufeff"))
    return re.sub(r"\W+", "_", text.lower()).strip("_")


def is_multi(cell: Any) -> bool:
    """Whether a heading speaks of several labels."""
    return heading(cell) in _MULTI_HEADERS


def knows(cells: Sequence[Any]) -> set[str]:
    """The roles (path, label, split, source_url, licence) that a row of headings has a known heading for."""
    headings = {heading(cell) for cell in cells}
    return {role for role, names in HEADERS.items() if headings & set(names)}


def is_header(row: Sequence[Any], following: Sequence[Sequence[Any]], index: FileIndex | None) -> bool:
    """Whether a table's first row names its columns, rather than a picture and its label."""
    known = knows(row)
    if index is None:
        return bool(known) or len(row) != 2
    column = _best_path(following or [row], index, len(row))
    if column is not None and following:
        cell = row[column] if column < len(row) else ""
        return not (_finds(index, cell) or _looks_like_path(cell))
    if column is None:  # nothing in it is a picture, or it has one row
        return bool(known) or not any(_is_number(cell) for cell in row)
    return not _finds(index, row[column])


def find_roles(
    header: Sequence[str], sample: Sequence[Sequence[Any]], index: FileIndex | None, hints: Hints, name: str
) -> Roles:
    """The columns for each role. header: headings, or numbers from 1 where there are none. sample: the first rows.

    Raises LayoutError where nothing names pictures or classes, NoLabelColumn where only classes are missing.
    """
    headings = [heading(cell) for cell in header]
    columns = _Columns(headings, sample)
    path = _hinted(hints.path, header) if hints.path else _path(columns, index)
    if path is None:
        raise LayoutError(_missing("path", header, name))
    roles = _optional(Roles(path), columns, hints, header)
    roles = replace(
        roles, objects=any(set(boxes) <= set(headings) for boxes in _BOXES) or _has_numbers_between(columns, path)
    )
    if hints.label:
        return replace(roles, labels=(_hinted(hints.label, header),))
    roles = _labels(roles, columns)
    if not roles.labels and not roles.one_hot:
        raise NoLabelColumn(_missing("label", header, name), roles=roles)
    return roles


class _Columns:
    """A table's headings and its first rows, column by column."""

    def __init__(self, headings: Sequence[str], sample: Sequence[Sequence[Any]]) -> None:
        self.headings, self._sample = list(headings), sample

    def cells(self, column: int) -> list[Any]:
        """What stands in a column, without what is empty."""
        cells = [row[column] for row in self._sample if column < len(row)]
        return [cell for cell in cells if cell is not None and cell == cell and str(cell).strip() != ""]

    def texts(self, column: int) -> list[str]:
        return [str(cell).strip() for cell in self.cells(column)]

    def named(self, role: str) -> list[int]:
        """The columns with a heading that is known for a role, best known first."""
        return [self.headings.index(name) for name in HEADERS[role] if name in self.headings]

    @property
    def n_rows(self) -> int:
        return len(self._sample)


def _path(columns: _Columns, index: FileIndex | None) -> int | None:
    named = columns.named("path")
    if index is None or not columns.n_rows:
        return named[0] if named else None
    shares = {column: _share(columns.cells(column), index) for column in named}
    if shares and max(shares.values()) > 0.5:
        return max(named, key=lambda column: (round(shares[column], 1), -named.index(column)))
    others = {
        column: _share(columns.cells(column), index)
        for column in range(min(len(columns.headings), _MOST_SEEN))
        if column not in shares
    }
    best = max(others, key=lambda column: (others[column], -column), default=None)
    if best is not None and others[best] > max(shares.values(), default=0.0):
        return best
    return max(named, key=lambda column: (shares[column], -named.index(column))) if named else None


def _optional(roles: Roles, columns: _Columns, hints: Hints, header: Sequence[str]) -> Roles:
    """Split, source and licence, where there are columns that say them."""
    split = (
        _hinted(hints.split, header) if hints.split else next(filter(_is_split(columns), columns.named("split")), None)
    )
    yes_means = _YES_MEANS.get(columns.headings[split], "") if split is not None else ""
    if split is None:
        split = next(
            (at for at, name in enumerate(columns.headings) if name in _YES_MEANS and _is_yes_no(columns, at)), None
        )
        yes_means = _YES_MEANS[columns.headings[split]] if split is not None else ""
    source = next((column for column in columns.named("source_url") if _are_addresses(columns.texts(column))), None)
    licence = next(iter(columns.named("licence")), None)
    split, source, licence = (None if column == roles.path else column for column in (split, source, licence))
    return replace(roles, split=split, yes_means=yes_means, source_url=source, licence=licence)


def _is_split(columns: _Columns) -> Callable[[int], bool]:
    """A fold of a cross-validation is a number, and no split."""

    def is_split(column: int) -> bool:
        texts = set(columns.texts(column))
        return columns.headings[column] != "fold" or (bool(texts) and all(map(split_word, texts)))

    return is_split


def _labels(roles: Roles, columns: _Columns) -> Roles:
    """The columns that may be the label: those with a known heading, else those that a person would take for it."""
    taken = {roles.path, roles.split, roles.source_url, roles.licence}
    named = [column for column in columns.named("label") if column not in taken]
    named += [at for at in range(len(columns.headings)) if at not in (*taken, *named) and _are_annotations(columns, at)]
    weak = [column for column in named if columns.headings[column] in _WEAK_LABELS]
    strong = _different(
        [column for column in named if column not in weak and (columns.cells(column) or not columns.n_rows)], columns
    )
    if strong:
        return replace(roles, labels=tuple(strong[:_MOST_OFFERED]))
    unknown = [
        at for at in range(min(len(columns.headings), _MOST_SEEN)) if at not in taken and not _is_known(columns, at)
    ]
    one_hot = [
        at for at in range(len(columns.headings)) if at not in taken and at not in weak and _is_yes_no(columns, at)
    ]
    if len(one_hot) > 1 and _are_one_hot(columns, one_hot):
        said = f"The columns {_few([columns.headings[at] for at in one_hot])} are taken for classes: they hold 0 and 1."
        return replace(roles, one_hot=tuple(one_hot), said=said)
    likely = [column for column in unknown if _may_be_label(columns, column)]
    likely.sort(key=lambda column: (_is_numeric(columns, column), len(set(columns.texts(column))) == 1, column))
    if roles.objects and likely:
        texts = [column for column in likely if not _is_numeric(columns, column)]
        likely = texts or likely[-1:]
    likely = _different(likely, columns) + weak
    said = f"The column {columns.headings[likely[0]]} is taken for the label." if likely else ""
    return replace(roles, labels=tuple(likely[:_MOST_OFFERED]), said=said)


def _are_annotations(columns: _Columns, column: int) -> bool:
    """Whether a column's cells are annotations in JSON, as Label Studio's tables have them."""
    texts = [text for text in columns.texts(column) if text != "[]"] if column < _MOST_SEEN else []
    are_json = all(text.startswith(("[{", "{")) for text in texts)
    return bool(texts) and are_json and all("labels" in text or "choices" in text for text in texts)


@dataclass(frozen=True)
class BoxColumns:
    """The columns with an object's place: four of its corners or sides, or one with all four as a list.

    corners: they are left, top, right, bottom, else left, top, width, height. size: those of the picture's sides.
    """

    columns: tuple[int, ...]
    corners: bool
    size: tuple[int, int] | None = None


def box_columns(header: Sequence[Any], sample: Sequence[Sequence[Any]], *, path: int) -> BoxColumns | None:
    """The columns of a table that say where an object is; None without."""
    headings = [heading(cell) for cell in header]
    for number, names in enumerate(_BOXES):
        if set(names) <= set(headings):
            at = tuple(headings.index(name) for name in names)
            is_size = not {"width", "height"} & set(names) and {"width", "height"} <= set(headings)
            size = (headings.index("width"), headings.index("height")) if is_size else None
            return BoxColumns(at, number < _CORNERS, size)
    columns = _Columns(headings, sample)
    if _has_numbers_between(columns, path):
        numeric = [at for at in range(len(headings)) if at != path and _is_numeric(columns, at)]
        return BoxColumns(tuple(numeric[:4]), corners=True)
    return None


def _different(candidates: list[int], columns: _Columns) -> list[int]:
    """The columns that do not say the same in other words; of two that do, names go before numbers."""
    kept: list[int] = []
    for column in candidates:
        for place, other in enumerate(kept):
            if _same_parts(columns.texts(column), columns.texts(other)):
                if _is_numeric(columns, other) and not _is_numeric(columns, column):
                    kept[place] = column
                break
        else:
            kept.append(column)
    return kept


def _same_parts(one: Sequence[str], two: Sequence[str]) -> bool:
    if len(one) != len(two) or not one:
        return False
    pairs = set(zip(one, two, strict=True))
    return len(pairs) == len(set(one)) == len(set(two))


def _is_known(columns: _Columns, column: int) -> bool:
    name = columns.headings[column]
    in_box = any(name in boxes for boxes in _BOXES if set(boxes) <= set(columns.headings))
    return in_box or any(name in names for role, names in HEADERS.items() if role != "label")


def _may_be_label(columns: _Columns, column: int) -> bool:
    """Whether a column without a known heading may be the label: few different texts or whole numbers."""
    texts = columns.texts(column)
    n_different = len(set(texts))
    if not texts or any(map(_FRACTION.fullmatch, texts)) or _are_addresses(texts):
        return False
    return n_different <= len(texts) / 2 or (len(texts) <= 10 and not _is_numeric(columns, column))


def _is_numeric(columns: _Columns, column: int) -> bool:
    texts = columns.texts(column)
    return bool(texts) and all(map(_is_number, texts))


def _is_number(cell: Any) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", str(cell).strip()))


def _is_yes_no(columns: _Columns, column: int) -> bool:
    texts = {text.lower() for text in columns.texts(column)}
    return bool(texts) and texts <= _YES_NO


def _are_one_hot(columns: _Columns, one_hot: Sequence[int]) -> bool:
    """Whether most rows say yes somewhere, so that the columns are classes and not remarks."""
    cells = [columns.texts(column) for column in one_hot]
    if len({len(column) for column in cells}) > 1:
        return False
    rows = zip(*cells, strict=True)
    some = [any(text.lower() in YES for text in row) for row in rows]
    return sum(some) > 0.5 * len(some)


def _has_numbers_between(columns: _Columns, path: int) -> bool:
    """Whether a table without headings has four numbers a row, as boxes do."""
    if not all(name.isdecimal() for name in columns.headings):
        return False
    return sum(_is_numeric(columns, at) for at in range(len(columns.headings)) if at != path) >= 4


def _are_addresses(texts: Sequence[str]) -> bool:
    n = sum(bool(re.match(r"(https?|ftp|s3|gs)://|www\.", text, re.IGNORECASE)) for text in texts)
    return bool(texts) and n > 0.5 * len(texts)


def _best_path(rows: Sequence[Sequence[Any]], index: FileIndex, width: int) -> int | None:
    shares = {at: _share([row[at] for row in rows if at < len(row)], index) for at in range(min(width, _MOST_SEEN))}
    best = max(shares, key=lambda at: (shares[at], -at), default=None)
    return best if best is not None and shares[best] > 0 else None


def _share(cells: Sequence[Any], index: FileIndex) -> float:
    return sum(_finds(index, cell) for cell in cells) / max(1, len(cells))


def _finds(index: FileIndex, cell: Any) -> bool:
    return isinstance(cell, str | int) and not isinstance(cell, bool) and index.find(str(cell)) != "missing-file"


def _looks_like_path(cell: Any) -> bool:
    return isinstance(cell, str) and f".{cell.strip().rpartition('.')[2].lower()}" in PICTURE_ENDINGS


def _hinted(said: str, header: Sequence[str]) -> int:
    """The column that was named by hand: by its heading, or by its number from 1."""
    names = [str(cell).strip() for cell in header]
    for known, wanted in ((names, said), ([heading(name) for name in names], heading(said))):
        if wanted in known:
            return known.index(wanted)
    if said.isdecimal() and 0 < int(said) <= len(names):
        return int(said) - 1
    raise LayoutError(f"There is no column {said!r:.100}. There are: {', '.join(names[:100])!s:.300}.")


def _missing(role: str, header: Sequence[str], name: str) -> str:
    return (
        f"{name} has no {role} column. Its columns are {', '.join(map(str, header[:100]))!s:.300}; "
        f"a {role} column may be called {', '.join(HEADERS[role][:6])}."
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
