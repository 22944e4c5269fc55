"""From the rows of a label file to a label for each picture, or a reason why there is none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.wording import count
from importers.folders import sort_names, splits_by_folder
from importers.keys import composed, storable
from importers.label_rows import LabelRows, is_number, value_kind
from importers.listing import looks_like_picture
from importers.matching import as_text, matched_rows
from importers.problems import Problems
from importers.split_words import split_word
from importers.types import Labelling, LayoutError, Problem

MULTI_SHARE = 0.05  # more rows than this with several ones: a multi-label dataset, not mistakes
MAX_INDEX = 100_000


@dataclass(frozen=True)
class Names:
    """Class names that are known before the labels. numbers: those that labels use for them; None: from `first` on."""

    names: tuple[str, ...]
    numbers: tuple[int, ...] | None = None


def label_kind(rows: LabelRows) -> str:
    """Say what most values of a label file are: coco, one-hot, index, indices, names (one class) or name-lists."""
    return rows.kind


def counted_from(rows: LabelRows, n_names: int) -> tuple[int, ...]:
    """From which numbers a file's whole numbers may count classes of which there are so many, the likelier first."""
    used = _numbers_used(rows)
    if not used or min(used) < 1 or max(used) > n_names:
        return (0,)
    return (1,) if max(used) == n_names else (0, 1)


def assign_labels(
    rows: LabelRows, paths: Sequence[str], *, names: Names | None, file_name: str, first: int | None = None
) -> Labelling:
    """Give each path its label; each row that gives none, and each picture without one, is a problem.

    names: the names of the classes, if known. first: the number of the first, where labels are numbers. Raises
    LayoutError when no row means any of the paths, or the names don't fit the rows.
    """
    reader = _reader(rows, names, file_name, first)
    problems = Problems(rows.problems)
    matches = matched_rows(rows, paths, problems)
    taken: list[Any] = [None] * len(paths)
    row_of: list[int | None] = [None] * len(paths)
    reported: set[int] = set()
    repeated: Counter[tuple[str, int]] = Counter()
    for row, (key, value) in enumerate(zip(rows.keys, rows.values, strict=True)):
        number = matches.number_of[row]
        if number is None:
            continue
        before = row_of[number]
        if before is not None:
            reported.add(number)
            if rows.values[before] == value:
                repeated[key, before] += 1
            else:
                problems.add(_listed_again(key, rows.values[before], value))
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
    for (key, before), n in repeated.items():
        problems.add(_listed_again(key, rows.values[before], rows.values[before]), n=n)
    without = _without_labels(paths, taken, reported)
    labelling = _labelling(reader, rows, paths, taken, row_of, [*problems.all(), *without])
    return replace(labelling, said=(*rows.said, *reader.said, matches.in_words(file_name)))


def with_splits(labelling: Labelling, paths: Sequence[str], *, rows: LabelRows, file_name: str) -> Labelling:
    """The labelling with the splits that a file of splits says; pictures of which it says none keep theirs."""
    matches = matched_rows(rows, paths, Problems())
    said = [split_word(name) or name if name else None for name in rows.split or ()]
    split = list(labelling.split)
    for row, number in enumerate(matches.number_of):
        if number is not None and said[row] is not None:
            split[number] = storable(str(said[row]))
    words = f"Splits from {matches.in_words(file_name)}"
    return replace(labelling, split=split, said=(*labelling.said, words))


