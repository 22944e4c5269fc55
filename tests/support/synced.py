"""Syncs with Qdrant for tests: done on the spot, into the client's memory mode or into the engine in a folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from jobs.engine import worker
from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.kinds import Figures, load_kind
from jobs.engine.supervisor import Supervisor
from jobs.sync_qdrant import job
from service.qdrant.client_store import ClientStore
from service.qdrant.contract import VectorStore
from service.qdrant.edge_store import EdgeStore
from store.connection import Workspace
from store.datasets import Dataset
from store.runs import finish_run
from tests.support.small_workspace import image_row, land, land_these_vectors, new_dataset

AT_HOME = "http://127.0.0.1:6333"  # an address that nothing is sent to
N, DIM = 40, 6


class InMemory(ClientStore):
    """A server that is not there: it outlives being closed, as one does."""

    def __init__(self) -> None:
        super().__init__(QdrantClient(":memory:"), where=AT_HOME, is_server=False)

    def close(self) -> None:
        """Nothing: the next one that connects finds what was there."""


@pytest.fixture(params=["memory", pytest.param("edge", marks=pytest.mark.long)])
def place(request, tmp_path, monkeypatch) -> Iterator[str]:
    """An address whose Qdrant is the client's memory mode, or the engine in a folder."""
    if request.param == "edge":
        yield f"edge:{tmp_path / 'engine'}"
        return
    server = InMemory()
    monkeypatch.setattr(job, "open_store", lambda url: server)
    yield AT_HOME


def opened(url: str) -> contextlib.closing[VectorStore]:
    """What lies at an address of `place`."""
    folder = Path(url.removeprefix("edge:"))
    return contextlib.closing(EdgeStore(folder) if url.startswith("edge:") else job.open_store(url))


def embedded_birds(workspace: Workspace, *, n: int = N, dim: int = DIM) -> Dataset:
    """A dataset of `n` images in three classes, with a vector each; the last two have the same bytes."""
    dataset = new_dataset(workspace)
    rows = [
        image_row(f"{i:03}.png", label=i % 3, split="train", content="twin" if i >= n - 2 else None) for i in range(n)
    ]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id, changes_data=True) as cursor:
        for index, name in enumerate(("crow", "gull", "wren")):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES (?, ?, ?)", [dataset.id, index, name]
            )
    images = workspace.read("images_to_embed", dataset_id=dataset.id)
    land_these_vectors(workspace, dataset.id, images, np.random.default_rng(3).normal(size=(n, dim)))
    return dataset


def held_sync(workspace: Workspace, url: str, **parameters: object) -> JobFolder:
    """The folder of a sync that is ready for its worker."""
    order = {"url": url, **parameters}
    job_id = Supervisor(workspace).start("sync-qdrant", dataset="birds", parameters=order, hold=True, trusted=True)
    return job_folder(workspace.root, job_id)


def settle(workspace: Workspace, folder: JobFolder) -> None:
    """Take in what a worker has published, and end the job if it did."""
    supervisor, kind = Supervisor(workspace), load_kind("sync-qdrant")
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(folder.path.name)
    ended, figures = folder.ending() or ("", {})
    if ended == "done":
        spec = folder.spec()
        kind.code().finish(workspace, kind.job(spec))
        with workspace.writing(spec.dataset_id) as cursor:
            finish_run(cursor, spec.run_id, complete=True, seconds=1.0, figures=figures)
            cursor.execute("UPDATE job SET state = 'done' WHERE id = ?", [spec.id])


def synced(workspace: Workspace, url: str, **parameters: object) -> Figures:
    """The figures of a sync that goes well."""
    folder = held_sync(workspace, url, **parameters)
    assert worker.run(folder.path) == 0, folder.ending()
    settle(workspace, folder)
    return folder.ending()[1]


def refused(workspace: Workspace, url: str, **parameters: object) -> str:
    """What a sync that does not go well says."""
    folder = held_sync(workspace, url, **parameters)
    assert worker.run(folder.path) == 1
    settle(workspace, folder)
    return str(folder.ending()[1]["reason"])
