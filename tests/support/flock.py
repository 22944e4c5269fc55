"""Six birds of three classes, for tests of what is decided about pictures."""

import pyarrow as pa

from store.connection import Workspace
from store.datasets import Dataset
from store.statements import sql
from tests.support.small_workspace import image_row, land, new_dataset

CLASSES = ("crow", "gull", "wren")


def make_birds(workspace: Workspace, n: int = 6) -> Dataset:
    """A dataset of n pictures, their classes in turn."""
    dataset = new_dataset(workspace)
    with workspace.writing(dataset.id) as cursor:
        cursor.register("incoming", pa.table({"index": range(3), "name": CLASSES}))
        cursor.execute(sql("upsert_class_names"), {"dataset_id": dataset.id})
    land(workspace, dataset.id, [image_row(f"{i:05}.png", label=i % 3) for i in range(n)])
    return dataset


def now(workspace: Workspace) -> dict[int, tuple[int | None, bool]]:
    """Label and whether removed of each image, as they count now."""
    with workspace.writing() as cursor:
        rows = cursor.execute("SELECT id, label, removed FROM current_image ORDER BY id").fetchall()
    return {image_id: (label, removed) for image_id, label, removed in rows}
