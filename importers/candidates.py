"""Which files of a folder hold labels or splits, in which way, and which of them belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analytics.wording import count
from importers.annotated import Annotations
from importers.annotations import ANNOTATED, find_annotations
from importers.folders import few, folder_reading
from importers.hints import NO_HINTS, Hints, split_key
from importers.keys import FileIndex
from importers.label_files import LABEL_ENDINGS, NamesFile, OnlyPaths, label_readings, read_names_file
from importers.label_joins import ALL, KINDS, LabelFile, together
from importers.label_limits import LabelsTooLarge
from importers.label_rows import LabelRows, distinct
from importers.label_tables import Reading
from importers.labels import label_kind
from importers.listing import Listing, looks_like_picture
from importers.split_words import split_of_file, split_of_path, split_of_set
from importers.types import LayoutError

LABELS = "labels:"
NAMES_FILES = tuple(
    f"{stem}{ending}"
    for stem in ("class_names", "classes", "class-names", "labels", "names", "label_names", "categories", "obj")
    for ending in (".txt", ".json", ".names", ".csv", ".tsv")
)
_MAX_CANDIDATES = 30  # label files that are looked at: a folder of a million JSON side files must not be read
_MAX_BESIDE_PICTURES = 5  # in a folder of pictures: more are side files, one a picture
_DEEPEST = 3
_FIRST_ASKED = 100
_MAX_SAID = 5


@dataclass(frozen=True)
class SplitFile:
    """A file that says which split pictures belong to, and no labels. rows: their values are None."""

    shown: str
    rows: LabelRows


@dataclass
class FoundLabels:
    """The label files of a folder, each as often as it can be read, the likeliest first; and what says splits alone.

    said: a sentence for each file that looks as if it held labels and is not used.
    """

    files: list[LabelFile] = field(default_factory=list)
    splits: list[SplitFile] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def find_label_files(listing: Listing, reading: str | None, labels: Path | None) -> FoundLabels:
    """The label file that was named, or else those that name pictures of the folder, the longest first.

    Raises LayoutError where one is too large that was named, or that surely holds labels.
    """
    index = FileIndex(listing.paths)
    if labels is None and reading is not None and reading.startswith(ANNOTATED):
        found = [_as_label_file(each) for each in find_annotations(listing, index)]
        return FoundLabels([each for each in found if each.key == reading], _split_files(listing, index))
    hinted = split_key(reading.removeprefix(LABELS)) if reading and reading.startswith(LABELS) else None
    if labels is not None:
        name, hints = split_key(str(labels))
        said = hinted[1] if hinted and hinted[1] != NO_HINTS else hints
        return FoundLabels(_named_label_files(listing, Path(name), index, said))
    if reading is not None and folder_reading(reading) is not None:
        return FoundLabels(splits=_split_files(listing, index))
    if hinted is not None and reading != ALL:
        files = _named_label_files(listing, Path(hinted[0]), index, hinted[1])
        return FoundLabels([replace(files[0], key=reading or files[0].key)], _split_files(listing, index))
    return _look_through(listing, index)


def label_candidates(paths: Sequence[str]) -> list[str]:
    """Files that could hold labels: near the top, and beside pictures where there are few of them.

    What lies beside each picture, a file to a file, is none of them.
    """
    with_pictures = {path.rpartition("/")[0] for path in paths if looks_like_picture(path)}
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name.lower().endswith(LABEL_ENDINGS) and folder.count("/") < _DEEPEST:
            by_folder.setdefault(folder, []).append(path)
    candidates = []
    for folder, found in by_folder.items():
        is_beside = folder in with_pictures
        if not folder or not is_beside and len(found) <= _MAX_CANDIDATES:
            candidates += found
        elif len(found) <= _MAX_BESIDE_PICTURES:
            candidates += [path for path in found if not path.lower().endswith(".txt") or split_of_file(path)]
    candidates.sort(key=lambda path: (path.count("/"), path))
    return candidates[:_MAX_CANDIDATES]


def _look_through(listing: Listing, index: FileIndex) -> FoundLabels:
    found, firsts = FoundLabels(), []
    annotated = [_as_label_file(each) for each in find_annotations(listing, index, found.said)]
    side_files = frozenset().union(*(each.used for each in annotated))
    for path in label_candidates([path for path in listing.paths if path not in side_files]):
        if _is_list_of_classes(listing, path, index):
            continue
        try:
            readings = label_readings(listing.root / path, index, NO_HINTS)
        except OnlyPaths as error:
            split_file = _list_of_pictures(path, error.keys, index)
            if split_file is not None:
                found.splits.append(split_file)
            elif _names_in(listing, path) is None:
                found.said.append(
                    f"{path} was not used: it is a list of {count(len(error.keys), 'text')}, without labels."
                )
            continue
        except LabelsTooLarge as error:
            if error.surely:
                raise LayoutError(
                    f"{error} Move it out of the folder, or say how the folder is to be read without it "
                    "(--reading flat, say)."
                ) from error
            found.said.append(f"It was not looked at for labels: {error}")
            continue
        except LayoutError as error:
            if _names_in(listing, path) is None:
                found.said.append(f"{path} was not used for labels: {error}")
            continue
        readings = [replace(each, rows=in_place(each.rows, path)) for each in readings]
        rows = readings[0].rows
        why_not = _why_not(rows, path, index)
        if why_not:
            if _names_in(listing, path) is None:
                found.said.append(f"{path} was not used for labels: {why_not}")
        elif rows.only_splits:
            found.splits.append(SplitFile(path, rows))
        else:
            firsts.append([_label_file(path, listing.root / path, each) for each in readings])
    firsts.sort(key=lambda files: (-len(files[0].rows.keys), files[0].key))
    joined = together([files[0] for files in firsts], index)
    alone = [file for files in firsts for file in files if joined is None or not file.used <= joined.used]
    found.files = [*annotated, *([joined] if joined else []), *alone]
    if len(found.said) > _MAX_SAID:
        more = len(found.said) - _MAX_SAID
        found.said[_MAX_SAID:] = [f"{count(more, 'other file was', 'other files were')} not used for labels either."]
    return found


def _names_in(listing: Listing, path: str) -> NamesFile | None:
    """What a file says that is called as lists of classes are; None for any other, and for a table without numbers."""
    name = path.lower().rpartition("/")[2]
    if name not in NAMES_FILES:
        return None
    try:
        found = read_names_file(listing.root / path)
    except LayoutError:
        return None
    return None if found.numbers is None and name.endswith((".csv", ".tsv")) else found


def _is_list_of_classes(listing: Listing, path: str, index: FileIndex) -> bool:
    """Whether a file that is called as lists of classes are gives each of its names a number from 0 or 1 on."""
    found = _names_in(listing, path)
    if found is None:
        return False
    is_counted = found.numbers is not None and min(found.numbers) in (0, 1) and max(found.numbers) <= len(found.names)
    return is_counted and all(index.find(name) == "missing-file" for name in found.names[:_FIRST_ASKED])


def _why_not(rows: LabelRows, path: str, index: FileIndex) -> str:
    """Why a file's keys do not label the pictures of the folder: "" where one does, of a plain text half its lines."""
    n_needed = len(rows.keys) / 2 if path.endswith(".txt") else 1
    below, of_split = rows.below or [""], rows.of_split or [None]
    n_found, ambiguous = 0, ""
    for key in rows.keys:
        found = index.find(key, below=below[0], split=of_split[0])
        n_found += isinstance(found, int)
        ambiguous = ambiguous or (key if found == "ambiguous-key" else "")
        if n_found >= n_needed:
            return ""
    if ambiguous:
        return f"its keys could mean several files each (the first is {ambiguous[:80]!r}); paths say which."
    first = repr(rows.keys[0][:80]) if rows.keys else "none"
    return f"its keys are no files here (the first is {first})."


