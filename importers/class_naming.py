"""Names for the classes of a folder: those the caller gave, or a list of names in it, where they fit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.wording import count
from importers.candidates import NAMES_FILES
from importers.folders import (
    folder_labelling,
)
from importers.keys import composed
from importers.label_files import read_names_file
from importers.label_joins import ALL, LabelFile
from importers.labels import Names, assign_labels
from importers.listing import Listing
from importers.types import (
    Labelling,
    LayoutError,
)


@dataclass(frozen=True)
class KnownNames:
    """Class names that are known before the labels. explicit: given by the caller, so they must fit."""

    names: Names | None = None
    path: str | None = None
    explicit: bool = False

    @property
    def class_names(self) -> tuple[str, ...]:
        return self.names.names if self.names else ()


def names_given(given: str | Sequence[str]) -> list[str] | None:
    """Class names as a person gives them: a list, a JSON list, or a text with commas; None where none are."""
    if not given:
        return None
    if not isinstance(given, str):
        return [name.strip() for name in given]
    text = given.strip()
    return [str(name).strip() for name in (json.loads(text) if text.startswith("[") else text.split(","))]


def known_names(listing: Listing, class_names: Sequence[str] | None, taken: set[str]) -> KnownNames:
    """The names the caller gave, or those of a class names file at the top or beside the label file."""
    if class_names is not None:
        if len(set(class_names)) < len(class_names) or not class_names:
            raise LayoutError(f"The class names must be different and at least one, not {list(class_names)!s:.200}.")
        return KnownNames(Names(tuple(map(composed, class_names))), explicit=True)
    near = [path for path in listing.paths if path.count("/") < 2 and path not in taken]
    by_name = {path.lower().rpartition("/")[2]: path for path in reversed(near)}
    for name in NAMES_FILES:
        if name in by_name:
            try:
                found = read_names_file(listing.root / by_name[name])
            except LayoutError:
                continue  # another kind of file by that name: it stays in the list of files
            return KnownNames(Names(tuple(map(composed, found.names)), found.numbers), path=by_name[name])
    return KnownNames()


def named_labelling(
    paths: list[str], chosen: str, label_file: LabelFile | None, known: KnownNames
) -> tuple[Labelling, bool]:
    """Label the paths: the labelling, and whether the known names were of use."""
    if label_file is None:
        return _named_folders(folder_labelling(paths, chosen), known)
    name, rows = label_file.path.name if label_file.key != ALL else "all label files", label_file.rows
    if known.names and rows.indexed:
        labelling = assign_labels(rows, paths, names=None, file_name=name)
        if len(known.class_names) == len(labelling.class_names):
            return replace(labelling, class_names=known.class_names), True
        if set(labelling.class_names) <= set(known.class_names):
            return labelling, False
        return _unfit(labelling, known, f"{name} has {count(len(labelling.class_names), 'category', 'categories')}")
    first = int(label_file.hints.first) if label_file.hints.first else None
    try:
        labelling = assign_labels(rows, paths, names=known.names, file_name=name, first=first)
        if known.explicit or known.names is None or any(is_labelled(labelling)):
            return labelling, known.names is not None
    except LayoutError:
        if known.names is None or known.explicit:
            raise
    return assign_labels(rows, paths, names=None, file_name=name, first=first), False


def _named_folders(labelling: Labelling, known: KnownNames) -> tuple[Labelling, bool]:
    """Take the known names: those of the folders in another order, or names for numbered folders."""
    if known.names is None:
        return labelling, False
    names, folders = list(known.class_names), labelling.class_names
    numbers = known.names.numbers or _numbers_of_folders(folders, len(names))
    place = {number: at for at, number in enumerate(numbers)}
    if set(folders) <= set(names):
        moved = [names.index(folder) for folder in folders]
    elif folders and all(folder.isdecimal() and len(folder) < 10 and int(folder) in place for folder in folders):
        moved = [place[int(folder)] for folder in folders]
    else:
        odd = next((folder for folder in folders if folder not in names), "")
        return _unfit(labelling, known, f"the folder {odd!r} is none of them" if odd else "no folder is a class")
    label = [None if index is None else moved[index] for index in labelling.label]
    said = (
        f"The folders are counted from 1: 1 is {names[0]}."
        if numbers[0] == 1 and set(folders).isdisjoint(names)
        else ""
    )
    return replace(
        labelling, label=label, class_names=tuple(names), said=(*labelling.said, *filter(None, [said]))
    ), True


def _numbers_of_folders(folders: Sequence[str], n_names: int) -> range:
    """The numbers that folders count so many classes with: from 1 where the last folder says so."""
    numbers = [int(folder) for folder in folders if folder.isdecimal() and len(folder) < 10]
    start = 1 if numbers and min(numbers) >= 1 and max(numbers) == n_names else 0
    return range(start, start + n_names)


def _unfit(labelling: Labelling, known: KnownNames, why: str) -> tuple[Labelling, bool]:
    if known.explicit:
        raise LayoutError(f"The {len(known.class_names)} class names that were given do not fit: {why}.")
    return labelling, False


def is_labelled(labelling: Labelling) -> list[bool]:
    return [value is not None for value in (labelling.labels if labelling.task == "multi" else labelling.label)]
