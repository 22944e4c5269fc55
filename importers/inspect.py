"""What a folder holds as a dataset: its files, labels, splits and classes, before any picture is read.

    LayoutError     a folder or a label file that can't be read as a dataset; says why

What is ambiguous is asked, not guessed: FolderContents.question lists the ways to read the folder, the rest shows
the default one, and inspect_folder(root, reading=KEY) answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from analytics.wording import count
from importers.candidates import LabelFile, find_label_files, label_candidates
from importers.folders import READINGS, FolderGuess, folder_labelling, guess_folders, question
from importers.keys import composed, storable
from importers.label_files import read_class_names
from importers.labels import assign_labels, label_kind
from importers.listing import Listing, list_folder
from importers.marker import marked_export, marked_reading
from importers.types import (
    FILE_SCHEMA,
    PROBLEM_SCHEMA,
    FolderContents,
    Labelling,
    LayoutError,
    Option,
    Problem,
    Question,
)

LABEL_FILE = "label file"
NAMES_FILE = "class names file"
_NAMES_FILES = tuple(
    f"{stem}{ending}"
    for stem in ("class_names", "classes", "class-names", "labels", "names", "label_names")
    for ending in (".txt", ".json")
)
_LAYOUT = {
    "name-lists": "labels-names",
    "names": "labels-names",
    "index": "labels-index",
    "coco": "labels-coco",
}


@dataclass(frozen=True)
class _Names:
    """Class names that are known before the labels. explicit: given by the caller, so they must fit."""

    names: tuple[str, ...] | None = None
    path: str | None = None
    explicit: bool = False


def inspect_folder(
    root: Path | str,
    *,
    reading: str | None = None,
    labels: Path | None = None,
    class_names: Sequence[str] | None = None,
) -> FolderContents:
    """Recognise a folder's layout and list its files with their labels, sorted by path.

    reading: the key of an option of FolderContents.question, once it is answered; or a folder reading ('flat',
    'classes', 'classes-last', 'splits', 'splits/classes', 'classes/splits') or 'labels:PATH' at will.
    labels: a label file, inside the root or not, where the caller names it. class_names: the names of the
    indices, or the order of the named classes. Every file that is not hidden, not a system file and not a
    label file in use comes out in files or in unreadable. Raises LayoutError.

    Label files are read here, which may take some gigabytes: look.look_at_folder does it in a process of its own.
    """
    listing = list_folder(Path(root))
    if not listing.paths and not listing.unreadable:
        n_ignored = sum(listing.ignored.values())
        besides = f" (besides {n_ignored:,} hidden and system files)" if n_ignored else ""
        raise LayoutError(f"The folder {root} holds no files{besides}.")
    if reading is None and labels is None:
        return _as_marked(listing, class_names) or _as_it_looks(listing, None, None, class_names)
    return _as_it_looks(listing, reading, labels, class_names)


def _as_marked(listing: Listing, class_names: Sequence[str] | None) -> FolderContents | None:
    """An export of Vitrine's as it says it is to be read; None for other folders, and where that fits no more."""
    marked = marked_reading(listing.root)
    if marked is None:
        return None
    try:
        return replace(_as_it_looks(listing, marked, None, class_names), question=None)
    except LayoutError:
        return None


def _as_it_looks(
    listing: Listing, reading: str | None, labels: Path | None, class_names: Sequence[str] | None
) -> FolderContents:
    found = find_label_files(listing, reading, labels)
    label_files = found.files
    guess = guess_folders([path for path in listing.paths if not any(path in file.used for file in label_files)])
    asked = None if labels else _question(label_files, guess)
    chosen = _choose(reading, asked, label_files, guess)
    known_names = _known_names(listing, class_names, label_files)
    label_file = next((file for file in label_files if file.key == chosen), None)
    contents = _read_as(listing, chosen=chosen, asked=asked, label_file=label_file, known_names=known_names)
    return replace(contents, title=" ".join((contents.title, *found.too_large)))


