"""Real small pictures, imported as a job does, and jobs run to their end in this process."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from jobs.engine import worker
from jobs.engine.folder import job_folder
from jobs.engine.supervisor import Supervisor
from store.connection import Workspace
from store.datasets import Dataset, find_dataset
from store.decisions import Act, decide
from store.runs import finish_run
from store.versions import export_rows, freeze, list_versions
from tests.support.looking import looked_at_here

CLASSES = ("cat", "lynx", "wolf")


def noise(seed: int, *, side: int = 64) -> Image.Image:
    """A picture that differs from all others."""
    blocks = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((side, side), Image.Resampling.BICUBIC)


def key(n: int) -> str:
    """The key of the nth picture."""
    return f"{n:04x}-{n * 7919:08x}"


def draw_course_set(folder: Path, *, n: int = 60, n_classes: int = 3, first: int = 0) -> Path:
    """A set as the course gives it: imgs/img_KEY.jpg and one-hot labels; of class 0 half of all."""
    (folder / "imgs").mkdir(parents=True)
    labels = {}
    for i in range(first, first + n):
        noise(i).save(folder / "imgs" / f"img_{key(i)}.jpg", quality=90)
        index = 0 if i % 2 else 1 + (i // 2) % (n_classes - 1)
        labels[f"img_{key(i)}"] = [int(index == k) for k in range(n_classes)]
    (folder / "data-labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


def run_job(workspace: Workspace, kind: str, dataset: str, **parameters: object):
    """Start a job, do its worker's part here, land it; the job as it ended, with its figures."""
    supervisor = Supervisor(workspace)
    with looked_at_here():
        job_id = supervisor.start(kind, dataset=dataset, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    status = worker.run(folder.path)
    how, figures = folder.ending()
    if status:
        raise AssertionError(f"{how}: {figures}")
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    spec = folder.spec()
    supervisor.land(job_id) if any((folder.path / "incoming").iterdir()) else None
    with workspace.writing(spec.dataset_id) as cursor:
        finish_run(cursor, spec.run_id, complete=True, seconds=1.0, figures=figures)
    return spec, figures


def imported(workspace: Workspace, folder: Path, name: str, **parameters: object) -> Dataset:
    """The folder as a dataset."""
    run_job(workspace, "import", name, folder=str(folder), processes=1, **parameters)
    return find_dataset(workspace, name)


def contents_of_version(workspace: Workspace, dataset: Dataset, version: str) -> Counter:
    """What a version says, without the ids and paths of its dataset."""
    found = next(one for one in list_versions(workspace, dataset.id) if one.name == version)
    names = found.class_names
    return Counter(
        (row["sha256"], None if row["label"] is None else names[row["label"]], tuple(row["labels"] or ()), row["split"])
        for row in export_rows(workspace, found.id).to_pylist()
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def rows_now(workspace: Workspace, dataset: Dataset) -> list[dict[str, Any]]:
    """The kept pictures of a dataset as they are now."""
    return workspace.rows("gallery_kept", dataset_id=dataset.id)


def import_animals(workspace: Workspace) -> None:
    """24 pictures in class folders of three splits, one relabelled, one removed, one without a label; version v1."""
    pictures = workspace.root.parent / "animals"
    for i in range(24):
        split, name = ("train", "val", "test")[i % 3], ("cat", "lynx", "wolf")[i // 8]
        folder = pictures / split / name
        folder.mkdir(parents=True, exist_ok=True)
        noise(i).save(folder / f"{i % 5}.png")  # the same names in many folders
    dataset = imported(workspace, pictures, "animals")
    ids = [row["image_id"] for row in rows_now(workspace, dataset)]
    decide(workspace, dataset.id, [Act(ids[0], "relabel", label=2), Act(ids[1], "remove")], who="me")
    decide(workspace, dataset.id, [Act(ids[2], "relabel", label=None)], who="me")
    freeze(workspace, dataset.id, name="v1", who="me")