def _split_files(listing: Listing, index: FileIndex) -> list[SplitFile]:
    """The files that say splits alone, where labels are known from elsewhere."""
    found = []
    for path in label_candidates(listing.paths):
        try:
            rows = label_readings(listing.root / path, index, NO_HINTS)[0].rows
        except OnlyPaths as error:
            split_file = _list_of_pictures(path, error.keys, index)
            found += [split_file] if split_file else []
            continue
        except LayoutError:
            continue
        rows = in_place(rows, path)
        if rows.only_splits and not _why_not(rows, path, index):
            found.append(SplitFile(path, rows))
    return found


def _list_of_pictures(path: str, keys: Sequence[str], index: FileIndex) -> SplitFile | None:
    """A list of pictures whose file's name is a split; None where it is another list."""
    split = split_of_file(path)
    if split is None:
        return None
    rows = LabelRows(keys=list(keys), values=[None] * len(keys), split=[split] * len(keys), only_splits=True)
    rows = in_place(rows, path)
    n_found = sum(index.find(key, below=rows.below[0] if rows.below else "") != "missing-file" for key in keys[:200])
    return SplitFile(path, rows) if n_found > len(keys[:200]) / 2 else None


def in_place(rows: LabelRows, path: str) -> LabelRows:
    """Rows with the folder that their file lies in and the split that it speaks of."""
    folder = path.rpartition("/")[0]
    rows.below = [folder] * len(rows.keys)
    split = _split_of(path)
    if not rows.only_splits and split is not None:
        rows.of_split = [split] * len(rows.keys)
    return rows


