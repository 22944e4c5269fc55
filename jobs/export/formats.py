"""The formats of an export: where each picture lies, and the files that say what it shows."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from importers.split_words import split_word
from jobs.engine.errors import ExportRefused
from jobs.export.plan import UNASSIGNED, Entry, ExportRow, flat_names, folder_names, made_name
from store.spreadsheets import is_formula

NAMES_FILE = "class_names.json"
IMAGES = "images"
_MARKS = "|;,"  # what separates several labels in a cell


@dataclass(frozen=True)
class Content:
    """What is exported. rows: a version's pictures. classes: names by index.

    written: SHA-256 by path of the pictures that were written anew, and so are other files than the originals.
    """

    rows: Sequence[ExportRow]
    classes: tuple[str, ...]
    multi: bool
    entries: Sequence[Entry]
    team: str = "team"
    soft_labels: bool = False
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_splits(self) -> bool:
        """Whether any picture is in a split."""
        return any(entry.split is not None for entry in self.entries)

    def row(self, entry: Entry) -> ExportRow:
        """The version's row of an entry: its own, or its parent's."""
        return self.rows[entry.row]

    def held(self, entry: Entry) -> list[int]:
        """The classes of an entry."""
        row = self.row(entry)
        if row.labels is not None:
            return row.labels
        return [] if row.label is None else [row.label]


@dataclass(frozen=True)
class Format:
    """One way to write a version. place(content): its entries with their paths. describe(folder, content): its files.

    reading(content): how an import reads it back. needs_one_label: a picture with several labels has no place in it.
    """

    title: str
    place: Callable[[Content], list[Entry]]
    describe: Callable[[Path, Content], None]
    reading: Callable[[Content], str]
    needs_one_label: bool = False


def file_names(content: Content) -> list[str]:
    """A name for each entry, all different; a made picture is called after its parent."""
    flat = flat_names([row.path for row in content.rows])
    return [
        flat[entry.row]
        if not entry.technique
        else made_name(flat[entry.row], entry, lossless=content.rows[entry.row].format != "JPEG")
        for entry in content.entries
    ]


def label_cells(content: Content) -> list[list[str]] | list[str | None]:
    """What a table says of each entry: the class's name, or its index where names could be taken for numbers."""
    names = content.classes
    as_index = any(not name or name != name.strip() or name.isdecimal() for name in names)
    words = [str(index) for index in range(len(names))] if as_index else list(names)
    if content.multi:
        return [[words[index] for index in content.held(entry)] for entry in content.entries]
    return [next((words[index] for index in content.held(entry)), None) for entry in content.entries]


def write_names(folder: Path, content: Content) -> None:
    """The class names by index, which folders and tables alone would not tell."""
    (folder / NAMES_FILE).write_text(json.dumps(list(content.classes), ensure_ascii=False), encoding="utf-8")


# Class folders


def _place_in_folders(content: Content) -> list[Entry]:
    classes = _class_folders(content)
    splits = _split_folders(content)
    placed = []
    for entry, name in zip(content.entries, file_names(content), strict=True):
        inner = "".join(f"{classes[index]}/" for index in content.held(entry)[:1])
        placed.append(replace(entry, path=f"{splits[entry.split]}{inner}{name}"))
    return placed


def _class_folders(content: Content) -> list[str]:
    """A class may be called like a split; an import would then have to ask which it is."""
    names = folder_names(content.classes)
    return [str(i) for i in range(len(names))] if any(split_word(name) for name in names) else names


def _folders_reading(content: Content) -> str:
    if not any(content.held(entry) for entry in content.entries):
        return "splits" if content.has_splits else "flat"
    return "splits/classes" if content.has_splits else "classes"


def _split_folders(content: Content) -> dict[str | None, str]:
    """Split to folder, with its slash; no folders where there are no splits."""
    if not content.has_splits:
        return {None: ""}
    splits = sorted({entry.split for entry in content.entries if entry.split is not None})
    folders = folder_names(splits, not_these=(UNASSIGNED,))
    named = dict(zip(splits, folders, strict=True))
    return {None: f"{UNASSIGNED}/"} | {split: f"{folder}/" for split, folder in named.items()}


# Tables


def _place_in_images(content: Content) -> list[Entry]:
    named = zip(content.entries, file_names(content), strict=True)
    return [replace(entry, path=f"{IMAGES}/{name}") for entry, name in named]


def manifest(content: Content, *, path_column: str = "path", below: str = "") -> pa.Table:
    """A row an entry. below: a folder that paths are relative to."""
    rows = [content.row(entry) for entry in content.entries]
    labels = label_cells(content)
    label = pa.array(labels, pa.list_(pa.string()) if content.multi else pa.string())
    columns = {
        path_column: [entry.path.removeprefix(below) for entry in content.entries],
        "labels" if content.multi else "label": label,
        "split": pa.array([entry.split for entry in content.entries], pa.string()),
        "class_indices": pa.array([content.held(entry) for entry in content.entries], pa.list_(pa.int32())),
        "sha256": pa.array([_sha256(content, entry) for entry in content.entries], pa.string()),
        "source_path": [row.path for row in rows],
        "source_url": pa.array([row.source_url for row in rows], pa.string()),
        "source": pa.array([row.source for row in rows], pa.string()),
        "licence": pa.array([row.licence for row in rows], pa.string()),
        "technique": pa.array([entry.technique or None for entry in content.entries], pa.string()),
    }
    return pa.table(columns)


