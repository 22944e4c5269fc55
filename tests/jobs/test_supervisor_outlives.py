"""The thread behind the jobs outlives whatever a job, a request or a file does to it."""

import ctypes
import itertools
import json
import os
import subprocess
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from jobs.engine import processes
from jobs.engine.folder import job_folder, write_json
from jobs.engine.mailbox import ACTIONS
from jobs.engine.spec import ACTIVE, DONE, FAILED, INTERRUPTED, RUNNING
from jobs.engine.supervisor import Supervisor
from pages.ui import owner
from tests.support.injected import Calls
from tests.support.looking import looked_at_here
from tests.support.seen_page import texts
from tests.support.small_workspace import new_dataset
from tests.support.visit import visit

ERRORS = (RecursionError, KeyError, MemoryError, SystemExit, OverflowError, UnicodeError)
_names = (f"{n:016x}" for n in itertools.count(1))


@pytest.fixture
def pictures(tmp_path):
    """A folder with two, a and b, each of which has a picture of each of two classes."""
    for name in ("a/cat", "a/dog", "b/cat", "b/dog"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        Image.new("RGB", (32, 32), "teal").save(tmp_path / "pictures" / name / "1.png")
    return tmp_path / "pictures"


@pytest.fixture
def sleepers(monkeypatch):
    """Workers that sleep instead of working; ended with the test."""
    started, start = [], subprocess.Popen

    def sleep(*arguments: object, **options: object) -> subprocess.Popen:
        started.append(start(["sleep", "600"]))
        return started[-1]

    monkeypatch.setattr(processes.subprocess, "Popen", sleep)
    yield started
    for process in started:
        process.kill()
        process.wait()


class _Finished:
    """A worker's process that has ended."""

    returncode = 0

    def poll(self) -> int:
        return 0


def ask(workspace, content: str) -> Path:
    """Leave a request in the inbox; where its reply will be."""
    inbox = workspace.root / "inbox"
    inbox.mkdir(exist_ok=True)
    name = next(_names)
    (inbox / f"{name}.json").write_text(content)
    return inbox / f"{name}.reply.json"


def order(action: str, **arguments: object) -> str:
    return json.dumps({"action": action, "arguments": arguments})


def reply_in(path: Path) -> dict:
    return json.loads(path.read_text())


class Scene:
    """One job whose worker has just ended, one that waits for its lane, and a request: a round has all its work."""

    def __init__(self, supervisor: Supervisor, pictures: Path):
        self.supervisor = supervisor
        with looked_at_here():
            self.ended, self.waits = (
                supervisor.start("import", dataset=name, parameters={"folder": str(pictures / name)}, trusted=True)
                for name in ("a", "b")
            )
        write_json(job_folder(supervisor.workspace.root, self.ended).path / "done.json", {"published": 0, "seconds": 1})
        supervisor._tracked[self.ended].process = _Finished()
        self.reply = ask(supervisor.workspace, order("people-are-blurred", dataset="a"))

    def settled(self) -> None:
        """After a round with an error and two without, everything has an end, and it is written down."""
        supervisor = self.supervisor
        for _ in range(2):
            supervisor.tick()
        states = {job_id: supervisor.job(job_id) for job_id in (self.ended, self.waits)}
        # interrupted: an error that says "not whole" of the worker's own last word, as of a file killed half-way
        assert states[self.ended].state in (DONE, FAILED, INTERRUPTED), states[self.ended]
        assert states[self.waits].state in (RUNNING, FAILED), states[self.waits]
        assert states[self.waits].state == RUNNING or states[self.waits].message
        for job_id in (self.ended, self.waits):
            written = job_folder(supervisor.workspace.root, job_id).state()
            assert written["state"] == states[job_id].state
        assert self.reply.exists() and {"value", "error"} & set(reply_in(self.reply)), "a request was never answered"
        assert [view.id for view in supervisor.active()] == [
            job_id for job_id in (self.waits,) if states[job_id].state in ACTIVE
        ]

    def cleared(self) -> None:
        """End what still runs, for the next scene."""
        if self.supervisor.job(self.waits).is_active:
            self.supervisor.cancel(self.waits)
            self.supervisor._tracked[self.waits].process = _Finished()
            self.supervisor.tick()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a file that was open when the error came
def test_an_exception_at_any_call_of_a_round_ends_one_job_or_request_and_nothing_else(workspace, pictures, sleepers):
    supervisor = Supervisor(workspace)
    scene, calls = Scene(supervisor, pictures), Calls()
    with calls.watched():
        supervisor.tick()
    scene.settled()
    scene.cleared()
    assert len(calls.sites) > 100
    n_hit = 0
    for number, site in enumerate(calls.sites):
        scene = Scene(supervisor, pictures)
        failing = Calls(fail_at=site, error=ERRORS[number % len(ERRORS)]("injected"))
        with failing.watched():
            supervisor.tick()
        n_hit += failing.hit
        try:
            scene.settled()
        except AssertionError as error:
            raise AssertionError(f"after an error at {site}: {error}") from error
        scene.cleared()
    assert n_hit > 0.9 * len(calls.sites)


@pytest.mark.long
@pytest.mark.parametrize("step", ["_advance", "_launch_if_free", "_save_again"])
def test_a_step_that_always_fails_keeps_no_request_waiting(workspace, pictures, sleepers, monkeypatch, step):
    supervisor = Supervisor(workspace)
    scene = Scene(supervisor, pictures)

    def fails(*arguments: object) -> None:
        raise SystemExit("nobody foresaw this")

    monkeypatch.setattr(supervisor, step, fails)
    supervisor.tick()
    assert reply_in(scene.reply) == {"value": False}
    monkeypatch.undo()


@pytest.mark.long
def test_a_job_whose_figures_cannot_be_kept_ends_as_failed_and_is_saved(workspace, pictures, sleepers, monkeypatch):
    supervisor = Supervisor(workspace)
    scene = Scene(supervisor, pictures)
    monkeypatch.setattr(supervisor, "_finished", lambda job: {("a", "tuple"): 1})  # no key that JSON has
    supervisor.tick()
    supervisor.tick()
    ended = supervisor.job(scene.ended)
    assert (ended.state, ended.figures) == (FAILED, {}) and "figures" in ended.message
    assert supervisor.unsaved(scene.ended) is None


@pytest.mark.long
@pytest.mark.parametrize("name", ["progress.json", "done.json", "failed.json", "worker.json", "spec.json"])
@pytest.mark.parametrize("content", ["[" * 100_000, "{}", "\udc80"])
def test_whatever_stands_in_a_jobs_folder_the_next_round_comes(workspace, pictures, sleepers, name, content):
    supervisor = Supervisor(workspace)
    scene = Scene(supervisor, pictures)
    written = content.encode("utf-8", "surrogateescape")
    (job_folder(workspace.root, scene.ended).path / name).write_bytes(written)
    supervisor.tick()
    supervisor.tick()
    assert not any(view.id == scene.ended for view in supervisor.active())
    assert reply_in(scene.reply) == {"value": False}
    again = Supervisor(workspace)  # what the next owner finds
    assert {view.id for view in again.jobs()} == {scene.ended, scene.waits}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (order("snapshot"), "missing a required argument: 'target'"),
        (order("snapshot", target="\0"), "null byte"),
        (order("snapshot", target=7), "nobody foresaw"),
        (order("cancel", job_id=["a"]), "nobody foresaw"),
        (order("start", kind="import", dataset="a", parameters=[1]), "nobody foresaw"),
        (order("start", kind="import"), "missing a required"),
        (order("freeze", dataset="a"), "missing a required"),
        (order("stop"), "does not know"),
        ('{"action": ["start"], "arguments": {}}', "does not know"),
        ('{"action": "start", "arguments": [1]}', "does not know"),
        ("[1, 2]", "does not know"),
        ("[" * 100_000, "does not know"),
        ("", "does not know"),
        ("\ud800", "does not know"),
    ],
)
@pytest.mark.long
def test_a_request_that_cannot_be_is_answered_and_so_is_the_next(workspace, content, words):
    supervisor = Supervisor(workspace)
    new_dataset(workspace, "a")
    reply = ask(workspace, "")
    reply.with_name(reply.name.replace(".reply", "")).write_bytes(content.encode("utf-8", "surrogatepass"))
    after = ask(workspace, order("people-are-blurred", dataset="a"))
    supervisor.tick()
    assert words in reply_in(reply)["error"]
    assert reply_in(after) == {"value": False}


