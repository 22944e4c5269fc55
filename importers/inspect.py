"""What a folder holds as a dataset: its files, labels, splits and classes, before any picture is read.

    LayoutError     a folder or a label file that can't be read as a dataset; says why

What is ambiguous is asked, not guessed: FolderContents.question lists the ways to read the folder, the rest shows
the default one, and inspect_folder(root, reading=KEY) answers.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from analytics.wording import count
from importers.boxes_mark import mark_of
from importers.candidates import LABELS, SplitFile, find_label_files, gives
from importers.class_naming import KnownNames, is_labelled, known_names, named_labelling
from importers.folders import (
    READINGS,
    FolderGuess,
    described,
    folder_labelling,
    folder_reading,
    guess_folders,
    question,
)
from importers.keys import storable
from importers.label_joins import LabelFile
from importers.labels import counted_from, label_kind, with_splits
from importers.listing import LINKS_LEFT, Listing, looks_like_picture
from importers.marker import KEPT, kept_reading, marked_export, marked_reading, without_descriptions
from importers.packed_found import MOST_SHARDS, packed_in
from importers.packed_pictures import is_packed
from importers.sources import Root
from importers.store_listing import list_root, origin_of
from importers.tfrecords import about_tfrecords
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
SPLIT_FILE = "list of a split"
_LAYOUT = {
    "name-lists": "labels-names",
    "names": "labels-names",
    "index": "labels-index",
    "indices": "labels-index",
    "coco": "labels-coco",
}


def inspect_folder(
    root: Root | str,
    *,
    reading: str | None = None,
    labels: Path | None = None,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
) -> FolderContents:
    """Recognise a folder's layout and list its files with their labels, sorted by path.

    reading: the key of an option of FolderContents.question, once it is answered; or a folder reading ('flat',
    'classes', 'classes-last', 'splits', 'splits/classes', 'classes/splits') or 'labels:PATH' at will.
    labels: a label file, inside the root or not, where the caller names it. class_names: the names of the
    indices, or the order of the named classes. follow_links: links are followed out of the folder.
    Every file that is not hidden, not a system file and not a
    label file in use comes out in files or in unreadable. Raises LayoutError.

    Label files are read here, which may take some gigabytes: look.look_at_folder does it in a process of its own.
    """
    place = Path(root) if isinstance(root, str) else root
    listing = without_descriptions(list_root(place, follow_links=follow_links))
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
    how = marked or kept_reading(listing.root)
    if how is None:
        return None
    names = class_names or how.class_names or None
    try:
        contents = _as_it_looks(listing, how.reading, None, None if how.labels else names)
        if how.labels:
            contents = _with_labels_of(listing, how.labels, contents, names)
    except LayoutError:
        return None
    said = () if marked else (f"It is read as {KEPT} in the folder says ({contents.reading}).",)
    return replace(contents, question=None, said=(*said, *contents.said))


def _with_labels_of(
    listing: Listing, table: str, contents: FolderContents, class_names: Sequence[str] | None
) -> FolderContents:
    """Annotations with the labels and splits that a table beside them says of the whole pictures."""
    listed = set(contents.files["path"].to_pylist())
    pictures = [path for path in listing.paths if path in listed and looks_like_picture(path)]
    beside = replace(listing, paths=pictures)
    whole = _as_it_looks(beside, f"{LABELS}{table}", None, class_names)
    named = {name: getattr(whole, name) for name in ("title", "task", "class_names", "files", "label_problems")}
    n_others = len(listed) - len(pictures)  # the table, and what else describes the pictures
    ignored = {**contents.ignored, LABEL_FILE: contents.ignored.get(LABEL_FILE, 0) + n_others}
    return replace(contents, **named, ignored=ignored)


def _as_it_looks(
    listing: Listing, reading: str | None, labels: Path | None, class_names: Sequence[str] | None
) -> FolderContents:
    found = find_label_files(listing, reading, labels)
    used = {path for file in found.files for path in file.used} | {file.shown for file in found.splits}
    paths = [path for path in listing.paths if path not in used]
    guess = guess_folders(paths)
    known = known_names(listing, class_names, used)
    files = [way for file in found.files for way in _counted(file, known)]
    asked = _question(files, guess, paths)
    chosen = _choose(reading, asked, files, guess)
    label_file = next((file for file in files if file.key == chosen), None)
    if label_file is not None and reading is None and asked is not None and _agree(label_file, files, paths, known):
        asked = None
    contents = _read_as(listing, chosen, asked, label_file, found.splits, known)
    about = (about_tfrecords(listing.paths),)
    said = (*contents.said, *_of_boxes(contents), *found.said, *_of_links(listing), *filter(None, about))
    shards = [] if listing.origin else [listing.root / path for path in listing.paths if is_packed(path)][:MOST_SHARDS]
    packed = packed_in(shards)
    return replace(contents, said=said, packed=packed)


def _of_boxes(contents: FolderContents) -> tuple[str, ...]:
    if not contents.n_boxes:
        return ()
    return (f"Besides labels it says where objects are: {count(contents.n_boxes, 'box', 'boxes')}.",)


def _of_links(listing: Listing) -> tuple[str, ...]:
    n_links = sum(code in LINKS_LEFT for _, code, _ in listing.unreadable)
    if not n_links:
        return ()
    which = count(n_links, "link leads", "links lead")
    was = "was" if n_links == 1 else "were"
    return (f"{which} out of the folder or to another folder, and {was} not followed; --follow-links yes does.",)


def _counted(file: LabelFile, known: KnownNames) -> list[LabelFile]:
    """A file of class numbers as often as it can be counted: from 0 or from 1, where the names leave that open."""
    if label_kind(file.rows) not in ("index", "indices") or file.hints.first or not known.names or known.names.numbers:
        return [file]
    starts = counted_from(file.rows, len(known.class_names))
    if len(starts) == 1:
        return [file]
    names = known.class_names
    return [
        replace(
            file,
            key=f"{file.key.partition('?')[0]}{file.hints.but(first=str(start)).as_query()}",
            hints=file.hints.but(first=str(start)),
            title=f"{file.title}, counted from {start}: 1 is {names[1 - start]}",
        )
        for start in starts
    ]


def _agree(label_file: LabelFile, files: Sequence[LabelFile], paths: list[str], known: KnownNames) -> bool:
    """Whether a single label file and the folders say the same of all pictures, so that nothing is to be asked."""
    if len(files) > 1:
        return False
    try:
        by_file, _ = named_labelling(paths, label_file.key, label_file, known)
    except LayoutError:
        return False
    guess = guess_folders(paths)
    by_folder = folder_labelling(paths, guess.options[0])
    both = [(one, two) for one, two in zip(by_file.label, by_folder.label, strict=True) if two is not None]
    return bool(both) and all(
        one is not None and by_file.class_names[one].casefold() == by_folder.class_names[two].casefold()
        for one, two in both
    )


def _read_as(
    listing: Listing,
    chosen: str,
    asked: Question | None,
    label_file: LabelFile | None,
    splits: Sequence[SplitFile],
    known: KnownNames,
) -> FolderContents:
    """Read the listing in the chosen way."""
    used = dict.fromkeys(label_file.used, LABEL_FILE) if label_file else {}
    says_splits = label_file is not None and label_file.rows.split is not None
    used |= {} if says_splits else dict.fromkeys((file.shown for file in splits), SPLIT_FILE)
    paths = [path for path in listing.paths if path not in used]
    labelling, names_used = named_labelling(paths, chosen, label_file, known)
    for file in () if says_splits else splits:
        labelling = with_splits(labelling, paths, rows=file.rows, file_name=file.shown)
    if names_used and known.path:
        used[known.path] = NAMES_FILE
        labelling, paths = _without(labelling, paths, known.path)
    ignored = listing.ignored.copy()
    ignored.update(used.values())
    note = f" The names in {known.path} do not fit and were not used." if known.path and not names_used else ""
    return FolderContents(
        root=listing.origin or listing.root,
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
        label_file=origin_of(listing, listing.root / label_file.path) if label_file else None,
        exported_by=marked_export(listing.root),
        said=labelling.said,
        sample=label_file.sample if label_file else None,
        n_boxes=label_file.rows.n_boxes if label_file else 0,
        boxes_mark=mark_of(listing.root, label_file) if label_file and label_file.rows.n_boxes else "",
    )


def _question(files: Sequence[LabelFile], guess: FolderGuess, paths: Sequence[str]) -> Question | None:
    if not files:
        return question(guess, paths) if len(guess.options) > 1 else None
    options = [Option(file.key, f"{file.title}: {gives(file.rows)}") for file in files]
    n_files = len({file.used for file in files})
    if "classes" in guess.options[0]:
        for key in guess.options:
            if "classes" in key:
                text = described(key, paths)
                options.append(Option(key, f"The folders: {text[0].lower()}{text[1:]}"))
    if len(options) == 1:
        return None
    text = "There are labels in more than one place. Which are to be taken?"
    if n_files == 1 and len(options) == len(files):
        text = f"{sorted(files[0].used)[0]} can be read in more than one way. Which is meant?"
    return Question(text=text, options=tuple(options), default=options[0].key)


def _choose(reading: str | None, asked: Question | None, files: Sequence[LabelFile], guess: FolderGuess) -> str:
    if reading is not None:
        if reading in (file.key for file in files) or folder_reading(reading) is not None:
            return reading
        if len(files) == 1 and reading.startswith(files[0].key.partition("?")[0]):
            return files[0].key
        readings = [*(file.key for file in files), *READINGS]
        raise LayoutError(f"There is no reading {reading!r} of this folder. There are: {', '.join(readings)}.")
    if asked:
        return asked.default
    return files[0].key if files else guess.options[0]


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


def _folder_title(chosen: str) -> str:
    way = folder_reading(chosen)
    assert way is not None  # it was chosen from those that there are
    return f"{way.title[0].upper()}{way.title[1:]}"


def _layout(chosen: str, label_file: LabelFile | None) -> str:
    if label_file is None:
        return chosen
    kind = label_kind(label_file.rows)
    if label_file.rows.format:
        return f"labels-{label_file.rows.format.rpartition(' ')[2].lower()}"
    return _LAYOUT.get(kind, f"labels-{kind}")


def _title(chosen: str, label_file: LabelFile | None, labelling: Labelling) -> str:
    n_files, n_classes = len(labelling.label), len(labelling.class_names)
    classes = count(n_classes, "class", "classes")
    if label_file is not None:
        kinds = "several labels a picture" if labelling.task == "multi" else "one label a picture"
        n_labelled = sum(is_labelled(labelling))
        verb = "has" if n_labelled == 1 else "have"
        return f"{label_file.title}: {classes}, {kinds}; {n_labelled:,} of {count(n_files, 'file')} {verb} a label."
    n_splits = len(set(labelling.split) - {None})
    splits = f"{count(n_splits, 'split')}, " if n_splits else ""
    about = _folder_title(chosen)
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
