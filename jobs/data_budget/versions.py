"""Frozen versions as states of the data: the label that each image has in them, in a job's folder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from store.budget import version_labels
from store.connection import Workspace
from store.versions import Version

VERSIONS, NAMES = "versions.npy", "version-names.npy"


def write_versions(workspace: Workspace, versions: Sequence[Version], *, image_ids: np.ndarray, folder: Path) -> None:
    """Leave the labels (versions, n) of the images `image_ids` (n,) in a job's folder, and the versions' names."""
    np.save(folder / VERSIONS, labels_in(workspace, versions, image_ids=image_ids))
    np.save(folder / NAMES, np.array([version.name for version in versions], dtype=str))


def versions_of(folder: Path, rows: np.ndarray) -> dict[str, np.ndarray]:
    """By name, the labels of some rows in the versions that the owner left; none in a job laid out without."""
    if not (folder / VERSIONS).exists():
        return {}
    kept, names = np.load(folder / VERSIONS), np.load(folder / NAMES).tolist()
    return {name: kept[index][rows] for index, name in enumerate(names)}


def labels_in(workspace: Workspace, versions: Sequence[Version], *, image_ids: np.ndarray) -> np.ndarray:
    """(versions, n) int32: the label that each image has in each version, -1 where it is not in it, or without one."""
    labels = np.full((len(versions), len(image_ids)), -1, np.int32)
    items = version_labels(workspace, version_ids=[version.id for version in versions])
    order = np.argsort(image_ids)
    of, ids, values = (items[name].to_numpy() for name in ("version_id", "image_id", "label"))
    places = np.searchsorted(image_ids, ids, sorter=order).clip(max=max(len(image_ids) - 1, 0))
    for row, version in enumerate(versions):
        mine = of == version.id
        at = order[places[mine]] if len(image_ids) else places[mine]
        here = image_ids[at] == ids[mine] if len(image_ids) else np.zeros(mine.sum(), bool)
        labels[row, at[here]] = values[mine][here]
    return labels
