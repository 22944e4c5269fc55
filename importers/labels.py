"""From the rows of a label file to a label for each picture, or a reason why there is none."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from analytics.wording import count
from importers.folders import sort_names, split_word, splits_by_folder
from importers.keys import FileIndex, composed, storable
from importers.label_rows import LabelRows, is_number, value_kind
from importers.listing import looks_like_picture
from importers.problems import Problems
from importers.types import Labelling, LayoutError, Problem

MULTI_SHARE = 0.05  # more rows than this with several ones: a multi-label dataset, not mistakes
MAX_INDEX = 100_000


def label_kind(rows: LabelRows) -> str:
    """Say what most values of a label file are: coco, one-hot, index, names (one class) or name-lists."""
    return rows.kind


def assign_labels(
    rows: LabelRows, paths: Sequence[str], *, class_names: Sequence[str] | None, file_name: str
) -> Labelling:
    """Give each path its label; each row that gives none, and each picture without one, is a problem.

    class_names: the names of the indices, if known. Raises LayoutError when no row means any of the paths,
    or the names don't fit the rows.
    """
    reader = _reader(rows, class_names, file_name)
    taken: list[Any] = [None] * len(paths)
    row_of: list[int | None] = [None] * len(paths)
    problems = Problems(rows.problems)
    reported: set[int] = set()
    repeated: Counter[tuple[str, int]] = Counter()
    files = FileIndex(paths)
    for row, (key, value) in enumerate(zip(rows.keys, rows.values, strict=True)):
        number = files.find(key)
        if isinstance(number, str):
            problems.add(_not_found(key, number, value))
            continue
        first = row_of[number]
        if first is not None:
            reported.add(number)
            if rows.values[first] == value:
                repeated[key, first] += 1
            else:
                problems.add(_listed_again(key, rows.values[first], value))
                taken[number] = None
            continue
        row_of[number] = row
        taken[number] = reader.read(key, value, problems)
        if taken[number] is None:
            reported.add(number)
    if all(row is None for row in row_of):
        first_key, first_path = (next(iter(names), "none") for names in (rows.keys, paths))
        raise LayoutError(
            f"None of the {count(len(rows.keys), 'key')} in {file_name} is a file here: the first key is "
            f"{first_key!r:.200}, the first of {count(len(paths), 'file')} {first_path!r:.200}."
        )
    for (key, first), n in repeated.items():
        problems.add(_listed_again(key, rows.values[first], rows.values[first]), n=n)
    without = _without_labels(paths, taken, reported)
    return _labelling(reader, rows, paths, taken, row_of, [*problems.all(), *without])


class _Reader:
    """Turns the values of one label file into indices. multi: values become lists of indices."""

    def __init__(self, kind: str, multi: bool, class_names: tuple[str, ...], n_ones: int) -> None:
        self.kind, self.multi, self.class_names, self._n_wide = kind, multi, class_names, n_ones
        self._index = {name: index for index, name in enumerate(class_names)}

    def read(self, key: str, value: Any, problems: Problems) -> int | list[int] | None:
        """Give a value's index, or list of indices; None, with a problem, where it says no class."""
        problem = self._mistake(value)
        if problem is None:
            indices = self._indices(value)
            return indices if self.multi else indices[0]
        problems.add(Problem(key, problem[0], problem[1], _as_text(value)))
        return None

    def _indices(self, value: Any) -> list[int]:
        if self.kind == "coco":
            return sorted(value)
        if self.kind == "one-hot":
            return [index for index, one in enumerate(value) if one == 1]
        values = value if isinstance(value, list) else [value]
        if self.kind == "index":
            return sorted({int(one) for one in values})
        return sorted({self._index[composed(str(one))] for one in values})

    def _mistake(self, value: Any) -> tuple[str, str] | None:
        if value is None or value == "":
            return "no-label", "The label is empty."
        if self.kind == "coco":
            return None if value or self.multi else ("no-label", "The file lists this picture without any category.")
        if self.kind == "one-hot":
            return self._one_hot_mistake(value)
        values = value if isinstance(value, list) and self.multi else [value]
        if self.kind == "index":
            return next(filter(None, map(self._index_mistake, values)), None)
        return next(filter(None, map(self._name_mistake, values)), None)

    def _one_hot_mistake(self, value: Any) -> tuple[str, str] | None:
        if not isinstance(value, list):
            return "wrong-type", f"The label is no list of {self._n_wide} numbers."
        if any(not is_number(one) for one in value):
            return "not-a-number", "The list holds something that is not a number."
        if len(value) != self._n_wide:
            return "wrong-length", f"The list has {len(value)} numbers instead of {self._n_wide}."
        if any(one not in (0, 1) for one in value):
            return "not-one-hot", "The list holds numbers other than 0 and 1."
        n_ones = value.count(1)
        if self.multi or n_ones == 1:
            return None
        return (
            ("several-ones", f"The list has {n_ones} ones: which class is meant?")
            if n_ones
            else (
                "no-ones",
                "The list has no one in it, so it names no class.",
            )
        )

    def _index_mistake(self, value: Any) -> tuple[str, str] | None:
        if not is_number(value) or value != int(value):
            return "not-a-number", "The label is no whole number, as the other labels are."
        if not 0 <= value < len(self.class_names):
            return (
                "out-of-range",
                f"There is no class {int(value)}: the classes are 0 to {len(self.class_names) - 1}.",
            )
        return None

    def _name_mistake(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, list | dict):
            return "wrong-type", "The label is no text, as the other labels are."
        if composed(str(value)) not in self._index:
            return "unknown-class", "The label is none of the class names that were given."
        return None


