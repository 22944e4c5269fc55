"""What happens to real processes: killed workers, killed owners, bad segments, a full disk, a second owner.

Each test starts the command line as a person would and ends only what it started.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pytest
from PIL import Image

from jobs.engine.folder import all_job_folders, job_folder
from jobs.engine.spec import DONE, INTERRUPTED, RUNNING
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace
from store.errors import DiskFull
from store.workspace_file import FILE_NAME
from tests.support.places import PROJECT

N_PICTURES = 2500
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """2,500 small noise pictures in two class folders, one of them broken."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(5)
    for name in ("cat", "dog"):
        (folder / name).mkdir()
    for number in range(N_PICTURES - 1):
        pixels = rng.integers(0, 256, (160, 160, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / ("cat", "dog")[number % 2] / f"{number:05d}.png", compress_level=1)
    (folder / "cat" / "broken.png").write_bytes(b"")
    return folder


def command(*words: object, **options: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "jobs", *map(str, words)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        preexec_fn=_hears_ctrl_c,
        **options,
    )


def _hears_ctrl_c() -> None:
    """A program in the background of a script is started deaf to it, and so would be what the tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process: subprocess.Popen, *, timeout: float = 240) -> dict:
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err
    return json.loads(out.strip().splitlines()[-1])


def run(*words: object) -> dict:
    return finish(command(*words))


def wait_for(condition, *, timeout: float = 60):
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def running_worker(workspace: Path, *, after_rows: int = 0) -> psutil.Process:
    def found():
        for folder in all_job_folders(workspace):
            if folder.worker() and folder.progress().done > after_rows:
                return folder.worker()
        return None

    return wait_for(found)


def counts(workspace: Path) -> tuple[int, int, int]:
    with duckdb.connect(str(workspace / FILE_NAME), read_only=True) as file:
        images, paths = file.execute("SELECT count(*), count(DISTINCT path) FROM image").fetchone()
        (failures,) = file.execute("SELECT count(*) FROM import_failure").fetchone()
    assert images == paths, "an image is there twice"
    return images, failures, images + failures


def no_process_works_in(workspace: Path) -> bool:
    for process in psutil.process_iter(["cmdline"]):
        if any(str(workspace) in word for word in process.info["cmdline"] or []):
            return False
    return True


def only_job(workspace: Path) -> str:
    (folder,) = all_job_folders(workspace)
    return folder.path.name


def test_a_worker_killed_in_mid_import_loses_nothing_and_resume_ends_exact(pictures, tmp_path):
    importing = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    running_worker(tmp_path, after_rows=200).kill()
    _, err = importing.communicate(timeout=60)
    assert importing.returncode == 1
    assert "interrupted" in err
    assert counts(tmp_path)[2] < N_PICTURES
    line = run("resume", only_job(tmp_path), "--workspace", tmp_path)
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)
    assert (line["n_images"], line["n_failures"]) == (N_PICTURES - 1, 1)
    wait_for(lambda: no_process_works_in(tmp_path), timeout=10)


def test_a_worker_killed_in_mid_embedding_resumes_to_one_vector_an_image(pictures, tmp_path):
    few = tmp_path / "few"
    shutil.copytree(pictures / "cat", few, ignore=lambda folder, names: sorted(names)[900:])
    run("import", few, "--workspace", tmp_path / "w", "--name", "noise", "--reading", "flat")
    workspace = tmp_path / "w"
    embedding = command("run", "embed", "--workspace", workspace, "--dataset", "noise", "--batch-size", 16)
    running_worker(workspace, after_rows=30).kill()
    embedding.communicate(timeout=60)
    job = next(folder.path.name for folder in all_job_folders(workspace) if folder.spec().kind == "embed")
    line = run("resume", job, "--workspace", workspace)
    with duckdb.connect(str(workspace / FILE_NAME), read_only=True) as file:
        vectors, images = file.execute("SELECT count(*), count(DISTINCT image_id) FROM vector_1").fetchone()
        (wanted,) = file.execute("SELECT count(*) FROM image").fetchone()
    assert vectors == images == wanted == line["n_vectors"] == line["n_embedded"]


def test_an_owner_killed_in_mid_job_leaves_a_worker_that_the_next_owner_adopts(pictures, tmp_path):
    importing = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    worker = running_worker(tmp_path, after_rows=100)
    importing.kill()
    importing.communicate(timeout=30)
    assert worker.is_running()
    workspace = open_workspace(tmp_path)
    supervisor = Supervisor(workspace)
    try:
        assert [job.state for job in supervisor.active()] == [RUNNING]
        wait_for(lambda: supervisor.tick() or not supervisor.active(), timeout=120)
        assert supervisor.jobs()[0].state == DONE
    finally:
        workspace.close()
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)


def test_an_owner_killed_in_mid_transaction_leaves_a_file_that_opens_whole(tmp_path):
    code = """
import os, signal, sys
from store.connection import open_workspace
workspace = open_workspace(sys.argv[1])
with workspace.writing() as cursor:
    cursor.execute("INSERT INTO class_name SELECT 1, range, 'name', NULL FROM range(50000)")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=PROJECT, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    workspace = open_workspace(tmp_path)
    assert workspace.generation() == 0
    assert workspace.read_text("SELECT count(*) AS n FROM class_name")["n"].to_pylist() == [0]
    workspace.close()


def test_a_truncated_segment_is_put_aside_and_resume_computes_its_rows_again(pictures, tmp_path):
    importing = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    wait_for(lambda: [path for folder in all_job_folders(tmp_path) if folder.worker() for path in [folder]])
    importing.kill()  # nobody lands while the worker goes on
    importing.communicate(timeout=30)
    folder = job_folder(tmp_path, only_job(tmp_path))
    wait_for(lambda: folder.ending() and folder.worker() is None, timeout=120)
    segments = folder.segments()
    assert segments
    last = segments[-1][1]
    last.write_bytes(last.read_bytes()[:-200])
    workspace = open_workspace(tmp_path)
    supervisor = Supervisor(workspace)
    assert supervisor.jobs()[0].state == INTERRUPTED
    assert "could not be read" in supervisor.jobs()[0].message
    workspace.close()
    run("resume", folder.path.name, "--workspace", tmp_path)
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)


