"""Duplicates: the pairs that a run found, the same files and pixels, and what is known of their images."""

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.runs import FinishedRun, finished_runs
from store.statements import sql


@dataclass(frozen=True, kw_only=True)
class DuplicatesRun(FinishedRun):
    """A finished comparison. figures: among others least_cosine and most_bits, below which it kept no pair."""

    space: str | None


@dataclass(frozen=True)
class NearCounts:
    """Groups of near duplicates that are not all the same file, and their images; across splits; with other labels."""

    n_groups: int
    n_images: int
    n_groups_across: int
    n_images_across: int
    n_groups_conflicting: int
    n_images_conflicting: int


def images_to_compare(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, sha256, pixel_sha256, phash, is_blank of the kept images, by image."""
    return workspace.read("images_to_compare", dataset_id=dataset_id)


def land_duplicates(cursor: duckdb.DuckDBPyConnection, table: pa.Table, *, run_id: int) -> None:
    """Take a comparison's rows into the open transaction of `cursor`, in place of what the run left before.

    table: first_image, second_image, cosine, bits, group_number, reasons. Rows without a group_number are pairs; the
    others say that first_image belongs to the group.
    """
    cursor.register("incoming", table)
    for statement in (
        "delete_duplicates_of_run",
        "delete_duplicate_groups_of_run",
        "insert_duplicate_pairs",
        "insert_duplicate_groups",
    ):
        cursor.execute(sql(statement), {"run_id": run_id})


def has_landed(workspace: Workspace, run_id: int) -> bool:
    """Whether the run has left pairs or groups."""
    return bool(workspace.value("duplicates_landed", bool, run_id=run_id))


def drop_older_duplicates(workspace: Workspace, dataset_id: int, *, run_id: int) -> None:
    """Forget the pairs and groups of older runs of the dataset; the runs stay on record."""
    with workspace.writing(dataset_id) as cursor:
        for statement in ("delete_older_duplicate_pairs", "delete_older_duplicate_groups"):
            cursor.execute(sql(statement), {"run_id": run_id, "dataset_id": dataset_id})


def latest_comparison(workspace: Workspace, dataset_id: int) -> DuplicatesRun | None:
    """The dataset's newest finished comparison, or None."""
    runs = finished_runs(workspace, dataset_id, kind="duplicates", of=DuplicatesRun, n_rows=1)
    return runs[0] if runs else None


def read_pairs(workspace: Workspace, dataset_id: int, *, run_id: int = 0) -> dict[str, np.ndarray]:
    """first, second (int64), cosine (float32, NaN), bits (int16, -1), same_file, same_pixels of pairs of kept images.

    Those of the run (0: no run), and every image whose file or pixels occurred before with the first that has them.
    """
    table = workspace.read("duplicate_pairs", dataset_id=dataset_id, run_id=run_id)
    return {
        "first": table["first_image"].to_numpy(),
        "second": table["second_image"].to_numpy(),
        "cosine": table["cosine"].to_numpy().astype(np.float32),
        "bits": table["bits"].fill_null(-1).to_numpy().astype(np.int16),
        "same_file": table["same_file"].to_numpy(),
        "same_pixels": table["same_pixels"].to_numpy(),
    }


def facts(workspace: Workspace, dataset_id: int, image_ids: np.ndarray) -> pa.Table:
    """image_id, sha256, path, label, labels, split, width, height, bytes, mtime_ns of `image_ids`, in their order."""
    return workspace.read("duplicate_facts", dataset_id=dataset_id, image_ids=image_ids.tolist())


def near_counts(workspace: Workspace, dataset_id: int) -> NearCounts:
    """The near duplicates of the newest comparison that are still kept; zeros without one."""
    return workspace.one("overview_near_duplicates", NearCounts, dataset_id=dataset_id)
