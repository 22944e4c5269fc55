"""Pictures and a table of them: CSV, Parquet, and Hugging Face's imagefolder with one in each split."""

import csv
import glob
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.engine.errors import ExportRefused
from jobs.export.content import IMAGES, Content, Format, file_names, label_cells, split_folders, write_names
from jobs.export.packing import library_splits, one_config
from jobs.export.plan import UNASSIGNED, Entry
from store.spreadsheets import is_formula

MANIFEST = "manifest.parquet"
_MARKS = "|;,"  # what separates several labels in a cell


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


def write_manifest(folder: Path, content: Content) -> None:
    """The manifest as Parquet, which holds any name and several labels."""
    pq.write_table(manifest(content), folder / MANIFEST)


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
    write_manifest(folder, content)
    write_names(folder, content)


# Hugging Face imagefolder: each split has its own metadata.csv, beside the pictures' folder


def _place_for_imagefolder(content: Content) -> list[Entry]:
    splits = split_folders(content)
    named = zip(content.entries, file_names(content), strict=True)
    return [replace(entry, path=f"{splits[entry.split]}{IMAGES}/{name}") for entry, name in named]


def _describe_imagefolder(folder: Path, content: Content) -> None:
    _check_cells(content)
    for split, below in split_folders(content).items():
        entries = [entry for entry in content.entries if entry.split == split]
        if entries:
            table = manifest(replace(content, entries=entries), path_column="file_name", below=below)
            _write_csv(folder / below / "metadata.csv", table)
    write_names(folder, content)


def _imagefolder_reading(content: Content) -> str:
    used = {entry.split for entry in content.entries}
    return "labels:*" if len(used) > 1 else f"labels:{split_folders(content)[next(iter(used))]}metadata.csv"


def _imagefolder_configs(content: Content) -> list[dict[str, object]]:
    """The files of each split; what else lies at the top is none of the library's."""
    folders = {(folder.rstrip("/") or UNASSIGNED): folder for folder in split_folders(content).values()}
    if not content.has_splits:
        return one_config({"train": ["metadata.csv", f"{IMAGES}/**"]})
    return one_config({name: f"{glob.escape(folders[split])}**" for split, name in library_splits(content).items()})


CSV = Format("CSV manifest", _place_in_images, _describe_csv, lambda content: "labels:manifest.csv")
PARQUET = Format("Parquet manifest", _place_in_images, _describe_parquet, lambda content: f"labels:{MANIFEST}")
IMAGEFOLDER = Format(
    "Hugging Face imagefolder",
    _place_for_imagefolder,
    _describe_imagefolder,
    _imagefolder_reading,
    configs=_imagefolder_configs,
)
SPREADSHEETS = ("csv", "imagefolder")  # formats with a table that a spreadsheet opens
