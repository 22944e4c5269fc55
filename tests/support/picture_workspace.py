"""A dataset of real files: coloured squares that a small network tells apart in seconds, and training jobs on it."""

from pathlib import Path

import numpy as np
from PIL import Image

from jobs.engine import worker
from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.supervisor import Supervisor
from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.runs import finish_run
from tests.support.small_workspace import image_row, land

NAMES = ("red", "<b>green</b>", "blue")
N = 90
SMALL = {"model": "resnet18", "side": 32, "epochs": 2, "batch_size": 16, "onnx": False, "learning_rate": 0.02}


def coloured(workspace: Workspace, folder: Path, *, splits: list[str | None] | None = None) -> Dataset:
    """90 pictures of three colours with noise; 88 and 89 are copies of 0 and 1; names of classes as in NAMES."""
    folder.mkdir(parents=True)
    rows, rng = [], np.random.default_rng(8)
    for i in range(N):
        source = i - 88 if i >= 88 else i
        label = source % 3
        pixels = np.random.default_rng(source).integers(0, 90, (40, 32, 3), dtype=np.uint8)
        pixels[..., label] += 140
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
        content = f"{source:03}.png"
        row = image_row(f"{i:03}.png", content=content, label=label, split=splits[i] if splits else None)
        rows.append({**row, "phash": int(rng.integers(0, 2**63))})
    dataset = ensure_dataset(workspace, "squares", root=str(folder), task="single", layout="classes")
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(NAMES):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, name]
            )
    return dataset


def train(workspace: Workspace, name: str, **parameters: object):
    """Start a training job, do its worker's part here, land it; the job as it ended."""
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("train", dataset=name, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    return landed(workspace, supervisor, folder)


def landed(workspace: Workspace, supervisor: Supervisor, folder: JobFolder):
    """Take in what the worker of a held job published; the job as it ended."""
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    spec, (_, figures) = folder.spec(), folder.ending()
    supervisor.land(spec.id)
    with workspace.writing(spec.dataset_id) as cursor:
        finish_run(cursor, spec.run_id, complete=True, seconds=1.0, figures=figures)
    return supervisor.job(spec.id)