def test_the_same_segment_published_twice_lands_once(pictures, tmp_path):
    run("import", pictures, "--workspace", tmp_path, "--name", "noise", "--processes", 2)
    before = counts(tmp_path)
    again = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    assert finish(again)["n_read"] == 1  # the broken file is tried again, nothing else
    assert counts(tmp_path) == before


def test_cancel_ends_a_job_in_its_middle_and_keeps_what_is_done(pictures, tmp_path):
    importing = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    worker = running_worker(tmp_path, after_rows=100)
    worker.suspend()  # on a busy machine it would be done before the command has begun
    told = run("cancel", only_job(tmp_path), "--workspace", tmp_path)
    wait_for(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    assert told["state"] == "cancelled"
    assert counts(tmp_path)[0] < N_PICTURES - 1
    _, err = importing.communicate(timeout=30)
    assert importing.returncode == 1
    assert "cancelled" in err
    run("resume", only_job(tmp_path), "--workspace", tmp_path)
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)


def test_two_command_lines_at_once_start_one_job_and_both_see_its_end(pictures, tmp_path):
    both = [command("import", pictures, "--workspace", tmp_path, "--name", "noise") for _ in range(2)]
    lines = [finish(process) for process in both]
    assert len({line["job"] for line in lines}) <= 2  # the second may have come after the first had ended
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)


def test_a_waiting_command_takes_over_when_the_owner_is_killed(pictures, tmp_path):
    owner = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    running_worker(tmp_path, after_rows=50)
    follower = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    time.sleep(1.0)
    owner.kill()
    owner.communicate(timeout=30)
    finish(follower)
    assert counts(tmp_path) == (N_PICTURES - 1, 1, N_PICTURES)


