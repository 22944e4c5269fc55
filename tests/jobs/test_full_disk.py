"""A disk without room for another byte: what has ended has ended, all are told, and it is saved once there is room."""

import errno
import json
from pathlib import Path

import pytest
from PIL import Image

from cli import client, job_commands
from cli.client import Client
from jobs.engine import folder as folder_module
from jobs.engine import mailbox
from jobs.engine.errors import JobFailed, NotNow
from jobs.engine.folder import JobFolder, has_room, job_folder, write_json
from jobs.engine.mailbox import send_request
from jobs.engine.spec import DONE, INTERRUPTED, RUNNING
from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from store.errors import DiskFull
from tests.support.seen_page import texts
from tests.support.small_workspace import new_dataset
from tests.support.visit import visit


def no_room(*arguments: object, **named: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class _Ended:
    returncode = 0

    def poll(self) -> int:
        return 0


@pytest.fixture
def ended(workspace, tmp_path, monkeypatch):
    """A supervisor with a job whose worker has just ended, all done; its id."""
    for name in ("cat", "dog"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32), "teal").save(tmp_path / "pictures" / name / "1.png")
    monkeypatch.setattr("jobs.engine.supervisor.spawn_worker", lambda folder: _Ended())
    supervisor = Supervisor(workspace)
    job_id = supervisor.start("import", dataset="a", parameters={"folder": str(tmp_path / "pictures")}, trusted=True)
    write_json(job_folder(workspace.root, job_id).path / "done.json", {"published": 0, "seconds": 1})
    return supervisor, job_id


@pytest.mark.parametrize("what", ["jobs.engine.folder.JobFolder.write_state", "jobs.engine.tracking.finish_run"])
@pytest.mark.long
def test_an_end_that_finds_no_room_is_told_and_saved_once_there_is_some(workspace, ended, monkeypatch, what):
    supervisor, job_id = ended
    with monkeypatch.context() as full:
        full.setattr(what, no_room)
        for _ in range(3):
            supervisor.tick()
        assert supervisor.job(job_id).state == DONE, "it has ended, whether or not that can be written down"
        assert job_folder(workspace.root, job_id).state()["state"] == RUNNING
        (said,) = supervisor.troubles()
        assert job_id in said and "the disk that holds the workspace is full" in said
        with pytest.raises(NotNow):
            supervisor.resume(job_id)
    supervisor.tick()
    assert supervisor.troubles() == []
    assert job_folder(workspace.root, job_id).state()["state"] == supervisor.job(job_id).state == DONE
    assert Supervisor(workspace).job(job_id).state == DONE


@pytest.mark.long
def test_the_log_of_a_full_disk_does_not_grow_with_each_round(ended, monkeypatch, caplog):
    supervisor, _ = ended
    monkeypatch.setattr("jobs.engine.tracking.finish_run", no_room)
    for _ in range(20):
        supervisor.tick()
    assert sum("could not be saved" in record.getMessage() for record in caplog.records) == 1


@pytest.mark.long
def test_a_command_that_owns_the_workspace_does_not_wait_for_room(workspace, ended, monkeypatch):
    supervisor, job_id = ended
    monkeypatch.setattr(JobFolder, "write_state", no_room)
    monkeypatch.setattr(client, "UNSAVED_FOR_S", 0.3)
    monkeypatch.setattr(client, "LOOK_EVERY_S", 0.1)
    supervisor.tick()
    with pytest.raises(JobFailed, match="the disk that holds .* is full"):
        Client(workspace.root, supervisor).wait(job_id, report=lambda progress: None)


@pytest.mark.long
def test_a_command_beside_the_app_does_not_wait_for_room(workspace, ended, monkeypatch):
    _, job_id = ended
    monkeypatch.setattr(folder_module, "write_json", no_room)
    monkeypatch.setattr(client, "UNSAVED_FOR_S", 0.3)
    monkeypatch.setattr(client, "LOOK_EVERY_S", 0.1)
    with pytest.raises(JobFailed, match="the disk that holds .* is full"):
        Client(workspace.root, None).wait(job_id, report=lambda progress: None)


