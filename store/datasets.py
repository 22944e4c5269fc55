"""Datasets and their classes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from store.acting import current, does
from store.connection import Workspace, utc_now
from store.errors import NameTaken, UnknownDataset
from store.rows import JsonObject
from store.statements import sql


@dataclass(frozen=True)
class Dataset:
    """One imported dataset; `root` is the folder, or the address in a bucket, that its image paths are relative to."""

    id: int
    name: str
    root: str
    task: str
    layout: str
    import_options: JsonObject
    source: str | None
    licence: str | None
    n_files: int
    n_images: int
    created_at: datetime.datetime
    imported_at: datetime.datetime | None

    @property
    def is_there(self) -> bool:
        """Whether its folder can be seen. A bucket is not asked here; points have no folder, and lack none."""
        return self.layout == "points" or self.is_in_store or Path(self.root).is_dir()

    @property
    def is_in_store(self) -> bool:
        """Whether its pictures are objects of a bucket (root: s3://BUCKET/PREFIX)."""
        return self.root.startswith("s3://")


def list_datasets(workspace: Workspace) -> list[Dataset]:
    """All datasets of the workspace, by name."""
    return workspace.all("list_datasets", Dataset)


def find_dataset(workspace: Workspace, name: str) -> Dataset:
    """The dataset called `name`; raises UnknownDataset, which lists those that exist for whoever asks."""
    ids = current().dataset_ids
    datasets = [dataset for dataset in list_datasets(workspace) if ids is None or dataset.id in ids]
    for dataset in datasets:
        if dataset.name == name:
            return dataset
    names = ", ".join(repr(dataset.name) for dataset in datasets) or "none yet"
    raise UnknownDataset(f"There is no dataset called {name!r} in this workspace (datasets: {names}).")


def _dataset_of_name(given: Mapping[str, Any]) -> int:
    """The dataset that is called so already; 0 for a new one, which no visitor of some datasets may add."""
    return next((each.id for each in list_datasets(given["workspace"]) if each.name == given["name"]), 0)


@does("add_dataset", dataset_of=_dataset_of_name)
def ensure_dataset(workspace: Workspace, name: str, *, root: str, task: str, layout: str) -> Dataset:
    """The dataset called `name` over the folder `root`, made if it is new; raises NameTaken for another folder."""
    try:
        dataset = find_dataset(workspace, name)
    except UnknownDataset:
        with workspace.writing() as cursor:
            values = {"name": name, "root": root, "task": task, "layout": layout, "import_options": "{}"}
            cursor.execute(sql("insert_dataset"), {**values, "source": None, "licence": None, "created_at": utc_now()})
        return find_dataset(workspace, name)
    if dataset.root != root:
        raise NameTaken(
            f"The dataset {name!r} stands on {dataset.root}, not on {root}. Choose another name for this folder."
        )
    return dataset


def class_names(workspace: Workspace, dataset_id: int) -> list[str]:
    """The classes' names as they count now (corrected ones included), by class index."""
    names: list[str] = class_table(workspace, dataset_id)["name"].to_pylist()
    return names


def class_table(workspace: Workspace, dataset_id: int) -> pa.Table:
    """index, given_name, name, gone of every class; gone: the source names it no more, and no picture carries it."""
    return workspace.until_written(
        ("class_table", dataset_id), lambda: workspace.read("class_names", dataset_id=dataset_id)
    )