def _sha256(content: Content, entry: Entry) -> str | None:
    """Of the file that lies in the export; None for a made picture."""
    return None if entry.technique else content.written.get(entry.path, content.row(entry).sha256)


def n_formula_cells(content: Content) -> int:
    """How many cells of the tables of text a spreadsheet would take for formulas; they are written as they are."""
    table = manifest(content)
    cells = (
        "|".join(map(str, cell)) if isinstance(cell, list) else cell
        for column in table.columns
        for cell in column.to_pylist()
    )
    return sum(isinstance(cell, str) and is_formula(cell) for cell in cells)


def _write_csv(path: Path, table: pa.Table) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            writer.writerow("|".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row)


def _check_cells(content: Content) -> None:
    odd = next((name for name in content.classes if any(mark in name for mark in _MARKS)), None)
    if content.multi and odd is not None:
        raise ExportRefused(
            f"The class name {odd!r} holds a |, ; or comma, which separate several labels in a table's cell. Export to "
            "Parquet or COCO instead, or correct the name."
        )


def _describe_csv(folder: Path, content: Content) -> None:
    _check_cells(content)
    _write_csv(folder / "manifest.csv", manifest(content))
    write_names(folder, content)


def _describe_parquet(folder: Path, content: Content) -> None:
    pq.write_table(manifest(content), folder / "manifest.parquet")
    write_names(folder, content)


# COCO


def _place_for_coco(content: Content) -> list[Entry]:
    splits: dict[str | None, str] = _split_folders(content) if content.has_splits else {None: f"{IMAGES}/"}
    named = zip(content.entries, file_names(content), strict=True)
    return [replace(entry, path=f"{splits[entry.split]}{name}") for entry, name in named]


def _describe_coco(folder: Path, content: Content) -> None:
    """Whole pictures are labelled, so each box is the whole picture. Category ids are class indices from 1."""
    licences = sorted({row.licence for row in content.rows if row.licence})
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, entry in enumerate(content.entries, start=1):
        row = content.row(entry)
        image = {"id": number, "file_name": entry.path, "width": row.width, "height": row.height}
        if row.source_url:
            image["coco_url"] = row.source_url
        if row.licence:
            image["license"] = licences.index(row.licence) + 1
        images.append(image)
        for index in content.held(entry):
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": index + 1,
                    "bbox": [0, 0, row.width, row.height],
                    "area": row.width * row.height,
                    "iscrowd": 0,
                }
            )
    coco = {
        "info": {"description": "Exported by Vitrine; boxes are whole pictures"},
        "licenses": [{"id": n, "name": name} for n, name in enumerate(licences, start=1)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(content.classes, start=1)],
        "images": images,
        "annotations": annotations,
    }
    (folder / "annotations.json").write_text(json.dumps(coco, ensure_ascii=False), encoding="utf-8")


# Hugging Face imagefolder: each split has its own metadata.csv, beside the pictures' folder


def _place_for_imagefolder(content: Content) -> list[Entry]:
    splits = _split_folders(content)
    named = zip(content.entries, file_names(content), strict=True)
    return [replace(entry, path=f"{splits[entry.split]}{IMAGES}/{name}") for entry, name in named]


def _describe_imagefolder(folder: Path, content: Content) -> None:
    _check_cells(content)
    for split, below in _split_folders(content).items():
        entries = [entry for entry in content.entries if entry.split == split]
        if entries:
            table = manifest(replace(content, entries=entries), path_column="file_name", below=below)
            _write_csv(folder / below / "metadata.csv", table)
    write_names(folder, content)


def _imagefolder_reading(content: Content) -> str:
    used = {entry.split for entry in content.entries}
    return "labels:*" if len(used) > 1 else f"labels:{_split_folders(content)[next(iter(used))]}metadata.csv"


FORMATS: dict[str, Format] = {
    "folders": Format("Class folders", _place_in_folders, write_names, _folders_reading, needs_one_label=True),
    "csv": Format("CSV manifest", _place_in_images, _describe_csv, lambda content: "labels:manifest.csv"),
    "parquet": Format(
        "Parquet manifest", _place_in_images, _describe_parquet, lambda content: "labels:manifest.parquet"
    ),
    "coco": Format("COCO JSON", _place_for_coco, _describe_coco, lambda content: "labels:annotations.json"),
    "imagefolder": Format(
        "Hugging Face imagefolder", _place_for_imagefolder, _describe_imagefolder, _imagefolder_reading
    ),
}
SPREADSHEETS = ("csv", "imagefolder")  # formats with a table that a spreadsheet opens