def _read_as(
    listing: Listing, *, chosen: str, asked: Question | None, label_file: LabelFile | None, known_names: _Names
) -> FolderContents:
    """Read the listing in the chosen way."""
    used = dict.fromkeys(label_file.used, LABEL_FILE) if label_file else {}
    paths = [path for path in listing.paths if path not in used]
    labelling, names_used = _labelling(paths, chosen, label_file, known_names)
    if names_used and known_names.path:
        used[known_names.path] = NAMES_FILE
        labelling, paths = _without(labelling, paths, known_names.path)
    ignored = listing.ignored.copy()
    ignored.update(used.values())
    note = (
        f" The names in {known_names.path} do not fit and were not used." if known_names.path and not names_used else ""
    )
    return FolderContents(
        root=listing.root,
        layout=_layout(chosen, label_file),
        reading=chosen,
        title=_title(chosen, label_file, labelling) + note,
        question=asked,
        task=labelling.task,
        class_names=labelling.class_names,
        files=_files_table(paths, labelling),
        unreadable=tuple(listing.unreadable),
        label_problems=_problems_table(labelling.problems),
        ignored=dict(ignored),
        label_file=label_file.path if label_file else None,
        exported_by=marked_export(listing.root),
    )


def _question(label_files: Sequence[LabelFile], guess: FolderGuess) -> Question | None:
    folders_say_classes = "classes" in guess.options[0]
    if not label_files:
        return question(guess) if len(guess.options) > 1 else None
    options = [Option(file.key, file.title) for file in label_files]
    if folders_say_classes:
        options += [Option(key, f"The folders: {READINGS[key][0]}") for key in guess.options if "classes" in key]
    if len(options) == 1:
        return None
    text = "There are labels in more than one place. Which are to be taken?"
    return Question(text=text, options=tuple(options), default=options[0].key)


def _choose(reading: str | None, asked: Question | None, label_files: Sequence[LabelFile], guess: FolderGuess) -> str:
    readings = [*(file.key for file in label_files), *READINGS]
    if reading is not None:
        if reading not in readings:
            raise LayoutError(f"There is no reading {reading!r} of this folder. There are: {', '.join(readings)}.")
        return reading
    if asked:
        return asked.default
    return label_files[0].key if label_files else guess.options[0]


def _known_names(listing: Listing, class_names: Sequence[str] | None, label_files: Sequence[LabelFile]) -> _Names:
    """The names the caller gave, or those of a class names file at the top or beside the label file."""
    if class_names is not None:
        if len(set(class_names)) < len(class_names) or not class_names:
            raise LayoutError(f"The class names must be different and at least one, not {list(class_names)!s:.200}.")
        return _Names(names=tuple(map(composed, class_names)), explicit=True)
    taken = {path for file in label_files for path in file.used}
    by_name = {path.lower().rpartition("/")[2]: path for path in label_candidates(listing.paths) if path not in taken}
    for name in _NAMES_FILES:
        if name in by_name:
            try:
                names = read_class_names(listing.root / by_name[name])
                return _Names(names=tuple(map(composed, names)), path=by_name[name])
            except LayoutError:
                continue  # another kind of file by that name: it stays in the list of files
    return _Names()


def _labelling(
    paths: list[str], chosen: str, label_file: LabelFile | None, known_names: _Names
) -> tuple[Labelling, bool]:
    """Label the paths: the labelling, and whether the known names were of use."""
    if label_file is None:
        return _named_folders(folder_labelling(paths, chosen), known_names)
    if known_names.names and label_file.rows.coco:
        labelling = assign_labels(label_file.rows, paths, class_names=None, file_name=label_file.path.name)
        if len(known_names.names) == len(labelling.class_names):
            return replace(labelling, class_names=known_names.names), True
        return _unfit(
            labelling,
            known_names,
            f"{label_file.path.name} has {count(len(labelling.class_names), 'category', 'categories')}",
        )
    try:
        labelling = assign_labels(label_file.rows, paths, class_names=known_names.names, file_name=label_file.path.name)
        if known_names.explicit or known_names.names is None or any(_is_labelled(labelling)):
            return labelling, known_names.names is not None
    except LayoutError:
        if known_names.names is None or known_names.explicit:
            raise
    return assign_labels(label_file.rows, paths, class_names=None, file_name=label_file.path.name), False