def _split_of(path: str) -> str | None:
    folder = path.rpartition("/")[0]
    return split_of_path(folder) or (split_of_set(folder.rpartition("/")[2]) if folder else None) or split_of_file(path)


def _as_label_file(found: Annotations) -> LabelFile:
    rows = found.as_rows()
    parts = (found.format, found.about, count(len(rows.keys), "entry", "entries"))
    about = ", ".join(filter(None, parts))
    return LabelFile(found.key, f"Labels from {found.where} ({about})", Path(found.where), rows, found.used)


def _named_label_files(listing: Listing, labels: Path, index: FileIndex, hints: Hints) -> list[LabelFile]:
    path = listing.root / labels
    if not path.is_file():
        path = labels
    if not path.is_file():
        raise LayoutError(f"There is no label file {labels}, neither in {listing.root} nor by itself.")
    path = path.resolve()
    inside = path.is_relative_to(listing.root)
    shown = path.relative_to(listing.root).as_posix() if inside else str(labels)
    readings = label_readings(path, index, hints)
    if inside:
        readings = [replace(each, rows=in_place(each.rows, shown)) for each in readings]
    if readings[0].rows.only_splits:
        raise LayoutError(f"{shown} has no label column: it says which split a picture belongs to.")
    return [_label_file(shown, path, each) for each in readings]


def _label_file(shown: str, path: Path, reading: Reading) -> LabelFile:
    rows = reading.rows
    kind = rows.format or KINDS[label_kind(rows)]
    what = f"{kind}, {reading.what}" if reading.what else kind
    title = f"Labels from {shown} ({what}, {count(len(rows.keys), 'entry', 'entries')})"
    key = f"{LABELS}{shown}{reading.hints.as_query()}"
    return LabelFile(key, title, path, rows, frozenset((shown,)), reading.hints, reading.sample)


def gives(rows: LabelRows) -> str:
    """What a label file's rows would give: "3 classes (cat, dog, …)"."""
    names = list(rows.class_names or rows.names) or distinct(rows.values)
    return f"{count(len(names), 'class', 'classes')} ({few(sorted(names) if len(names) < 100 else names)})"
