"""What an export holds, and what a format is; the names of its pictures, splits and classes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from importers.listing import PICTURE_ENDINGS
from jobs.export.attribution import Origins
from jobs.export.boxes import Box, Boxes
from jobs.export.plan import UNASSIGNED, Entry, ExportRow, apart_names, flat_names, folder_names, made_name

NAMES_FILE = "class_names.json"
IMAGES = "images"
_ENDING = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif"}  # by the name that Pillow has for a format


@dataclass(frozen=True)
class Content:
    """What is exported. rows: a version's pictures. classes: names by index. boxes: None where none are to be in it.

    written: SHA-256 by path of the pictures that were written anew, and so are other files than the originals. title:
    what it is an export of. origins: where pictures are from, by image, as far as it is known.
    """

    rows: Sequence[ExportRow]
    classes: tuple[str, ...]
    multi: bool
    entries: Sequence[Entry]
    team: str = "team"
    soft_labels: bool = False
    written: Mapping[str, str] = field(default_factory=dict)
    boxes: Boxes | None = None
    title: str = ""
    origins: Origins = field(default_factory=dict)

    @property
    def has_splits(self) -> bool:
        """Whether any picture is in a split."""
        return any(entry.split is not None for entry in self.entries)

    @property
    def splits(self) -> list[str | None]:
        """The splits that pictures are in, sorted, None at last."""
        used = {entry.split for entry in self.entries}
        return [*sorted(split for split in used if split is not None), *([None] if None in used else [])]

    @property
    def box_names(self) -> tuple[str, ...]:
        """The classes of boxes, by their places; those of the pictures where there are no boxes."""
        return self.classes if self.boxes is None else self.boxes.names

    def row(self, entry: Entry) -> ExportRow:
        """The version's row of an entry: its own, or its parent's."""
        return self.rows[entry.row]

    def held(self, entry: Entry) -> list[int]:
        """The classes of an entry."""
        row = self.row(entry)
        if row.labels is not None:
            return row.labels
        return [] if row.label is None else [row.label]

    def labels(self, entry: Entry) -> list[str]:
        """The names of the classes of an entry."""
        return [self.classes[index] for index in self.held(entry)]

    def boxes_of(self, entry: Entry) -> list[Box]:
        """The boxes in an entry's picture, the best first."""
        return [] if self.boxes is None else self.boxes.of(self.row(entry).image_id)


class Packer(Protocol):
    """Takes pictures one by one into shards. close() finishes the last; what was not closed is no shard."""

    def add(self, entry: Entry, data: bytes) -> None:
        """Take a picture's file in."""

    def close(self) -> None:
        """Finish all shards."""


def _says_nothing(content: Content) -> list[str]:
    return []


def _reads_itself(content: Content) -> list[dict[str, object]]:
    return []


@dataclass(frozen=True)
class Format:
    """One way to write a version. place(content): its entries with their paths. describe(folder, content): its files.

    reading(content): how an import reads it back, "" where it is not a folder of pictures. needs_one_label: a picture
    with several labels has no place in it. holds_boxes: it has a place for boxes. labels_in(content): the table beside
    its annotations with labels and splits of whole pictures, "" where what `reading` means says all. notes(content):
    what it cannot hold of this content, in sentences. pack(folder, content): where pictures lie in shards, what takes
    them in. is_mended(file): its readers write such a picture file anew in its place, so that it must be no link.
    has_card: README.md and croissant.json go with it. configs(content): how Hugging Face's library reads it, for the
    card's header. shard_columns(content): the columns of Parquet shards that hold all that is known, and their kinds.
    """

    title: str
    place: Callable[[Content], list[Entry]]
    describe: Callable[[Path, Content], None]
    reading: Callable[[Content], str]
    needs_one_label: bool = False
    holds_boxes: bool = False
    labels_in: Callable[[Content], str] = lambda content: ""
    notes: Callable[[Content], list[str]] = _says_nothing
    pack: Callable[[Path, Content], Packer] | None = None
    is_mended: Callable[[str], bool] = lambda file: False
    has_card: bool = True
    configs: Callable[[Content], list[dict[str, object]]] = _reads_itself
    shard_columns: Callable[[Content], dict[str, str]] | None = None


def file_names(content: Content) -> list[str]:
    """A name for each entry, all different; a made picture is called after its parent."""
    flat = flat_names([row.path for row in content.rows])
    return [
        flat[entry.row]
        if not entry.technique
        else made_name(flat[entry.row], entry, lossless=content.rows[entry.row].format != "JPEG")
        for entry in content.entries
    ]


def names_apart(content: Content, *, points: bool = True) -> list[str]:
    """A name for each entry that differs from all others also without its ending, which is a picture's.

    points: whether they may have some before the one of their ending.
    """
    named = []
    for entry, name in zip(content.entries, file_names(content), strict=True):
        stem, dot, ending = name.rpartition(".")
        is_told = dot and stem and f".{ending.lower()}" in PICTURE_ENDINGS
        form = content.row(entry).format
        own = stem if is_told else name
        shown = f".{ending}" if is_told else _ENDING.get(form, f".{form.lower()}")
        named.append(f"{own if points else own.replace('.', '_')}{shown}")
    return apart_names(named)


def label_cells(content: Content) -> list[list[str]] | list[str | None]:
    """What a table says of each entry: the class's name, or its index where names could be taken for numbers."""
    words = label_words(content.classes)
    if content.multi:
        return [[words[index] for index in content.held(entry)] for entry in content.entries]
    return [next((words[index] for index in content.held(entry)), None) for entry in content.entries]


def label_words(names: Sequence[str]) -> list[str]:
    """What a table calls classes: by their names, or all by their numbers where a name could be taken for one."""
    as_index = any(not name or name != name.strip() or name.isdecimal() for name in names)
    return [str(index) for index in range(len(names))] if as_index else list(names)


def write_names(folder: Path, content: Content) -> None:
    """The class names by index, which folders and tables alone would not tell."""
    (folder / NAMES_FILE).write_text(json.dumps(list(content.classes), ensure_ascii=False), encoding="utf-8")


def place_in_image_folders(content: Content) -> list[Entry]:
    """The entries in images/, in a folder for each split, with names that differ also without their endings."""
    splits = split_folders(content)
    named = zip(content.entries, names_apart(content), strict=True)
    return [replace(entry, path=f"{IMAGES}/{splits[entry.split]}{name}") for entry, name in named]


def split_folders(content: Content) -> dict[str | None, str]:
    """Split to folder, with its slash; no folders where there are no splits."""
    if not content.has_splits:
        return {None: ""}
    splits = sorted({entry.split for entry in content.entries if entry.split is not None})
    folders = folder_names(splits, not_these=(UNASSIGNED,))
    named = dict(zip(splits, folders, strict=True))
    return {None: f"{UNASSIGNED}/"} | {split: f"{folder}/" for split, folder in named.items()}
