"""A step of the wall clock makes no living process a dead one, and no job gets two workers."""

import json
import os
import subprocess
import sys
import time

import psutil
import pyarrow as pa
import pytest
from PIL import Image

from jobs.engine.errors import NotNow
from jobs.engine.folder import job_folder, write_json
from jobs.engine.holding import holding, is_held
from jobs.engine.spec import CANCELLED, INTERRUPTED, RUNNING, JobSpec, new_job_id
from jobs.engine.supervisor import Supervisor
from jobs.engine.worker import FOLDER_TAKEN, run, work_in
from store.processes import is_alive, start_of
from store.workspace_file import owner_file, read_owner
from tests.support.places import PROJECT

_HOLDS = """
import sys
from jobs.engine.folder import JobFolder
from pathlib import Path
with JobFolder(Path(sys.argv[1])).hold() as is_mine:
    print(is_mine, flush=True)
    input()
"""


@pytest.fixture
def stepped(monkeypatch):
    """stepped(seconds): from now on, what was started appears to have been so many seconds later."""

    def step(seconds: float) -> None:
        create_time, wall = psutil.Process.create_time, time.time
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: create_time(self) + seconds)
        monkeypatch.setattr(time, "time", lambda: wall() + seconds)

    return step


@pytest.fixture
def folder(tmp_path):
    made = job_folder(tmp_path, new_job_id("embed"))
    about = {"kind": "embed", "dataset_id": 1, "dataset": "birds", "root": str(tmp_path), "workspace": str(tmp_path)}
    about |= {"parameters": {}, "who": "me", "run_id": 1, "code_version": "0", "input_generation": 0, "created_at": ""}
    made.create(JobSpec(id=made.path.name, n_todo=5, **about), pa.table({"image_id": list(range(5))}))
    return made


@pytest.fixture
def other_worker(folder):
    """Another process that is at work in the folder."""
    order = [sys.executable, "-c", _HOLDS, str(folder.path)]
    process = subprocess.Popen(order, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


def test_a_process_is_itself_until_it_has_ended():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    start = start_of(process.pid)
    assert start == start_of(process.pid) != start_of(os.getpid())
    assert is_alive(process.pid, start=start, create_time=0.0)
    assert not is_alive(process.pid, start=start_of(os.getpid()), create_time=psutil.Process(process.pid).create_time())
    process.stdin.close()
    for _ in range(200):  # it is a zombie: ended, and not yet asked how
        if start_of(process.pid) is None:
            break
        time.sleep(0.05)
    assert start_of(process.pid) is None
    process.wait()
    assert not is_alive(process.pid, start=start, create_time=0.0)


@pytest.mark.parametrize("seconds", [1.0, -1.0, 3600.0, -1e6])
def test_a_living_owner_stays_the_owner_when_the_clock_steps(workspace, stepped, seconds):
    stepped(seconds)
    assert read_owner(workspace.root).pid == os.getpid()


def test_an_owner_of_an_earlier_version_is_known_by_its_create_time(workspace):
    written = json.loads(owner_file(workspace.root).read_text())
    del written["start"]
    owner_file(workspace.root).write_text(json.dumps(written))
    assert read_owner(workspace.root).pid == os.getpid()
    owner_file(workspace.root).write_text(json.dumps(written | {"create_time": 1.0}))
    assert read_owner(workspace.root) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x"}', "[" * 100_000, '{"pid": -1, "start": "x"}', "7"])
def test_an_owners_file_that_says_nothing_is_no_owner(workspace, content):
    owner_file(workspace.root).write_text(content)
    assert read_owner(workspace.root) is None


@pytest.mark.parametrize("seconds", [1.0, -1.0, 3600.0])
def test_a_living_worker_stays_the_worker_when_the_clock_steps(folder, stepped, seconds):
    folder.mark_worker(os.getpid())
    stepped(seconds)
    assert folder.worker().pid == os.getpid()


def test_progress_goes_on_when_the_clock_steps_back(folder, stepped):
    work = work_in(folder)
    work.report(1)
    stepped(-3600)
    time.sleep(0.6)
    work.report(2)
    assert folder.progress().done == 2 and 0 < folder.progress().elapsed_s < 60


@pytest.mark.long
def test_a_second_worker_leaves_the_folder_alone(folder, other_worker):
    assert run(folder.path) == FOLDER_TAKEN
    assert folder.ending() is None and not folder.was_started()
    assert folder.worker().pid == other_worker.pid
    write_json(folder.path / "worker.json", {"pid": 1, "start": "x", "create_time": 0.0})  # the second one's mark
    assert folder.worker().pid == other_worker.pid
    other_worker.kill()
    other_worker.wait()
    assert folder.is_left()


def test_a_hold_ends_with_its_process_and_not_with_those_that_looked(tmp_path):
    path = tmp_path / "worker.lock"
    assert not is_held(path)
    with holding(path, content="1") as is_mine:
        assert is_mine
        assert all(is_held(path) for _ in range(3))
        forked = os.fork()
        if forked == 0:
            time.sleep(30)
            os._exit(0)
    try:
        deadline = time.monotonic() + 20
        while is_held(path) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not is_held(path), "a forked child keeps nothing"
    finally:
        os.kill(forked, 9)
        os.waitpid(forked, 0)


@pytest.mark.long
def test_resume_is_refused_while_the_last_worker_is_at_work(workspace, tmp_path, monkeypatch):
    monkeypatch.setattr("jobs.engine.processes.LEFT_WITHIN_S", 0.2)
    supervisor = Supervisor(workspace)
    job_id = _an_import(supervisor, tmp_path)
    of_job = job_folder(workspace.root, job_id)
    with of_job.hold():
        with pytest.raises(NotNow, match=f"still at work \\(process {os.getpid()}\\)"):
            supervisor.resume(job_id)
        with pytest.raises(NotNow, match="still at work"):
            supervisor.land(job_id)
    supervisor.resume(job_id)
    assert supervisor.job(job_id).state == RUNNING
    supervisor.cancel(job_id)
    _until_ended(supervisor, job_id)
    assert supervisor.job(job_id).state == CANCELLED


@pytest.mark.long
def test_a_worker_that_outlived_its_owner_is_adopted_after_a_step_of_the_clock(workspace, tmp_path, stepped):
    supervisor = Supervisor(workspace)
    job_id = _an_import(supervisor, tmp_path)
    of_job = job_folder(workspace.root, job_id)
    order = [sys.executable, "-c", _HOLDS, str(of_job.path)]
    worker = subprocess.Popen(order, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout.readline() == "True\n"
    of_job.mark_worker(worker.pid)
    with workspace.writing() as cursor:
        cursor.execute("UPDATE job SET state = 'running'")
    stepped(1.0)
    again = Supervisor(workspace)
    again.tick()
    assert again.job(job_id).state == RUNNING
    worker.communicate("\n")
    again.tick()
    assert again.job(job_id).state == INTERRUPTED


def _an_import(supervisor: Supervisor, tmp_path) -> str:
    for name in ("cat", "dog"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32), "teal").save(tmp_path / "pictures" / name / "1.png")
    order = {"folder": str(tmp_path / "pictures")}
    return supervisor.start("import", dataset="a", parameters=order, hold=True, trusted=True)


def _until_ended(supervisor: Supervisor, job_id: str) -> None:
    deadline = time.monotonic() + 60
    while supervisor.job(job_id).is_active and time.monotonic() < deadline:
        supervisor.tick()
        time.sleep(0.05)
