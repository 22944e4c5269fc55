"""A job's folder: whole files or none, and a worker known by process id and start time."""

import os
import subprocess
import sys

import pyarrow as pa
import pytest

from jobs.engine.errors import UnknownJob
from jobs.engine.folder import JobFolder, all_job_folders, job_folder, tail, write_json
from jobs.engine.spec import JobSpec, Progress, new_job_id
from jobs.engine.worker import run, sentence_for, work_in


@pytest.fixture
def folder(tmp_path):
    made = job_folder(tmp_path, new_job_id("embed"))
    spec = JobSpec(
        id=made.path.name,
        kind="embed",
        dataset_id=1,
        dataset="birds",
        root=str(tmp_path),
        workspace=str(tmp_path),
        parameters={},
        who="me",
        run_id=1,
        code_version="0",
        input_generation=0,
        created_at="",
        first_segment=3,
        n_todo=5,
    )
    made.create(spec, pa.table({"image_id": list(range(5))}))
    return made


def test_the_order_comes_back_as_it_was_written(folder):
    assert folder.spec().first_segment == 3
    assert [piece.num_rows for piece in folder.todo()] == [5]


@pytest.mark.parametrize("name", ["../../etc", "embed-12345", "embed-12345g", "", "/", "embed-123456/..", "\n"])
def test_only_a_jobs_id_names_a_folder(tmp_path, name):
    with pytest.raises(UnknownJob, match="not a job's id"):
        job_folder(tmp_path, name)


def test_a_job_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnknownJob, match="embed-abcdef"):
        job_folder(tmp_path, "embed-abcdef").spec()


def test_segments_are_numbered_from_the_first_missing_one_and_half_written_ones_are_not_seen(folder):
    work = work_in(folder)
    work.publish(pa.table({"a": [1]}))
    work.publish(pa.table({"a": [2]}))
    (folder.segments_path / ".5.tmp").write_bytes(b"half")
    assert [n for n, _ in folder.segments()] == [3, 4]
    assert work.n_published == 2


def test_progress_is_written_at_most_twice_a_second_but_always_at_the_end(folder):
    work = work_in(folder)
    for done in range(5):
        work.report(done)
    assert folder.progress().done == 0
    work.report(5, failed=1)
    assert (folder.progress().done, folder.progress().failed, folder.progress().share) == (5, 1, 1.0)


def test_progress_of_nothing_is_nothing(folder):
    assert folder.progress() == Progress()
    assert Progress().share == 0.0
    assert Progress().left_s is None
    assert Progress(done=10, total=30, per_second=4).left_s == 5


def test_a_worker_is_known_by_its_process_id_and_its_start_time(folder):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        folder.mark_worker(process.pid)
        assert folder.worker().pid == process.pid
        write_json(folder.path / "worker.json", {"pid": process.pid, "create_time": 1.0})
        assert folder.worker() is None, "another process has taken the number"
    finally:
        process.communicate(b"\n")
    folder.mark_worker(process.pid)
    assert folder.worker() is None


def test_a_new_attempt_forgets_how_the_last_one_ended(folder):
    write_json(folder.path / "failed.json", {"reason": "x"})
    folder.create(folder.spec(), pa.table({"image_id": [1]}))
    assert folder.ending() is None


def test_whatever_goes_wrong_in_a_worker_is_one_sentence_in_its_folder(folder, capsys):
    write_json(folder.path / "spec.json", {**vars(folder.spec()), "kind": "dance"})
    assert run(folder.path) == 1
    how, said = folder.ending()
    assert how == "failed"
    assert said["reason"].startswith("There is no job kind 'dance'. Kinds: ")
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_and_a_full_memory_are_said_plainly():
    assert "disk" in sentence_for(OSError(28, "No space left on device"))
    assert "memory" in sentence_for(MemoryError())
    assert sentence_for(KeyError()) == "KeyError"


def test_results_from_elsewhere_are_numbered_after_those_that_are_here(folder):
    incoming = folder.path / "incoming"
    incoming.mkdir()
    for name in ("000000.parquet", "000007.parquet"):
        (incoming / name).write_bytes(b"x")
    folder.number_incoming(12)
    assert [n for n, _ in folder.segments()] == [12, 13]
    assert not incoming.exists()
    folder.number_incoming(14)


def test_only_job_folders_are_listed(tmp_path, folder):
    (tmp_path / "jobs" / "notes").mkdir()
    assert [found.path for found in all_job_folders(tmp_path)] == [folder.path]
    assert all_job_folders(tmp_path / "nowhere") == []


def test_the_tail_of_a_log_begins_with_a_whole_line(tmp_path):
    path = tmp_path / "log.txt"
    path.write_text("".join(f"line {number}\n" for number in range(1000)))
    assert tail(path, n_bytes=20).splitlines() == ["line 998", "line 999"]
    assert tail(tmp_path / "none") == ""


def test_a_reader_never_sees_half_a_file(tmp_path):
    folder = JobFolder(tmp_path)
    write_json(tmp_path / "state.json", {"state": "running"})
    (tmp_path / f".state.json.{os.getpid()}.tmp").write_text('{"sta')
    assert folder.state() == {"state": "running"}
