"""Pictures of three kinds that came in on two days, with changes planted in the later ones."""

import numpy as np

from store.connection import Workspace
from store.datasets import Dataset
from tests.support.small_workspace import image_row, land, land_these_vectors, new_dataset

N_BEFORE, N_AFTER, DIMS = 240, 120, 16
NAMES = ("great tit", "magpie", "robin")


def plant(
    workspace: Workspace,
    *,
    darker: float = 0.0,
    new_species: int = 0,
    policy: bool = False,
    copies: int = 0,
    name: str = "birds",
    seed: int = 0,
    vectors: bool = True,
) -> Dataset:
    """A dataset whose later pictures came a day after the earlier, with what is asked for changed in them.

    darker: taken from their brightness. new_species: so many later pictures are of a kind that was never seen.
    policy: of class 0 a half is called class 1 from now on. copies: later pictures that are earlier ones again.
    """
    rng = np.random.default_rng(seed)
    dataset = new_dataset(workspace, name)
    n = N_BEFORE + N_AFTER
    later = np.arange(n) >= N_BEFORE
    kinds = rng.integers(3, size=n)
    kinds[N_BEFORE : N_BEFORE + copies] = kinds[:copies]
    points = (np.eye(3, DIMS)[kinds] * 6 + rng.normal(size=(n, DIMS))).astype(np.float32)
    points[n - new_species :] = rng.normal(size=(new_species, DIMS)) - 5
    points[N_BEFORE : N_BEFORE + copies] = points[:copies] + np.float32(0.01)
    labels = np.where(policy & later & (kinds == 0) & (np.arange(n) % 2 == 0), 1, kinds)
    bright = np.clip(rng.normal(0.5, 0.1, n) - darker * later, 0, 1)
    rows = [
        image_row(
            f"{name}-{i:04}.png",
            label=int(labels[i]),
            brightness=float(bright[i]),
            split="new" if later[i] else "old",
        )
        for i in range(n)
    ]
    land(workspace, dataset.id, rows[:N_BEFORE], run_id=101)
    land(workspace, dataset.id, rows[N_BEFORE:], run_id=102)
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        cursor.execute(
            "UPDATE image SET imported_at = imported_at - INTERVAL 1 DAY WHERE run_id = 101 AND dataset_id = ?",
            [dataset.id],
        )
        cursor.executemany(
            "INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)",
            [[dataset.id, index, called] for index, called in enumerate(NAMES)],
        )
    if vectors:
        images = workspace.read("images_to_embed", dataset_id=dataset.id)
        land_these_vectors(workspace, dataset.id, images, points[np.argsort(np.argsort(images["image_id"]))])
    return dataset