@pytest.mark.long
def test_the_list_says_that_a_running_job_has_no_worker(workspace, ended, monkeypatch, capsys):
    _, job_id = ended
    job_commands.list_jobs.__wrapped__(workspace=workspace.root)
    assert "its worker has ended; whoever opens the workspace" in capsys.readouterr().out
    monkeypatch.setattr(folder_module, "write_json", no_room)
    job_commands.list_jobs.__wrapped__(workspace=workspace.root, as_json=True)
    (state,) = json.loads(capsys.readouterr().out)
    assert state["id"] == job_id and "the disk is full" in state["message"]


@pytest.mark.long
def test_a_worker_that_ended_without_a_word_on_a_full_disk_is_explained(workspace, ended, monkeypatch):
    supervisor, job_id = ended
    (job_folder(workspace.root, job_id).path / "done.json").unlink()
    monkeypatch.setattr("jobs.engine.endings.has_room", lambda folder: False)
    supervisor.tick()
    view = supervisor.job(job_id)
    assert view.state == INTERRUPTED and "disk that holds the workspace is full" in view.message


def test_room_is_asked_by_writing(tmp_path, monkeypatch):
    assert has_room(tmp_path) and list(tmp_path.iterdir()) == []
    monkeypatch.setattr(folder_module, "write_json", no_room)
    assert not has_room(tmp_path)


def test_what_found_no_room_leaves_no_half_file(tmp_path, monkeypatch):
    write_json(tmp_path / "a.json", {"a": 1})
    monkeypatch.setattr("os.replace", no_room)
    with pytest.raises(OSError, match="No space left"):
        write_json(tmp_path / "a.json", {"a": 2})
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def asked(workspace) -> tuple[Supervisor, Path]:
    """A supervisor and its inbox, in which one request waits."""
    new_dataset(workspace, "a")
    inbox = workspace.root / "inbox"
    inbox.mkdir()
    content = {"action": "people-are-blurred", "arguments": {"dataset": "a"}}
    (inbox / f"{'a' * 16}.json").write_text(json.dumps(content))
    return Supervisor(workspace), inbox


def test_an_answer_that_finds_no_room_takes_the_requests_own(workspace, monkeypatch):
    supervisor, inbox = asked(workspace)
    monkeypatch.setattr(mailbox, "write_json", no_room)
    supervisor.tick()
    assert json.loads((inbox / f"{'a' * 16}.reply.json").read_text()) == {"value": False}
    assert [path.name for path in inbox.iterdir()] == [f"{'a' * 16}.reply.json"]


def test_an_answer_that_cannot_be_written_at_all_is_tried_again(workspace, monkeypatch):
    supervisor, inbox = asked(workspace)
    with monkeypatch.context() as broken:
        broken.setattr(mailbox, "write_json", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "a broken disk")))
        supervisor.tick()
    supervisor.tick()
    assert json.loads((inbox / f"{'a' * 16}.reply.json").read_text()) == {"value": False}


def test_a_request_that_finds_no_room_is_a_sentence_at_once(workspace, monkeypatch):
    monkeypatch.setattr(mailbox, "write_json", no_room)
    with pytest.raises(DiskFull, match="Free some room"):
        send_request(workspace.root, "cancel", {"job_id": "a"})


def test_a_request_that_nobody_can_answer_for_want_of_room_ends(workspace, monkeypatch):
    monkeypatch.setattr(mailbox, "LOOKS_FOR_ROOM_S", 0.2)
    monkeypatch.setattr(mailbox, "has_room", lambda folder: False)
    with pytest.raises(DiskFull, match="no answer can be written"):
        send_request(workspace.root, "cancel", {"job_id": "a"})


def test_every_page_says_that_the_disk_is_full(app_workspace):
    new_dataset(owner.get().workspace, "a")
    supervisor = owner.get().supervisor
    supervisor._troubles.lasting("import-123456", "How import-123456 ended could not be saved yet.")
    for page in ("overview/page.py", "versions/page.py"):
        assert "could not be saved yet" in texts(visit(page))