def test_a_decisions_file_of_nested_lists_is_answered_and_ends_nothing(workspace, tmp_path):
    supervisor = Supervisor(workspace)
    new_dataset(workspace, "a")
    (tmp_path / "nested.json").write_text("[" * 100_000 + "]" * 100_000)
    arguments = {"dataset": "a", "source": str(tmp_path / "nested.json"), "conflicts": "list", "dry_run": False}
    reply = ask(workspace, order("merge-decisions", **arguments))
    after = ask(workspace, order("people-are-blurred", dataset="a"))
    supervisor.tick()
    assert reply_in(reply)["error"]
    assert reply_in(after) == {"value": False}


def test_a_label_column_of_endless_durations_is_answered_and_ends_nothing(workspace, pictures, tmp_path):
    supervisor = Supervisor(workspace)
    new_dataset(workspace, "other")
    labels = pa.table({"file": ["cat/1.png"], "label": pa.array([2**62], pa.duration("s"))})
    pq.write_table(labels, tmp_path / "labels.parquet")
    parameters = {"folder": str(pictures / "a"), "labels": str(tmp_path / "labels.parquet")}
    arguments = {"kind": "import", "dataset": "a", "parameters": parameters}
    reply = ask(workspace, order("start", **arguments))
    after = ask(workspace, order("people-are-blurred", dataset="other"))
    supervisor.tick()
    assert "duration[s]" in reply_in(reply)["error"]
    assert reply_in(after) == {"value": False}