class _Reader:
    """Turns the values of one label file into indices. multi: values become lists of indices."""

    def __init__(
        self,
        kind: str,
        multi: bool,
        class_names: tuple[str, ...],
        *,
        n_ones: int = 0,
        numbers: Sequence[int] = (),
        said: str = "",
    ) -> None:
        self.kind, self.multi, self.class_names, self._n_wide = kind, multi, class_names, n_ones
        self._index = {name: index for index, name in enumerate(class_names)}
        self._place = {number: place for place, number in enumerate(numbers)}
        self.said = (said,) if said else ()

    def read(self, key: str, value: Any, problems: Problems) -> int | list[int] | None:
        """Give a value's index, or list of indices; None, with a problem, where it says no class."""
        problem = self._mistake(value)
        if problem is None:
            indices = self._indices(value)
            return indices if self.multi else indices[0]
        problems.add(Problem(key, problem[0], problem[1], as_text(value)))
        return None

    def _indices(self, value: Any) -> list[int]:
        if self.kind == "coco":
            return sorted(value)
        if self.kind == "one-hot":
            return [index for index, one in enumerate(value) if one == 1]
        values = value if isinstance(value, list) else [value]
        if self.kind == "index":
            return sorted({self._place[int(one)] for one in values})
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
        if int(value) in self._place:
            return None
        numbers = sorted(self._place)
        are_all = numbers == list(range(numbers[0], numbers[-1] + 1))
        which = f"{numbers[0]} to {numbers[-1]}" if are_all else ", ".join(map(str, numbers[:10]))
        return "out-of-range", f"There is no class {int(value)}: the classes are {which}."

    def _name_mistake(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, list | dict):
            return "wrong-type", "The label is no text, as the other labels are."
        if composed(str(value)) not in self._index:
            return "unknown-class", "The label is none of the class names that were given."
        return None


def _reader(rows: LabelRows, names: Names | None, file_name: str, first: int | None) -> _Reader:
    kind = label_kind(rows)
    if kind == "coco":
        multi = any(value is not None and len(value) > 1 for value in rows.values)
        return _Reader(kind, multi, rows.class_names)
    if kind == "one-hot":
        return _one_hot_reader(rows, names, file_name)
    if kind in ("index", "indices"):
        found = _index_reader(rows, names, first)
        if found is not None:
            return found
    multi = kind in ("name-lists", "indices")
    said = {composed(str(one)) for value in rows.values for one in _scalars(value, multi)}
    return _Reader("names", multi, tuple(map(composed, names.names)) if names else tuple(sort_names(said)))


def _index_reader(rows: LabelRows, names: Names | None, first: int | None) -> _Reader | None:
    """The reader of whole numbers; None where they are too scattered to count classes (year numbers, say)."""
    multi = rows.kind == "indices"
    if names is None and rows.names:
        names = Names(rows.names)
    if names is not None:
        numbers = names.numbers
        said = ""
        if numbers is None:
            start = first if first is not None else counted_from(rows, len(names.names))[0]
            numbers = tuple(range(start, start + len(names.names)))
            said = f"Classes are counted from {start}: {start} is {names.names[0]}." if start else ""
        return _Reader("index", multi, names.names, numbers=numbers, said=said)
    used = _numbers_used(rows)
    if not _are_indices(used):
        return None
    numbers = tuple(sorted(number for number in used if number >= 0))
    return _Reader("index", multi, tuple(map(str, numbers)), numbers=numbers)


def _one_hot_reader(rows: LabelRows, names: Names | None, file_name: str) -> _Reader:
    vectors = [value for value in rows.values if value_kind(value) == "one-hot"]
    n_wide = Counter(map(len, vectors)).most_common(1)[0][0]
    if names and len(names.names) != n_wide:
        raise LayoutError(
            f"{len(names.names)} class names were given, but the rows of {file_name} have {n_wide} columns."
        )
    n_several = sum(value.count(1) > 1 for value in vectors)
    multi = n_several > MULTI_SHARE * len(vectors)
    own = rows.names if len(rows.names) == n_wide else tuple(map(str, range(n_wide)))
    return _Reader("one-hot", multi, names.names if names else own, n_ones=n_wide)


def _numbers_used(rows: LabelRows) -> set[int]:
    """The whole numbers that stand for classes in a file."""
    return {
        int(one)
        for value in rows.values
        for one in (value if isinstance(value, list) else (value,))
        if is_number(one) and one == int(one)
    }


def _are_indices(used: set[int]) -> bool:
    """Whether whole numbers count classes; they are names where they are too scattered for that (year numbers, say)."""
    counted = {number for number in used if number >= 0}
    highest = max(counted, default=0)
    return bool(counted) and highest < MAX_INDEX and highest < 2 * len(counted) + 8


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
        of_folder = splits_by_folder(paths)
        of_file = _column(rows.of_split, row_of)
        split = [said or by_folder for said, by_folder in zip(of_file, of_folder, strict=True)]
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


def _listed_again(key: str, first: Any, second: Any) -> Problem:
    if first == second:
        return Problem(key, "repeated-key", "Listed more than once, each time with the same label.", as_text(second))
    both = f"{as_text(first)} | {as_text(second)}"
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
