"""A dataset whose labels are partly wrong, with vectors that show it, and label checks of it."""

import numpy as np
import pyarrow as pa

from jobs import worker
from jobs.folder import job_folder
from jobs.supervisor import Supervisor
from store.connection import Workspace
from store.datasets import Dataset
from store.runs import finish_run
from store.vectors import land_vectors
from tests.small_workspace import image_row, land, new_dataset

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
            cursor.execute("INSERT INTO class_name VALUES ($1, $2, $3, NULL)", [dataset.id, index, class_name])
    land_clouds(workspace, dataset, truth)
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
    flat = pa.array(vectors.astype(np.float32).ravel())
    columns = {"image_id": images["image_id"], "sha256": images["sha256"]}
    columns |= {"vector": pa.FixedSizeListArray.from_arrays(flat, dim), "reason": pa.nulls(N, pa.string())}
    about = {"model": "tiny", "dim": dim, "preprocess": {}, "weights_source": "test", "weights_sha256": "0" * 64}
    with workspace.writing(dataset.id) as cursor:
        land_vectors(cursor, dataset.id, space_name="tiny", about=about, table=pa.table(columns), run_id=2)


def check_labels(workspace: Workspace, name: str, **parameters: object):
    """Start a label check, do its worker's part here, land it; the job as it ended."""
    return run_with_figures(workspace, "label-issues", name, **parameters)


def run_with_figures(workspace: Workspace, kind: str, name: str, **parameters: object):
    """Start a job, do its worker's part here, land it with its worker's figures; the job as it ended."""
    supervisor = Supervisor(workspace)
    job_id = supervisor.start(kind, dataset=name, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)
    spec, (_, figures) = folder.spec(), folder.ending()  # which the owner of a living worker reads
    with workspace.writing(spec.dataset_id) as cursor:
        finish_run(cursor, spec.run_id, complete=True, seconds=1.0, figures=figures)
    return supervisor.job(job_id)