def test_an_importer_that_raises_what_nobody_foresaw_is_answered_and_ends_nothing(workspace, pictures, monkeypatch):
    def overflows(*arguments: object, **named: object) -> None:
        raise OverflowError("Python int too large to convert to C int")

    monkeypatch.setattr("jobs.import_.job.look_at_folder", overflows)
    supervisor = Supervisor(workspace)
    new_dataset(workspace, "other")
    parameters = {"folder": str(pictures / "a")}
    reply = ask(workspace, order("start", kind="import", dataset="a", parameters=parameters))
    after = ask(workspace, order("people-are-blurred", dataset="other"))
    supervisor.tick()
    assert "OverflowError" in reply_in(reply)["error"]
    assert reply_in(after) == {"value": False}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["kind", "dataset", "job_id", "target", "source", "name", "note", "who", "parameters"]
) | st.text(max_size=4)
# what acts on the disk is asked for with what no path can be
ARGUMENTS = st.dictionaries(NAMES, JSON.filter(lambda value: not isinstance(value, str)), max_size=4)
REQUESTS = st.fixed_dictionaries(
    {}, optional={"action": st.sampled_from(ACTIONS) | JSON, "arguments": ARGUMENTS | JSON}
)


@given(content=REQUESTS.map(json.dumps).map(str.encode) | JSON.map(json.dumps).map(str.encode) | st.binary(max_size=60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.long
def test_whatever_lies_in_the_inbox_is_answered(workspace, content):
    supervisor = Supervisor(workspace)
    reply = ask(workspace, "")
    reply.with_name(reply.name.replace(".reply", "")).write_bytes(content)
    supervisor.tick()
    assert len({"value", "error"} & set(reply_in(reply))) == 1
    assert not list(reply.parent.glob("*.taken"))


def test_what_is_no_file_in_the_inbox_is_left_alone(workspace):
    supervisor = Supervisor(workspace)
    new_dataset(workspace, "a")
    inbox = workspace.root / "inbox"
    inbox.mkdir()
    os.mkfifo(inbox / f"{'a' * 16}.json")  # reading it would wait for a writer
    (inbox / f"{'b' * 16}.json").mkdir()
    (inbox / f"{'c' * 16}.json").symlink_to("/dev/zero")
    after = ask(workspace, order("people-are-blurred", dataset="a"))
    supervisor.tick()
    assert reply_in(after) == {"value": False}


def test_what_an_owner_took_up_and_did_not_live_to_answer_is_answered_by_the_next(workspace):
    reply = ask(workspace, order("snapshot", target="x"))
    taken = reply.with_name(reply.name.replace(".reply.json", ".taken"))
    reply.with_name(reply.name.replace(".reply", "")).rename(taken)
    Supervisor(workspace).tick()
    assert "not known" in reply_in(reply)["error"] and not taken.exists()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is to die
def test_a_thread_that_dies_is_started_again_and_every_page_says_so(app_workspace):
    supervisor = owner.get().supervisor
    new_dataset(owner.get().workspace, "a")
    first = _thread("supervisor")
    deadline = time.monotonic() + 60
    while first.is_alive() and time.monotonic() < deadline:  # an error inside a round is survived: again
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(first.ident), ctypes.py_object(SystemExit))
        first.join(timeout=0.5)
    assert not first.is_alive()
    while not supervisor.troubles() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _thread("supervisor").is_alive()
    assert "started again" in supervisor.troubles()[0]
    for page in ("overview/page.py", "versions/page.py"):
        assert "started again" in texts(visit(page))
    reply = ask(owner.get().workspace, order("people-are-blurred", dataset="a"))
    while not reply.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert reply_in(reply) == {"value": False}


def test_a_thread_that_was_stopped_stays_stopped(workspace):
    supervisor = Supervisor(workspace)
    supervisor.run_in_background()
    supervisor.stop()
    supervisor.keep_alive()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("supervisor")]
    assert supervisor.troubles() == []


def _thread(name: str) -> threading.Thread:
    return next(thread for thread in threading.enumerate() if thread.name == name)
