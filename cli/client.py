"""Start a job and wait for it, as owner of the workspace or through the owner there is."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jobs.engine.errors import JobFailed, OwnerLeft
from jobs.engine.folder import JobFolder, has_room, job_folder
from jobs.engine.following import what_follows
from jobs.engine.kinds import Figures
from jobs.engine.mailbox import send_request
from jobs.engine.requests import ACTS
from jobs.engine.spec import CANCELLED, DONE, ENDED, HELD, Progress
from jobs.engine.supervisor import Supervisor
from store.class_names import class_repairs
from store.connection import open_workspace, utc_now
from store.errors import WorkspaceBusy
from store.workspace_file import read_owner

POLL_S = 0.2
JobState = dict[str, Any]  # a job as its owner left it in state.json: the columns of `job`, and figures
OPENING_S = 8.0  # how long an owner may have the file before it has said who it is
UNSAVED_FOR_S, LOOK_EVERY_S = 10.0, 1.0  # how long a full disk is waited for, and how often it is looked at


class Client:
    """The workspace's owner, wherever it is: a Supervisor in this process, or another process by its mailbox."""

    def __init__(self, root: Path, supervisor: Supervisor | None):
        self.root = root
        self.supervisor = supervisor

    def ask(self, action: str, **arguments: Any) -> Any:
        """Have the owner do `action` (jobs.engine.mailbox.ACTIONS); where it ends before it could, the next one."""
        while self.supervisor is None:
            try:
                return send_request(self.root, action, arguments)
            except OwnerLeft:  # many commands at once: each owns the workspace for a moment
                self.supervisor = _own_or_ask(self.root).supervisor
        if action == "snapshot":
            return self.supervisor.workspace.snapshot(Path(str(arguments["target"])))
        if action in ACTS:
            return ACTS[action](self.supervisor.workspace, **arguments)
        if action in ("start", "analyse"):
            arguments["trusted"] = True
        analyses = self.supervisor.analyses
        own: dict[str, Callable[..., Any]] = {"analyse": analyses.start, "cancel_analysis": analyses.cancel}
        return (own.get(action) or getattr(self.supervisor, action))(**arguments)

    def wait(self, job_id: str, *, report: Callable[[Progress], None]) -> JobState:
        """Wait until a job has ended and return its state; if its owner goes away, become the owner.

        Raises JobFailed where the disk is so full that how it ended cannot be written down.
        """
        folder = job_folder(self.root, job_id)
        stuck = _Stuck(folder)
        while True:
            state = folder.state()
            if state.get("state") in (*ENDED, HELD):
                return state
            report(folder.progress())
            self.look_after()
            if stuck.for_s(self.supervisor) > UNSAVED_FOR_S:
                raise JobFailed(
                    f"{job_id}: its worker is no longer there, and how it ended cannot be written down, for the "
                    f"disk that holds {self.root} is full. Free some room, then `resume {job_id}`; "
                    "what was finished is safe."
                )
            time.sleep(POLL_S)

    def follower_of(self, job_id: str) -> str | None:
        """The job that was started because this one was done, once it is; None where nothing follows it.

        Raises JobFailed with the reason where what was to follow could not be started.
        """
        folder = job_folder(self.root, job_id)
        while (order := what_follows(folder)) is not None:
            if "refused" in order:
                raise JobFailed(f"{job_id} is done, and what was to follow it was refused: {order['refused']}.")
            if "job" in order:
                return str(order["job"])
            self.look_after()
            time.sleep(POLL_S)
        return None

    def look_after(self) -> None:
        """See that the jobs are looked after: if the owner went away, become the owner."""
        if self.supervisor is not None:
            self.supervisor.keep_alive()
        elif read_owner(self.root) is None:
            with contextlib.suppress(WorkspaceBusy):
                self.supervisor = _own(self.root)

    def close(self) -> None:
        """Give the workspace up if this process owns it."""
        if self.supervisor is not None:
            self.supervisor.stop()
            self.supervisor.workspace.close()


class _Stuck:
    """How long nobody has worked on a job while nothing can be written about it."""

    def __init__(self, folder: JobFolder):
        self._folder = folder
        self._since: float | None = None
        self._looked_at = -LOOK_EVERY_S

    def for_s(self, supervisor: Supervisor | None) -> float:
        """Seconds; supervisor: the owner, where it is in this process."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            if supervisor is not None:
                is_stuck = supervisor.unsaved(self._folder.path.name) is not None
            else:
                is_stuck = self._folder.is_left() and not has_room(self._folder.path)
            self._since = (self._since or now) if is_stuck else None
        return 0.0 if self._since is None else now - self._since


@contextlib.contextmanager
def connect(root: Path) -> Iterator[Client]:
    """A client of the workspace `root`: its owner if no other process is."""
    client = _own_or_ask(root.expanduser().resolve())
    try:
        yield client
    finally:
        client.close()


def _own_or_ask(root: Path) -> Client:
    """A client as owner, or of the owner there is; raises WorkspaceBusy where a process that is no Vitrine has it."""
    holder: int | None = None
    since = time.monotonic()
    while True:
        try:
            return Client(root, _own(root))
        except WorkspaceBusy as busy:
            if read_owner(root) is not None:
                return Client(root, None)
            if busy.pid != holder:  # another command has opened it, and has yet to say who it is
                holder, since = busy.pid, time.monotonic()
            if time.monotonic() - since > OPENING_S:
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
    began = utc_now()
    workspace = open_workspace(root)
    for repair in class_repairs(workspace):
        if repair.done_at >= began:
            print(f"{repair.dataset}: {repair.sentence}", file=sys.stderr)
    try:
        supervisor = Supervisor(workspace)
    except BaseException:
        workspace.close()
        raise
    supervisor.run_in_background()
    return supervisor