def _reader(rows: LabelRows, class_names: Sequence[str] | None, file_name: str) -> _Reader:
    kind = label_kind(rows)
    if kind == "coco":
        multi = any(len(value) > 1 for value in rows.values)
        return _Reader(kind, multi, rows.class_names, 0)
    if kind == "one-hot":
        return _one_hot_reader(rows, class_names, file_name)
    if kind == "index":
        n_classes = len(class_names) if class_names else _n_indices(rows.values)
        if n_classes is not None:
            return _Reader(kind, False, tuple(class_names or map(str, range(n_classes))), 0)
    multi = kind == "name-lists"
    names = {composed(str(one)) for value in rows.values for one in _scalars(value, multi)}
    return _Reader("names", multi, tuple(map(composed, class_names)) if class_names else tuple(sort_names(names)), 0)


def _one_hot_reader(rows: LabelRows, class_names: Sequence[str] | None, file_name: str) -> _Reader:
    vectors = [value for value in rows.values if value_kind(value) == "one-hot"]
    n_wide = Counter(map(len, vectors)).most_common(1)[0][0]
    if class_names and len(class_names) != n_wide:
        raise LayoutError(
            f"{len(class_names)} class names were given, but the rows of {file_name} have {n_wide} columns."
        )
    n_several = sum(value.count(1) > 1 for value in vectors)
    multi = n_several > MULTI_SHARE * len(vectors)
    return _Reader("one-hot", multi, tuple(class_names or map(str, range(n_wide))), n_wide)


def _n_indices(values: Iterable[Any]) -> int | None:
    """How many classes indices mean; None when they are too scattered to be indices (year numbers, say)."""
    used = {int(value) for value in values if is_number(value) and value == int(value) and value >= 0}
    highest = max(used, default=0)
    return highest + 1 if highest < MAX_INDEX and highest < 2 * len(used) + 8 else None


def _labelling(
    reader: _Reader,
    rows: LabelRows,
    paths: Sequence[str],
    taken: list[Any],
    row_of: list[int | None],
    problems: list[Problem],
) -> Labelling:
    nothing: list[None] = [None] * len(paths)
    split = _column(rows.split, row_of)
    if rows.split is None:
        split = splits_by_folder(paths)
    else:
        names = {name for name in split if name is not None}
        canonical = {name: split_word(name) or name for name in names}
        if len(set(canonical.values())) == len(names):
            split = [None if name is None else canonical[name] for name in split]
    return Labelling(
        task="multi" if reader.multi else "single",
        class_names=reader.class_names,
        label=nothing if reader.multi else taken,
        labels=taken if reader.multi else nothing,
        split=split,
        source_url=_column(rows.source_url, row_of),
        licence=_column(rows.licence, row_of),
        problems=problems,
    )


def _column(cells: list[str | None] | None, row_of: list[int | None]) -> list[str | None]:
    if cells is None:
        return [None] * len(row_of)
    values = [None if row is None else cells[row] for row in row_of]
    return [storable(value) if isinstance(value, str) else None for value in values]


def _not_found(key: str, code: str, value: Any) -> Problem:
    if code == "missing-file":
        return Problem(key, code, "There is no such file in the folder.", _as_text(value))
    return Problem(key, code, "Several files could be meant; write the path instead of the name.", _as_text(value))


def _listed_again(key: str, first: Any, second: Any) -> Problem:
    if first == second:
        return Problem(key, "repeated-key", "Listed more than once, each time with the same label.", _as_text(second))
    both = f"{_as_text(first)} | {_as_text(second)}"
    return Problem(key, "duplicate-key", "Listed more than once with different labels, so none was taken.", both)


def _without_labels(paths: Sequence[str], taken: list[Any], reported: set[int]) -> list[Problem]:
    reason = "The label file says nothing about this picture."
    return [
        Problem(path, "no-label", reason)
        for number, path in enumerate(paths)
        if taken[number] is None and number not in reported and looks_like_picture(path)
    ]


def _scalars(value: Any, multi: bool) -> list[Any]:
    values = value if multi and isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "") and not isinstance(one, list | dict)]


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        value = value[:200]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text[:200]