def _named_folders(labelling: Labelling, known_names: _Names) -> tuple[Labelling, bool]:
    """Take the known names: those of the folders in another order, or names for numbered folders."""
    if known_names.names is None:
        return labelling, False
    names, folders = list(known_names.names), labelling.class_names
    if set(folders) <= set(names):
        moved = [names.index(folder) for folder in folders]
    elif all(folder.isdecimal() and int(folder) < len(names) for folder in folders):
        moved = [int(folder) for folder in folders]
    else:
        odd = next(folder for folder in folders if folder not in names)
        return _unfit(labelling, known_names, f"the folder {odd!r} is none of them")
    label = [None if index is None else moved[index] for index in labelling.label]
    return replace(labelling, label=label, class_names=tuple(names)), True


def _unfit(labelling: Labelling, known_names: _Names, why: str) -> tuple[Labelling, bool]:
    if known_names.explicit:
        raise LayoutError(f"The {len(known_names.names or ())} class names that were given do not fit: {why}.")
    return labelling, False


def _without(labelling: Labelling, paths: list[str], path: str) -> tuple[Labelling, list[str]]:
    """Take one path out of the paths and of its labelling."""
    at = paths.index(path)
    others = [number for number in range(len(paths)) if number != at]
    rest = replace(
        labelling,
        label=[labelling.label[number] for number in others],
        labels=[labelling.labels[number] for number in others],
        split=[labelling.split[number] for number in others],
        source_url=[labelling.source_url[number] for number in others],
        licence=[labelling.licence[number] for number in others],
    )
    return rest, [paths[number] for number in others]


def _is_labelled(labelling: Labelling) -> list[bool]:
    return [value is not None for value in (labelling.labels if labelling.task == "multi" else labelling.label)]


def _layout(chosen: str, label_file: LabelFile | None) -> str:
    if label_file is None:
        return chosen
    kind = label_kind(label_file.rows)
    return _LAYOUT.get(kind, f"labels-{kind}")


def _title(chosen: str, label_file: LabelFile | None, labelling: Labelling) -> str:
    n_files, n_classes = len(labelling.label), len(labelling.class_names)
    classes = count(n_classes, "class", "classes")
    if label_file is not None:
        kinds = "several labels a picture" if labelling.task == "multi" else "one label a picture"
        n_labelled = sum(_is_labelled(labelling))
        verb = "has" if n_labelled == 1 else "have"
        return f"{label_file.title}: {classes}, {kinds}; {n_labelled:,} of {count(n_files, 'file')} {verb} a label."
    n_splits = len(set(labelling.split) - {None})
    splits = f"{count(n_splits, 'split')}, " if n_splits else ""
    about = READINGS[chosen][0].capitalize()
    counts = f"{splits}{classes}" if n_classes else splits.rstrip(", ")
    return f"{about}{': ' if counts else ''}{counts}; {count(n_files, 'file')}."


def _files_table(paths: Sequence[str], labelling: Labelling) -> pa.Table:
    columns = [
        paths,
        labelling.label,
        labelling.labels,
        labelling.split,
        labelling.source_url,
        labelling.licence,
    ]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, FILE_SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=FILE_SCHEMA)


def _problems_table(problems: Sequence[Problem]) -> pa.Table:
    rows = [
        (storable(problem.key), problem.code, problem.reason, problem.value and storable(problem.value))
        for problem in problems
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(PROBLEM_SCHEMA)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.Table.from_arrays(arrays, schema=PROBLEM_SCHEMA)
