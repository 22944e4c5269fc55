"""Datasets whose folder was renamed, or lies on another disk: found again by what their pictures hold."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.datasets import Dataset, list_datasets
from store.statements import sql
from store.subjects import DETAILS, PICTURES, note_changes

SAME, MISSING, DIFFERS, UNREADABLE = "same", "missing", "differs", "unreadable"
_LOOKED_AT = 500  # pictures whose names and sizes tell one folder from another
_ENOUGH = 0.5  # the share of pictures that must be the same for a folder to be taken for a dataset's


@dataclass(frozen=True)
class Likeness:
    """Of so many known pictures, how many have a file of their name and size in a folder."""

    n_alike: int
    n_looked_at: int

    @property
    def is_enough(self) -> bool:
        """Whether the folder may be the dataset's, moved."""
        return enough(self.n_alike, of=self.n_looked_at)


def enough(n_same: int, *, of: int) -> bool:
    """Whether `n_same` pictures of so many are enough to take a folder for the one that they stood in."""
    return of > 0 and n_same >= _ENOUGH * of


def likeness(workspace: Workspace, dataset_id: int, *, folder: Path) -> Likeness:
    """How far a folder looks as the dataset's did: names and sizes of up to 500 of its pictures. Nothing is read."""
    rows = workspace.read("some_pictures", dataset_id=dataset_id, n=_LOOKED_AT).to_pylist()
    return Likeness(sum(_size(folder / row["path"]) == row["bytes"] for row in rows), len(rows))


def moved_dataset(workspace: Workspace, *, folder: Path, datasets: Sequence[Dataset] | None = None) -> Dataset | None:
    """The dataset whose own folder is not there any more, and whose pictures lie in `folder`; the likest of several."""
    found: list[tuple[int, Dataset]] = []
    for dataset in list_datasets(workspace) if datasets is None else datasets:
        if not dataset.is_there:
            alike = likeness(workspace, dataset.id, folder=folder)
            found += [(alike.n_alike, dataset)] if alike.is_enough else []
    return max(found, key=lambda pair: pair[0])[1] if found else None


def pictures_to_find(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path, sha256, bytes, was_missing of all images of a dataset."""
    return workspace.read("pictures_to_find", dataset_id=dataset_id)


def has_moved(workspace: Workspace, run_id: int) -> bool:
    """Whether a run has moved its dataset already."""
    return workspace.count("has_moved", run_id=run_id) > 0


def land_move(
    cursor: duckdb.DuckDBPyConnection, dataset_id: int, *, table: pa.Table, root: str, who: str, run_id: int
) -> None:
    """Let a dataset stand on the folder `root`, in an open transaction; what is not there counts as missing.

    table: image_id, state (SAME, MISSING, DIFFERS or UNREADABLE), mtime_ns, was_missing of every image. What differs
    stays as it was until the next import reads it.
    """
    key: dict[str, int | str] = {"dataset_id": dataset_id, "root": root}
    cursor.register("incoming", table)
    cursor.execute(sql("insert_dataset_move"), {**key, "who": who, "run_id": run_id, "moved_at": utc_now()})
    cursor.execute(sql("move_label_file"), key)
    cursor.execute(sql("move_dataset"), key)
    changed = cursor.execute(sql("find_moved_images"), {"dataset_id": dataset_id}).fetchall()
    cursor.execute(sql("date_moved_images"), {"dataset_id": dataset_id})
    note_changes(cursor, dataset_id, [DETAILS, PICTURES] if changed else [DETAILS])
    cursor.unregister("incoming")


def _size(path: Path) -> int | None:
    """The size of a file; None where there is none."""
    try:
        about = os.stat(path)
    except (OSError, ValueError):
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None
