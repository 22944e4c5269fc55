"""A picture at which the worker crashes twice is left out, with a reason, and the job goes on with all others."""

import os
import subprocess
import sys
import time

import pyarrow as pa
import pytest

from jobs.engine import supervisor as supervisor_module
from jobs.engine import underway
from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.spec import DONE, INTERRUPTED
from jobs.engine.supervisor import Supervisor
from jobs.engine.underway import Crashes, Underway, after_crash, clear_marks, crash_of, in_hand
from pages.ui import job_wording
from tests.support.detected_workspace import dataset_of, picture_folder
from tests.support.places import PROJECT

N = 25


@pytest.fixture
def pictures(workspace, tmp_path):
    """25 small pictures, which two pieces of the todo would hold."""
    return dataset_of(workspace, picture_folder(tmp_path / "pictures", {f"{i:02}.png": (40, 30) for i in range(N)}))


@pytest.fixture
def crashing(monkeypatch):
    """Workers that crash at the pictures named, until told otherwise."""
    monkeypatch.setenv("CRASH_KIND", "toy")
    monkeypatch.setenv("CRASH_AT", "07.png")

    started: list[subprocess.Popen] = []

    def spawn(folder: JobFolder) -> subprocess.Popen:
        with folder.log_path.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.crashing_worker", str(folder.path)],
                cwd=PROJECT,
                env=os.environ | {"PYTHONPATH": str(PROJECT)},
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    monkeypatch.setattr(supervisor_module, "spawn_worker", spawn)
    yield monkeypatch
    for process in started:
        process.kill()
        process.wait()


def ended(supervisor: Supervisor, job_id: str):
    """The job, once it has ended."""
    while supervisor.job(job_id).is_active:
        supervisor.tick()
        time.sleep(0.05)
    return supervisor.job(job_id)


def failures(workspace) -> dict[str, str]:
    with workspace.cursor() as cursor:
        found = cursor.execute(
            "SELECT image.path, reason FROM run_failure JOIN image ON image.id = run_failure.image_id"
        ).fetchall()
    return dict(found)


@pytest.mark.long
def test_a_picture_at_which_the_worker_crashes_twice_is_left_out(workspace, pictures, crashing):
    supervisor = Supervisor(workspace)
    job = ended(supervisor, job_id := supervisor.start("embed", dataset=pictures.name))
    assert job.state == INTERRUPTED, supervisor.log_of(job_id)
    assert job.message.startswith("The worker crashed (SIGSEGV); resume goes on, and takes the pictures it had in hand")
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == INTERRUPTED and "for the second time at the same picture" in job.message
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == DONE, supervisor.log_of(job_id)
    assert failures(workspace) == {"07.png": "The process crashed twice at this picture (SIGSEGV), so it was left out."}
    assert (job.n_done, job.n_failed, job.figures["n_vectors"]) == (N, 1, N - 1)
    assert "Left out, since the worker crashed at each twice: 1 picture" in job_wording.outcome(
        job, kinds=supervisor.kinds()
    )


@pytest.mark.long
def test_several_such_pictures_are_left_out_one_after_the_other(workspace, pictures, crashing):
    crashing.setenv("CRASH_AT", "03.png,04.png,24.png")
    supervisor = Supervisor(workspace)
    job = ended(supervisor, job_id := supervisor.start("embed", dataset=pictures.name))
    for _ in range(4):
        assert job.state == INTERRUPTED, supervisor.log_of(job_id)
        if len(Crashes.of(job_folder(workspace.root, job_id)).left_out) == 3:
            break
        job = ended(supervisor, supervisor.resume(job_id))
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == DONE and set(failures(workspace)) == {"03.png", "04.png", "24.png"}
    assert job.figures["n_vectors"] == N - 3


@pytest.mark.long
def test_a_kind_that_reads_ahead_leaves_out_the_one_picture_too(workspace, pictures, crashing):
    crashing.setenv("CRASH_KIND", "read")
    supervisor = Supervisor(workspace)
    job = ended(supervisor, job_id := supervisor.start("embed", dataset=pictures.name))
    assert job.state == INTERRUPTED
    assert len(in_hand(job_folder(workspace.root, job_id))) <= (os.cpu_count() or 1)
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == INTERRUPTED and "for the second time" in job.message
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == DONE and set(failures(workspace)) == {"07.png"}
    assert job.figures["n_vectors"] == N - 1


