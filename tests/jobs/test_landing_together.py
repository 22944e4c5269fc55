"""Segments of a kind that asks for it land several at a time; a bad one among them takes no other along."""

import dataclasses

import pyarrow as pa
import pytest

from jobs.engine import landing
from jobs.engine.kinds import load_kind
from jobs.engine.landing import land_published
from jobs.engine.spec import JobSpec
from jobs.engine.tracking import Tracked
from store.connection import utc_now
from store.ledger import landed_totals
from tests.support.small_workspace import SCHEMA, image_row, new_dataset


@pytest.fixture
def job(workspace, monkeypatch):
    dataset = new_dataset(workspace)
    kind = dataclasses.replace(load_kind("import"), lands_together=3)
    monkeypatch.setattr(landing, "load_kind", lambda name: kind)
    fields = {field.name: None for field in dataclasses.fields(JobSpec)}
    known = {"id": "import-000001", "kind": "import", "dataset": dataset.name, "dataset_id": dataset.id, "run_id": 1}
    spec = JobSpec(**{**fields, **known, "workspace": str(workspace.root), "parameters": {}, "attempt": 1})
    tracked = Tracked(spec, "running", utc_now(), {})
    tracked.folder().segments_path.mkdir(parents=True)
    return tracked


def publish(job: Tracked, *numbers: int) -> None:
    for n in numbers:
        job.folder().publish(n, pa.Table.from_pylist([image_row(f"{n}.png")], schema=SCHEMA))


def left(job: Tracked) -> list[int]:
    return [n for n, _ in job.folder().segments()]


def paths(workspace) -> list[str]:
    return workspace.read_text("SELECT path FROM image ORDER BY path")["path"].to_pylist()


def test_too_few_wait_while_more_may_come(workspace, job) -> None:
    publish(job, 0, 1)
    land_published(workspace, job, waits=True)
    assert left(job) == [0, 1] and landed_totals(workspace, job.spec.id).n_segments == 0
    publish(job, 2, 3)
    land_published(workspace, job, waits=True)
    assert left(job) == [3] and paths(workspace) == ["0.png", "1.png", "2.png"]
    land_published(workspace, job)
    assert left(job) == [] and landed_totals(workspace, job.spec.id).next_n == 4


def test_those_that_land_together_land_in_one_transaction(workspace, job) -> None:
    publish(job, 0, 1, 2)
    before = workspace.generation()
    land_published(workspace, job, waits=True)
    assert workspace.generation() == before + 1 and landed_totals(workspace, job.spec.id).n_segments == 3


def test_a_bad_one_among_them_is_put_aside_alone(workspace, job) -> None:
    publish(job, 0, 1, 2)
    (job.folder().segments()[1][1]).write_bytes(b"no Parquet")
    land_published(workspace, job, waits=True)
    assert paths(workspace) == ["0.png", "2.png"] and job.n_bad_segments == 1 and left(job) == []
    assert [entry.name for entry in job.folder().segments_path.iterdir()] == ["bad-000001.parquet"]


def test_what_landed_before_an_owner_ended_is_not_taken_twice(workspace, job) -> None:
    publish(job, 0)
    land_published(workspace, job)
    publish(job, 0, 1, 2)
    land_published(workspace, job)
    assert paths(workspace) == ["0.png", "1.png", "2.png"] and landed_totals(workspace, job.spec.id).n_segments == 3