def test_interrupting_the_command_cancels_its_job(pictures, tmp_path):
    importing = command("import", pictures, "--workspace", tmp_path, "--name", "noise")
    worker = running_worker(tmp_path, after_rows=50)
    worker.suspend()  # or it might be done before the signal is heard
    importing.send_signal(signal.SIGINT)
    time.sleep(1)
    with contextlib.suppress(psutil.NoSuchProcess):
        worker.resume()
    importing.communicate(timeout=30)
    assert importing.returncode == 130
    assert job_folder(tmp_path, only_job(tmp_path)).state()["state"] == "cancelled"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MB; skipped, by name, where the tests may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("small_disk: mounting a tmpfs is not allowed here")
    yield folder
    with contextlib.suppress(psutil.Error):
        for process in psutil.process_iter(["cmdline"]):
            if any(str(folder) in word for word in process.info["cmdline"] or []):
                process.kill()
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_a_sentence_and_resume_goes_on_when_there_is_room(pictures, small_disk):
    open_workspace(small_disk / "w").close()
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(1 << 16))
    os.truncate(filler, filler.stat().st_size - (1 << 17))
    importing = command("import", pictures, "--workspace", small_disk / "w", "--name", "noise")
    _, err = importing.communicate(timeout=120)
    assert importing.returncode != 0
    assert "disk" in err and "full" in err
    assert "Traceback" not in err
    filler.unlink()
    folders = all_job_folders(small_disk / "w")
    if folders:
        run("resume", folders[0].path.name, "--workspace", small_disk / "w")
    else:
        run("import", pictures, "--workspace", small_disk / "w", "--name", "noise")
    assert counts(small_disk / "w") == (N_PICTURES - 1, 1, N_PICTURES)


def fill_to_the_last_byte(filler: Path) -> None:
    for n in (1 << 16, 1 << 12, 1):
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(bytes(n))


def test_a_disk_full_to_the_last_byte_ends_the_commands_and_the_list_says_so(pictures, small_disk):
    workspace, filler = small_disk / "w", small_disk / "filler"
    importing = command("import", pictures, "--workspace", workspace, "--name", "noise")
    running_worker(workspace, after_rows=100)
    follower = command("import", pictures, "--workspace", workspace, "--name", "noise")
    fill_to_the_last_byte(filler)
    for process in (importing, follower):
        _, err = process.communicate(timeout=120)
        assert process.returncode == 1
        assert "disk" in err and "full" in err and "Traceback" not in err, err
    job = only_job(workspace)
    out, _ = command("list", "--workspace", workspace).communicate(timeout=60)
    assert job in out and ("its worker has ended" in out or "full" in out), out
    filler.unlink()
    run("resume", job, "--workspace", workspace)
    assert counts(workspace) == (N_PICTURES - 1, 1, N_PICTURES)


def test_many_short_commands_at_once_are_all_done(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "few" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32), "teal").save(tmp_path / "few" / name / "1.png")
    run("import", tmp_path / "few", "--workspace", tmp_path / "w", "--name", "few")
    names = [f"v{n}" for n in range(5)]
    freezing = [command("freeze", name, "--workspace", tmp_path / "w", "--dataset", "few") for name in names]
    assert {finish(process)["name"] for process in freezing} == set(names)
    with duckdb.connect(str(tmp_path / "w" / FILE_NAME), read_only=True) as file:
        assert {name for (name,) in file.execute("SELECT name FROM version").fetchall()} == set(names)
    assert not list((tmp_path / "w" / "inbox").glob("*.json")), "every request was taken back or answered"


def test_a_file_that_found_no_room_for_its_checkpoint_is_opened_again_once_there_is_some(small_disk):
    workspace, filler = open_workspace(small_disk / "w"), small_disk / "filler"
    with workspace.writing() as cursor:
        cursor.execute("SET GLOBAL checkpoint_threshold = '1MB'")
    fill_to_the_last_byte(filler)
    os.truncate(filler, filler.stat().st_size - (2 << 20))
    n_saved, statement = 0, "INSERT INTO class_name SELECT ?, range, 'name' || hash(range), NULL FROM range(2000)"
    with pytest.raises(DiskFull):
        while True:
            with workspace.writing() as cursor:
                cursor.execute(statement, [n_saved])
            n_saved += 1
    assert workspace._is_broken, "the log took what the checkpoint did not"
    filler.unlink()
    counted = workspace.read_text("SELECT count(DISTINCT dataset_id) AS n FROM class_name")["n"].to_pylist()[0]
    assert counted in (n_saved, n_saved + 1) and n_saved > 0
    with workspace.writing() as cursor:
        cursor.execute(statement, [1000])
    workspace.close()
    assert (small_disk / "w" / FILE_NAME).exists()
