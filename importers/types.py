"""What looking at a folder gives (importers/inspect.py), and the error it raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from importers.refusals import LayoutError as LayoutError
from importers.sources import PicturePath, Root

FILE_SCHEMA = pa.schema(
    [
        ("path", pa.string()),  # relative to the root, with forward slashes
        ("label", pa.int32()),  # index into class_names; null: unlabelled
        ("labels", pa.list_(pa.int32())),  # the same where the task is multi; null: unlabelled
        ("split", pa.string()),
        ("source_url", pa.string()),
        ("licence", pa.string()),
    ]
)
PROBLEM_SCHEMA = pa.schema(
    [("key", pa.string()), ("code", pa.string()), ("reason", pa.string()), ("value", pa.string())]
)


@dataclass(frozen=True)
class Option:
    """One answer to a question. key: what inspect_folder(reading=key) takes."""

    key: str
    title: str


@dataclass(frozen=True)
class Question:
    """Something that a folder leaves open. default: the option that FolderContents shows until it is answered."""

    text: str
    options: tuple[Option, ...]
    default: str


@dataclass(frozen=True)
class SampleTable:
    """The first rows of a label file that is a table, as it was read. header: headings, or numbers from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PackedPictures:
    """Pictures that lie in tables or shards. n_bytes: what they take as files. is_about: counted by a sample."""

    n_files: int
    n_pictures: int
    n_bytes: int
    is_about: bool = False


@dataclass(frozen=True)
class FolderContents:
    """A folder as a dataset, before anything is read but names and labels.

    layout: flat, classes, splits, splits/classes, classes/splits, classes-last, or labels-KIND with KIND
    one of one-hot, index, names, coco. reading: the option that was followed. files: FILE_SCHEMA, every
    file that may be a picture, sorted by path. unreadable: (path, code, reason) of what can't be opened:
    each counts as a failed file. label_problems: PROBLEM_SCHEMA. ignored: how many files were left out, by
    reason. exported_by: JOB/RUN of the export of ours that it is, empty for others. said: sentences on what was
    guessed: how keys were found, what was passed over and why. sample: of the label file, where it is a table.
    n_boxes: how many objects the annotations say the place of; boxes_mark: which changes when any of them does.
    packed: pictures that lie in tables or shards, and are none of the files.
    """

    root: Root
    layout: str
    reading: str
    title: str
    question: Question | None
    task: str
    class_names: tuple[str, ...]
    files: pa.Table
    unreadable: tuple[tuple[str, str, str], ...]
    label_problems: pa.Table
    ignored: Mapping[str, int]
    label_file: PicturePath | None
    exported_by: str = ""
    said: tuple[str, ...] = ()
    sample: SampleTable | None = None
    n_boxes: int = 0
    boxes_mark: str = ""
    packed: PackedPictures | None = None


@dataclass(frozen=True)
class Problem:
    """Why a label was not taken, or a picture has none. key: as written in the label file, or a path."""

    key: str
    code: str
    reason: str
    value: str | None = None


@dataclass(frozen=True)
class Labelling:
    """Labels for a list of paths, entry by entry. Exactly one of label and labels is used, by the task.

    said: what was guessed on the way, a sentence each.
    """

    task: str
    class_names: tuple[str, ...]
    label: Sequence[int | None]
    labels: Sequence[list[int] | None]
    split: Sequence[str | None]
    source_url: Sequence[str | None]
    licence: Sequence[str | None]
    problems: list[Problem]
    said: tuple[str, ...] = ()
