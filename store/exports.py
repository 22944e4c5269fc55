"""Exports and the augmented pictures in them, previews of those, and checks of submissions: what runs left."""

import duckdb
import pyarrow as pa

from store.connection import Workspace
from store.statements import sql


def land_export(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take the list of an export's files into the open transaction. table: the columns of export_item, less run_id."""
    cursor.register("incoming", table)
    cursor.execute(sql("insert_export_items"), {"run_id": run_id})


def has_exported(workspace: Workspace, run_id: int) -> bool:
    """Whether the files of an export are in the file."""
    return workspace.count("count_export_items", run_id=run_id) > 0


def land_previews(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, dataset_id: int, run_id: int) -> None:
    """Take previews in, in place of the dataset's older ones. table: augmentation_preview, less run_id."""
    cursor.execute(sql("delete_previews"), {"dataset_id": dataset_id, "run_id": run_id})
    cursor.register("incoming", table)
    cursor.execute(sql("insert_previews"), {"run_id": run_id})


def previews(workspace: Workspace, *, run_id: int) -> pa.Table:
    """n, image_id, sha256, partner_id, partner_sha256, technique, own_share, picture (JPEG) of a preview run."""
    return workspace.read("augmentation_previews", run_id=run_id)


def original_keys(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path, sha256, missing of every image of the dataset, whatever was decided since."""
    return workspace.read("original_keys", dataset_id=dataset_id)


def boxes_of_version(workspace: Workspace, version_id: int, *, run_id: int, score: float) -> pa.Table:
    """image_id, class_index, score, x1, y1, x2, y2, area, mask of a run's objects in a version's images, by image."""
    return workspace.read("boxes_of_version", version_id=version_id, run_id=run_id, score=score)


def looked_at_of_version(workspace: Workspace, version_id: int, *, run_id: int) -> pa.Table:
    """image_id of a version's images that a detection run looked at, by image."""
    return workspace.read("looked_at_of_version", version_id=version_id, run_id=run_id)


def kept_rows(workspace: Workspace, dataset_id: int) -> pa.Table:
    """The kept images of a dataset as they are now, by path, as `store.versions.export_rows` gives a version's."""
    return workspace.read("kept_export", dataset_id=dataset_id)
