"""What quality gates ask of the file: pictures, labels, vectors by their rows."""

import datetime
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.label_issues import list_label_runs
from store.statements import vector_sql
from store.vectors import Space


@dataclass(frozen=True, eq=False)
class Doubted:
    """Of n_judged kept pictures, those whose label a check doubts: image_id, path, the most doubtful first."""

    n_judged: int
    rows: pa.Table


def gate_images(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path, bytes, pixel_sha256, missing of the pictures that nobody removed, by path."""
    return workspace.read("gate_images", dataset_id=dataset_id)


def unlabelled(workspace: Workspace, dataset_id: int) -> pa.Table:
    """image_id, path of the kept pictures without a label that is a class of the dataset, by path."""
    return workspace.read("gate_unlabelled", dataset_id=dataset_id)


def newest_picture(workspace: Workspace, dataset_id: int) -> datetime.datetime | None:
    """When the picture was taken in that came last, UTC; None without one."""
    newest: datetime.datetime | None = workspace.read("gate_newest_picture", dataset_id=dataset_id)["imported_at"][
        0
    ].as_py()
    return newest


def doubted(workspace: Workspace, dataset_id: int) -> Doubted | None:
    """What the newest label check doubts; None without one."""
    run = next(iter(list_label_runs(workspace, dataset_id)), None)
    if run is None:
        return None
    n_judged = workspace.count("gate_judged", dataset_id=dataset_id, run_id=run.run_id)
    return Doubted(n_judged, workspace.read("gate_doubted", dataset_id=dataset_id, run_id=run.run_id))


def images_with_vector(workspace: Workspace, space: Space) -> np.ndarray:
    """(n,) int64: the pictures that have a vector in a space."""
    found: np.ndarray = workspace.read_text(vector_sql("gate_images_with_vector", space_id=space.id))[
        "image_id"
    ].to_numpy()
    return found


def repeated_vectors(workspace: Workspace, space: Space) -> pa.Table:
    """image_id, path, n of the pictures with several vectors in a space."""
    return workspace.read_text(vector_sql("gate_repeated_vectors", space_id=space.id))


def strange_vectors(workspace: Workspace, space: Space, dataset_id: int) -> pa.Table:
    """image_id of the vectors that are of no picture of the dataset."""
    return workspace.read_text(vector_sql("gate_strange_vectors", space_id=space.id), dataset_id=dataset_id)


def other_widths(workspace: Workspace, space: Space) -> pa.Table:
    """image_id of the vectors that have another width than the space says."""
    return workspace.read_text(vector_sql("gate_other_widths", space_id=space.id), dim=space.dim)
