"""Start a job and wait for it, as owner of the workspace or through the owner there is."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jobs.engine.errors import JobFailed
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures
from jobs.engine.mailbox import send_request
from jobs.engine.requests import ACTS
from jobs.engine.spec import CANCELLED, DONE, ENDED, HELD, Progress
from jobs.engine.supervisor import Supervisor
from store.connection import open_workspace, read_owner
from store.errors import WorkspaceBusy

POLL_S = 0.2
JobState = dict[str, Any]  # a job as its owner left it in state.json: the columns of `job`, and figures
OPENING_S = 5.0  # how long an owner may have the file before it has said who it is


class Client:
    """The workspace's owner, wherever it is: a Supervisor in this process, or another process by its mailbox."""

    def __init__(self, root: Path, supervisor: Supervisor | None):
        self.root = root
        self.supervisor = supervisor

    def ask(self, action: str, **arguments: Any) -> Any:
        """Have the owner do `action` (jobs.engine.mailbox.ACTIONS)."""
        if self.supervisor is None:
            return send_request(self.root, action, arguments)
        if action == "snapshot":
            return self.supervisor.workspace.snapshot(Path(str(arguments["target"])))
        if action in ACTS:
            return ACTS[action](self.supervisor.workspace, **arguments)
        if action == "start":
            arguments["trusted"] = True
        return getattr(self.supervisor, action)(**arguments)

    def wait(self, job_id: str, *, report: Callable[[Progress], None]) -> JobState:
        """Wait until a job has ended and return its state; if its owner goes away, become the owner."""
        folder = job_folder(self.root, job_id)
        while True:
            state = folder.state()
            if state.get("state") in (*ENDED, HELD):
                return state
            report(folder.progress())
            if self.supervisor is None and read_owner(self.root) is None:
                with contextlib.suppress(WorkspaceBusy):
                    self.supervisor = _own(self.root)
            time.sleep(POLL_S)

    def close(self) -> None:
        """Give the workspace up if this process owns it."""
        if self.supervisor is not None:
            self.supervisor.stop()
            self.supervisor.workspace.close()


@contextlib.contextmanager
def connect(root: Path) -> Iterator[Client]:
    """A client of the workspace `root`: its owner if no other process is."""
    client = _own_or_ask(root.expanduser().resolve())
    try:
        yield client
    finally:
        client.close()


def _own_or_ask(root: Path) -> Client:
    deadline = time.monotonic() + OPENING_S
    while True:
        try:
            return Client(root, _own(root))
        except WorkspaceBusy:
            if read_owner(root) is not None:
                return Client(root, None)
            if time.monotonic() > deadline:  # held by a process that is no Vitrine: nobody would answer
                raise
        time.sleep(POLL_S)


def outcome(state: JobState) -> Figures:
    """A finished job as the one JSON line the command line ends with; raises JobFailed for any other end."""
    if state["state"] not in (DONE, HELD):
        how = "was cancelled" if state["state"] == CANCELLED else state["state"]
        raise JobFailed(f"{state['id']} {how}: {state['message']}")
    figures = dict(state.get("figures") or {})
    line = {"run": state["run_id"], "job": state["id"], "state": state["state"], "seconds": figures.pop("seconds", 0.0)}
    if state["message"]:
        line["message"] = state["message"]
    return {**line, **figures}


def _own(root: Path) -> Supervisor:
    supervisor = Supervisor(open_workspace(root))
    supervisor.run_in_background()
    return supervisor
