"""Saved selections: sets of a dataset's images under a name, drawn on a map and used anywhere."""

import datetime
import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from store.acting import does
from store.connection import Workspace, utc_now
from store.errors import BadSelection, UnknownSelection
from store.spreadsheets import as_csv as as_csv  # pages take it from here, beside as_parquet
from store.statements import sql

LONGEST_NAME = 120  # characters


@dataclass(frozen=True)
class Selection:
    """A saved selection. run_id: the map it was drawn on, if any."""

    id: int
    dataset_id: int
    name: str
    run_id: int | None
    who: str
    created_at: datetime.datetime
    n_images: int


@does("select")
def save_selection(
    workspace: Workspace, dataset_id: int, *, name: str, image_ids: np.ndarray, who: str, run_id: int | None = None
) -> Selection:
    """Keep the images `image_ids` (n,) int64 of the dataset under `name`, and return what was kept.

    Raises BadSelection for no name, one that is too long or taken, and for no image of the dataset.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise BadSelection(f"A selection's name has 1 to {LONGEST_NAME} characters, not {len(name)}.")
    with workspace.writing(dataset_id) as cursor:
        taken = cursor.execute(sql("list_selections"), {"dataset_id": dataset_id}).fetchall()
        if any(str(row[2]).casefold() == name.casefold() for row in taken):
            raise BadSelection(f"There is a selection called {name!r} already. Choose another name, or delete it.")
        values = {"dataset_id": dataset_id, "name": name, "run_id": run_id, "who": who, "created_at": utc_now()}
        selection_id = cursor.execute(sql("insert_selection"), values).fetchall()[0][0]
        cursor.register("chosen", _chosen(image_ids))
        cursor.execute(sql("insert_selection_images"), {"selection_id": selection_id, "dataset_id": dataset_id})
        if not cursor.execute(sql("selection_images"), {"selection_id": selection_id}).fetchall():
            raise BadSelection("Nothing is selected, so there is nothing to save. Draw around some points first.")
    return find_selection(workspace, dataset_id, name=name)


def list_selections(workspace: Workspace, dataset_id: int) -> list[Selection]:
    """The dataset's saved selections, by name."""
    return workspace.all("list_selections", Selection, dataset_id=dataset_id)


def find_selection(workspace: Workspace, dataset_id: int, *, name: str) -> Selection:
    """The selection called `name`, or with that number; raises UnknownSelection, which lists those there are."""
    saved = list_selections(workspace, dataset_id)
    for fits in (lambda selection: selection.name == name, lambda selection: str(selection.id) == name):
        for selection in saved:
            if fits(selection):
                return selection
    names = ", ".join(repr(selection.name) for selection in saved) or "none yet"
    raise UnknownSelection(f"This dataset has no selection called {name!r} (selections: {names}).")


def selection_images(workspace: Workspace, selection_id: int) -> np.ndarray:
    """image ids (n,) int64 of a selection, ascending; empty where there is no such selection."""
    table = workspace.read("selection_images", selection_id=selection_id)
    return np.asarray(table["image_id"].to_numpy(), np.int64)


@does("delete_selection")
def delete_selection(workspace: Workspace, dataset_id: int, *, selection_id: int) -> None:
    """Forget a selection; its images stay. A number that is not there changes nothing."""
    with workspace.writing(dataset_id) as cursor:
        cursor.execute(sql("delete_selection_images"), {"selection_id": selection_id})
        cursor.execute(sql("delete_selection"), {"selection_id": selection_id})


def images_table(workspace: Workspace, dataset_id: int, *, image_ids: np.ndarray) -> pa.Table:
    """What is known of the images `image_ids` (n,) of the dataset, by path: class, split, measures, sha256, source."""
    return workspace.read_beside({"chosen": _chosen(image_ids)}, sql("chosen_export"), dataset_id=dataset_id)


def as_parquet(table: pa.Table) -> bytes:
    """The table as Parquet."""
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _chosen(image_ids: np.ndarray) -> pa.Table:
    return pa.table({"image_id": pa.array(np.asarray(image_ids, np.int64))})
