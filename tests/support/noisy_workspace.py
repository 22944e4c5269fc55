"""A dataset whose labels are partly wrong, with vectors that show it, and label checks of it."""

import numpy as np

from jobs.engine.spec import DONE
from store.connection import Workspace
from store.datasets import Dataset
from tests.support.running import run_job
from tests.support.small_workspace import image_row, land, land_these_vectors, new_dataset

NAMES = ("cat", "<b>lynx</b>", "wolf")
N, N_WRONG, N_FAR = 240, 18, 4


def noisy_birds(workspace: Workspace, name: str = "birds") -> Dataset:
    """240 images of three classes: 0 to 17 carry a wrong label, the last four look like nothing else.

    Image 30 has no label; 40 and 41 are the same bytes under two labels, 41's being wrong.
    """
    dataset = new_dataset(workspace, name)
    truth, labels = truth_and_labels()
    rows = [image_row(f"{i:03}.png", label=label if i != 30 else None) for i, label in enumerate(labels.tolist())]
    rows[41] = image_row("041.png", content="040.png", label=int(labels[41]))
    for i, row in enumerate(rows):
        row["phash"] = int(np.random.default_rng(i).integers(0, 2**63))
    rows[41]["phash"] = rows[40]["phash"]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, class_name in enumerate(NAMES):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, class_name]
            )
    land_clouds(workspace, dataset, truth)
    return dataset


def checked_birds(workspace: Workspace) -> Dataset:
    """The noisy birds after a label check."""
    dataset = noisy_birds(workspace)
    assert check_labels(workspace, dataset.name).state == DONE
    return dataset


def truth_and_labels() -> tuple[np.ndarray, np.ndarray]:
    """The true and the given class of each image."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, N)
    truth[41] = truth[40]
    labels = truth.copy()
    labels[:N_WRONG] = (labels[:N_WRONG] + rng.integers(1, 3, N_WRONG)) % 3
    labels[41] = (labels[41] + 1) % 3
    return truth, labels


def land_clouds(workspace: Workspace, dataset: Dataset, truth: np.ndarray, *, dim: int = 8) -> None:
    """A vector for each image, near its true class's; the last four far from all, 41 where 40 is."""
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    vectors = np.eye(3, dim)[truth] * 5 + np.random.default_rng(5).normal(size=(N, dim))
    vectors[-N_FAR:] += np.eye(1, dim, dim - 1) * 25
    vectors[41] = vectors[40]
    land_these_vectors(workspace, dataset.id, images, vectors)


def check_labels(workspace: Workspace, name: str, **parameters: object):
    """Start a label check, do its worker's part here, land it; the job as it ended."""
    return run_job(workspace, "label-issues", name, **parameters)
