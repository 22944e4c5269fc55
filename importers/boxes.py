"""The boxes that came with a folder's labels, read as an import read the labels, in the shape of a COCO file.

LayoutError     where the annotations cannot be read, or are not there any more
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importers.annotated import Annotations
from importers.annotated_tables import as_lists, objects_in_json, objects_in_table
from importers.annotations import ANNOTATED, as_coco, find_annotations
from importers.candidates import LABELS, find_label_files, in_place
from importers.class_naming import known_names
from importers.hints import Hints, split_key
from importers.keys import FileIndex, composed
from importers.label_joins import ALL
from importers.label_json import coco_id, parse_json
from importers.label_limits import check_bytes
from importers.label_rows import LabelRows
from importers.listing import Listing
from importers.matching import matched_rows
from importers.problems import Problems
from importers.sources import Root
from importers.store_listing import list_root
from importers.text_tables import encoding_of, lines_of
from importers.types import LayoutError

Content = dict[str, Any]  # of a COCO file: images, annotations, categories


@dataclass(frozen=True)
class Pictures:
    """The pictures of a dataset: paths below its root, and width and height of each."""

    paths: Sequence[str]
    sizes: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class AnnotatedBoxes:
    """content: boxes as in a COCO file, whose file_names are paths of the dataset, but for those in `unmatched`."""

    title: str
    content: Content
    unmatched: tuple[str, ...]


@dataclass(frozen=True)
class _Set:
    """What one file, or one set of annotations, says: as COCO already, or still as objects. rows: its keys alone."""

    said: Content | Annotations
    rows: LabelRows


def boxes_of_folder(
    root: Root,
    pictures: Pictures,
    *,
    reading: str,
    labels: Path | None = None,
    class_names: Sequence[str] | None = None,
    follow_links: bool = False,
) -> AnnotatedBoxes:
    """The boxes that a folder's annotations say, by the reading that an import followed. Raises LayoutError."""
    listing = list_root(root, follow_links=follow_links)
    index = FileIndex(listing.paths)
    if reading.startswith(ANNOTATED):
        sets = [_as_set(each, each.where) for each in find_annotations(listing, index) if each.key == reading][:1]
    else:
        sets = [_of_file(listing, file, hints, index) for file, hints in _files(listing, reading, labels)]
    if not sets:
        raise LayoutError(f"{root} holds no annotations that are read as {reading} any more.")
    matches = matched_rows(_together([each.rows for each in sets]), pictures.paths, Problems())
    contents, at = [], 0
    for each in sets:
        numbers = matches.number_of[at : at + len(each.rows.keys)]
        contents.append(_resolved(each, numbers, pictures))
        at += len(numbers)
    content = contents[0] if len(contents) == 1 else _joined(contents)
    _name_classes(content, listing, class_names)
    return AnnotatedBoxes(_title(reading), content, (*matches.missing, *matches.ambiguous))


def _title(reading: str) -> str:
    """What the annotations are called: their file, whatever format the reading says it is of."""
    if reading == ALL:
        return "all label files"
    prefix = next((each for each in (LABELS, *ANNOTATED) if reading.startswith(each)), "")
    return Path(reading.removeprefix(prefix).partition("?")[0]).name or "the folder"


def _files(listing: Listing, reading: str, labels: Path | None) -> list[tuple[Path, Hints]]:
    """The label files that a reading means, with what is said of them by hand."""
    if reading == ALL:
        every = next((file for file in find_label_files(listing, None, None).files if file.key == ALL), None)
        return [(listing.root / path, Hints()) for path in sorted(every.used)] if every else []
    name, hints = split_key(reading.removeprefix(LABELS))
    if labels is not None:
        name = split_key(str(labels))[0]
    path = listing.root / name  # a whole path stays what it is
    if not path.is_file():
        raise LayoutError(f"The label file {name}, which says the boxes, is not there any more.")
    return [(path, hints)]


def _of_file(listing: Listing, path: Path, hints: Hints, index: FileIndex) -> _Set:
    shown = path.relative_to(listing.root).as_posix() if path.is_relative_to(listing.root) else path.name
    inside = path.is_relative_to(listing.root)
    try:
        said = _said_in(path, shown, hints, index)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LayoutError(f"{path.name} cannot be read: {str(error)[:200]}.") from error
    return _as_set(said, shown if inside else "")