@pytest.mark.long
@pytest.mark.parametrize("by", ["SIGKILL", "SIGTERM"])
def test_a_worker_that_somebody_ends_twice_leaves_nothing_out(workspace, pictures, crashing, by):
    crashing.setenv("CRASH_BY", by)
    crashing.setattr(underway, "oom_kills", lambda: 3)
    crashing.setattr(supervisor_module, "oom_kills", lambda: 3)
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("embed", dataset=pictures.name)
    for _ in range(2):
        job = ended(supervisor, job_id)
        assert job.state == INTERRUPTED and "was it killed?" in job.message
        supervisor.resume(job_id)
    ended(supervisor, job_id)
    crashing.setenv("CRASH_AT", "")
    job = ended(supervisor, supervisor.resume(job_id))
    assert job.state == DONE and job.figures["n_vectors"] == N and not failures(workspace)


def test_a_worker_that_is_killed_for_memory_has_crashed(tmp_path, monkeypatch):
    folder = JobFolder(tmp_path)
    monkeypatch.setattr(underway, "oom_kills", lambda: 4)
    assert crash_of(folder, exit_code=-9, n_oom_kills=3) == "out of memory"
    assert crash_of(folder, exit_code=-9, n_oom_kills=4) == crash_of(folder, exit_code=-9, n_oom_kills=None) == ""
    assert crash_of(folder, exit_code=-15, n_oom_kills=3) == crash_of(folder, exit_code=1, n_oom_kills=3) == ""


@pytest.mark.long
def test_a_crash_is_known_to_an_owner_that_did_not_start_the_worker(workspace, pictures, crashing):
    first = Supervisor(workspace)
    job_id = first.start("embed", dataset=pictures.name)
    folder = job_folder(workspace.root, job_id)
    while not folder.is_left() or not (folder.path / "fault.txt").exists():
        time.sleep(0.05)
    second = Supervisor(workspace)
    job = ended(second, job_id)
    assert job.state == INTERRUPTED and "The worker crashed (Segmentation fault)" in job.message


def piece(*ids: int) -> pa.Table:
    return pa.table({"image_id": list(ids), "path": [f"{n}.png" for n in ids]})


def test_who_takes_all_rows_before_it_begins_is_accused_of_none(tmp_path):
    work = Underway(JobFolder(tmp_path))
    assert [part.num_rows for part in work.pieces(iter([piece(1, 2), piece(3)]))] == [2, 1]
    assert in_hand(JobFolder(tmp_path)) == frozenset()
    assert "resume goes on." in after_crash(JobFolder(tmp_path), "SIGSEGV")
    assert Crashes.of(JobFolder(tmp_path)).suspects == frozenset()


def test_suspects_come_alone_and_others_as_ever(tmp_path):
    folder = JobFolder(tmp_path)
    Crashes(suspects=frozenset([2, 5])).write(folder)
    pieces = Underway(folder).pieces(iter([piece(1, 2, 2, 3), piece(4), piece(5)]))
    seen = [next(pieces)["image_id"].to_pylist()]
    assert in_hand(folder) == {2}
    seen += [part["image_id"].to_pylist() for part in pieces]
    assert seen == [[2, 2], [1, 3], [4], [5]]


def test_what_is_published_is_no_longer_in_hand(tmp_path):
    folder = JobFolder(tmp_path)
    work = Underway(folder)
    pieces = work.pieces(iter([piece(1, 2), piece(3, 4), piece(5)]))
    next(pieces), next(pieces)
    assert in_hand(folder) == {1, 2, 3, 4}
    work.published(piece(1, 2, 3))
    next(pieces)
    assert in_hand(folder) == {4, 5}


def test_of_a_kind_that_touches_only_what_is_touched_is_in_hand(tmp_path):
    folder = JobFolder(tmp_path)
    work = Underway(folder)
    next(work.pieces(iter([piece(1, 2, 3)])))
    with work.touching(2), work.touching(3):
        assert in_hand(folder) == {2, 3}
    assert in_hand(folder) == frozenset()
    clear_marks(folder)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["", "[]", '{"suspects": 3}', '{"suspects": ["x"], "left_out": []}', "{"])
def test_marks_that_cannot_be_read_accuse_nobody(tmp_path, content):
    folder = JobFolder(tmp_path)
    (tmp_path / "crashes.json").write_text(content)
    (tmp_path / "underway.json").write_text(content)
    assert Crashes.of(folder) == Crashes() and in_hand(folder) == frozenset()
    (tmp_path / "underway.bin").write_bytes(b"odd")
    assert in_hand(folder) == frozenset()
