"""Which files of a folder are label files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.wording import count
from importers.folders import READINGS, split_of_set
from importers.keys import FileIndex
from importers.label_files import LABEL_ENDINGS, read_label_file
from importers.label_limits import LabelsTooLarge
from importers.label_rows import LabelRows
from importers.labels import label_kind
from importers.listing import Listing, looks_like_picture
from importers.types import LayoutError

_ALL = "labels:*"
_MAX_CANDIDATES = 30  # label files that are looked at: a folder of a million JSON side files must not be read
_KINDS = {
    "name-lists": "class names",
    "names": "class names",
    "index": "class indices",
    "coco": "COCO",
    "one-hot": "one-hot",
}


@dataclass(frozen=True)
class LabelFile:
    """A label file and its rows. key: the reading that means it. used: its paths below the root."""

    key: str
    title: str
    path: Path
    rows: LabelRows
    used: frozenset[str]


@dataclass(frozen=True)
class FoundLabels:
    """The label files of a folder, and a sentence for each file that was not read since it is too large."""

    files: list[LabelFile]
    too_large: tuple[str, ...] = ()


def find_label_files(listing: Listing, reading: str | None, labels: Path | None) -> FoundLabels:
    """The label file that was named, or else those that name pictures of the folder, the longest first.

    Raises LayoutError where one is too large that was named, or that surely holds labels.
    """
    if labels is not None:
        return FoundLabels([_named_label_file(listing, Path(labels))])
    if reading is not None and reading in READINGS:
        return FoundLabels([])
    if reading is not None and reading.startswith("labels:") and reading != _ALL:
        return FoundLabels([_named_label_file(listing, Path(reading.removeprefix("labels:")))])
    files, label_files = FileIndex(listing.paths), []
    too_large = []
    for path in label_candidates(listing.paths):
        try:
            rows = read_label_file(listing.root / path)
        except LabelsTooLarge as error:
            if error.surely:
                raise LayoutError(
                    f"{error} Move it out of the folder, or say how the folder is to be read without it "
                    "(--reading flat, say)."
                ) from error
            too_large.append(f"It was not looked at for labels: {error}")
            continue
        except LayoutError:
            continue  # not a label file: it stays in the list of files
        n_needed = len(rows.keys) / 2 if path.endswith(".txt") else 1
        n_found = 0
        for key in rows.keys:
            n_found += isinstance(files.find(key), int)
            if n_found >= n_needed:
                label_files.append(_label_file(path, listing.root / path, rows))
                break
    label_files.sort(key=lambda file: (-len(file.rows.keys), file.key))
    together = _together(label_files) or _side_by_side(label_files, files)
    return FoundLabels([together, *label_files] if together else label_files, tuple(too_large))


def label_candidates(paths: Sequence[str]) -> list[str]:
    """Files that could hold labels: at the top, or in a top folder that holds no pictures of its own."""
    with_pictures = {path.rpartition("/")[0] for path in paths if looks_like_picture(path)}
    candidates = []
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name.lower().endswith(LABEL_ENDINGS) and (not folder or "/" not in folder and folder not in with_pictures):
            candidates.append(path)
    candidates.sort(key=lambda path: (path.count("/"), path))
    return candidates[:_MAX_CANDIDATES]


def _named_label_file(listing: Listing, labels: Path) -> LabelFile:
    path = listing.root / labels
    if not path.is_file():
        path = labels
    if not path.is_file():
        raise LayoutError(f"There is no label file {labels}, neither in {listing.root} nor by itself.")
    path = path.resolve()
    inside = path.is_relative_to(listing.root)
    return _label_file(
        path.relative_to(listing.root).as_posix() if inside else str(labels), path, read_label_file(path)
    )


def _label_file(shown: str, path: Path, rows: LabelRows) -> LabelFile:
    title = f"Labels from {shown} ({_KINDS[label_kind(rows)]}, {count(len(rows.keys), 'entry', 'entries')})"
    return LabelFile(key=f"labels:{shown}", title=title, path=path, rows=rows, used=frozenset((shown,)))


def _side_by_side(files: Sequence[LabelFile], index: FileIndex) -> LabelFile | None:
    """Label files of one kind, each in a folder of its own (a training and a validation set, say), as one.

    Where all folders are named like splits, so are their pictures' splits.
    """
    kinds = {label_kind(file.rows) for file in files}
    folders = [file.key.removeprefix("labels:").rpartition("/")[0] for file in files]
    if len(files) < 2 or len(kinds) > 1 or "coco" in kinds or not all(folders) or len(set(folders)) < len(files):
        return None
    keys = [_own_key(key, folder, index) for file, folder in zip(files, folders, strict=True) for key in file.rows.keys]
    if len(set(keys)) < len(keys):
        return None
    splits = [split_of_set(folder) for folder in folders]
    named = all(splits) and len(set(splits)) == len(splits)
    rows = LabelRows(
        keys=keys,
        values=[value for file in files for value in file.rows.values],
        split=[split for split, file in zip(splits, files, strict=True) for _ in file.rows.keys] if named else None,
        source_url=_joined(files, "source_url"),
        licence=_joined(files, "licence"),
        problems=[problem for file in files for problem in file.rows.problems],
    )
    entries = count(len(keys), "entry", "entries")
    title = f"Labels from all {len(files)} label files together ({_KINDS[kinds.pop()]}, {entries})"
    used = frozenset().union(*(file.used for file in files))
    return LabelFile(key=_ALL, title=title, path=files[0].path, rows=rows, used=used)


def _own_key(key: str, folder: str, index: FileIndex) -> str:
    """A key of a label file as it is meant from the top: files of the same name may lie beside other label files."""
    below = f"{folder}/{key}"
    return below if isinstance(index.find(below), int) else key


def _joined(files: Sequence[LabelFile], name: str) -> list[str | None] | None:
    columns = [getattr(file.rows, name) or [None] * len(file.rows.keys) for file in files]
    return [cell for column in columns for cell in column] if any(getattr(file.rows, name) for file in files) else None


def _together(files: Sequence[LabelFile]) -> LabelFile | None:
    """Several COCO files of the same classes and of different pictures (train and val, say), as one."""
    keys = [key for file in files for key in file.rows.keys]
    alike = len({(file.rows.coco, file.rows.class_names) for file in files}) == 1
    if len(files) < 2 or not files[0].rows.coco or not alike or len(set(keys)) < len(keys):
        return None
    rows = LabelRows(
        keys=keys,
        values=[value for file in files for value in file.rows.values],
        source_url=[url for file in files for url in file.rows.source_url or ()],
        licence=[licence for file in files for licence in file.rows.licence or ()],
        coco=True,
        class_names=files[0].rows.class_names,
        problems=[problem for file in files for problem in file.rows.problems],
    )
    used = frozenset().union(*(file.used for file in files))
    title = f"Labels from all {len(files)} COCO files together ({count(len(keys), 'entry', 'entries')})"
    return LabelFile(key=_ALL, title=title, path=files[0].path, rows=rows, used=used)