def _said_in(path: Path, shown: str, hints: Hints, index: FileIndex) -> Content | Annotations:
    ending = path.suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return objects_in_table(path, shown, index, hints)
    check_bytes(path)
    encoding = encoding_of(path, hinted=hints.encoding).name
    if ending in (".jsonl", ".ndjson"):
        rows = as_lists(lines_of(path, encoding), lambda line: parse_json(line, path.name))
        return objects_in_json(rows, shown, index, hints)
    if ending != ".json":
        raise LayoutError(f"{path.name} holds no boxes that can be read.")
    text = path.read_text(encoding=encoding)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        lines = (line for line in text.splitlines() if line.strip())
        content = as_lists(lines, lambda line: parse_json(line, path.name))
    if isinstance(content, dict) and isinstance(content.get("images"), list) and "categories" in content:
        return content
    return objects_in_json(content, shown, index, hints)


def _as_set(said: Content | Annotations, shown: str) -> _Set:
    """What was said with its keys, which are looked up where the file lies, unless they are of all the folder."""
    if isinstance(said, Annotations):
        keys = [picture.key for picture in said.pictures]
    else:
        keys = [_name(row) for row in said["images"]]
    rows = LabelRows(keys=keys, values=[None] * len(keys))
    is_of_all = isinstance(said, Annotations) and said.key.startswith(ANNOTATED)
    return _Set(said, in_place(rows, shown) if shown and not is_of_all else rows)


def _name(row: object) -> str:
    return str(row.get("file_name") or "") if isinstance(row, dict) else ""


def _together(rows: Sequence[LabelRows]) -> LabelRows:
    return LabelRows(
        keys=[key for each in rows for key in each.keys],
        values=[None for each in rows for _ in each.keys],
        below=[folder for each in rows for folder in (each.below or [""] * len(each.keys))],
        of_split=[split for each in rows for split in (each.of_split or [None] * len(each.keys))],
    )


def _resolved(one: _Set, numbers: Sequence[int | None], pictures: Pictures) -> Content:
    """The content with whole paths of the dataset, so that nobody looks its pictures up by other rules."""
    said = one.said
    below = one.rows.below or [""] * len(numbers)
    if isinstance(said, Annotations):
        number_of = dict(zip(one.rows.keys, numbers, strict=True))

        def size_of(key: str) -> tuple[int, int] | None:
            number = number_of.get(key)
            return None if number is None else pictures.sizes[number]

        said = as_coco(said, size_of)
        for row in said["images"]:
            number = number_of[row["file_name"]]
            row["file_name"] = row["file_name"] if number is None else pictures.paths[number]
        return said
    images = []
    for row, number, folder in zip(said["images"], numbers, below, strict=True):
        if isinstance(row, dict):
            path = f"{folder}/{_name(row)}" if number is None else pictures.paths[number]
            images.append({**row, "file_name": path})
    return {**said, "images": images}


def _joined(contents: Sequence[Content]) -> Content:
    """Several contents as one: classes of one name are one, and ids say which file they are of."""
    images: list[Content] = []
    annotations: list[Content] = []
    places: dict[str, int] = {}
    for number, content in enumerate(contents):
        category_of = {}
        for given in _rows(content, "categories"):
            name = str(given.get("name", given.get("id")))
            category_of[_text_id(given.get("id"))] = places.setdefault(name, len(places))
        for row in _rows(content, "images"):
            images.append({**row, "id": f"{number}:{_text_id(row.get('id'))}"})
        for row in _rows(content, "annotations"):
            category = row.get("category_id")
            annotations.append(
                {
                    **row,
                    "image_id": f"{number}:{_text_id(row.get('image_id'))}",
                    "category_id": category_of.get(_text_id(category), f"unknown {category}"),
                }
            )
    categories = [{"id": place, "name": name} for name, place in places.items()]
    return {"images": images, "annotations": annotations, "categories": categories}


def _rows(content: Content, name: str) -> list[Mapping[str, Any]]:
    rows = content.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text_id(value: object) -> str:
    return str(coco_id(value))[:100] if isinstance(value, str | float) else repr(value)[:100]


def _name_classes(content: Content, listing: Listing, class_names: Sequence[str] | None) -> None:
    """Give the classes the names that were given for their labels: for all of them, or for their numbers."""
    categories = [dict(row) for row in _rows(content, "categories")]
    if not categories:
        return
    known = known_names(listing, class_names, set())
    names = known.class_names
    said = [str(row.get("name")) for row in categories]
    if known.explicit and len(names) == len(categories) and not all(name.isdecimal() for name in said):
        order = sorted(range(len(categories)), key=lambda at: str(coco_id(categories[at].get("id"))).zfill(20))
        for place, at in enumerate(order):
            categories[at]["name"] = names[place]
        content["categories"] = categories
    elif names and all(name.isdecimal() and len(name) < 7 for name in said):
        numbers = known.names.numbers if known.names and known.names.numbers else range(len(names))
        name_of = dict(zip(numbers, names, strict=True))
        if all(int(name) in name_of for name in said):
            content["categories"] = [
                {**row, "name": composed(name_of[int(name)])} for row, name in zip(categories, said, strict=True)
            ]
