"""What is to follow a job that is done: an order in the job's folder, which outlives the owner that laid it there.

It is written before the job's end is, and started by the thread that looks after the jobs: so whoever sees a job done
finds what follows, and a process that ends between the two loses nothing. `then.json` holds kind, dataset, parameters
and who; and then `job`, the id of what was started, or `refused`, why it was not.
"""

import collections
from pathlib import Path
from typing import Any, Protocol

from jobs.engine.folder import JobFolder, all_job_folders, read_json, write_json
from jobs.engine.kinds import load_kind
from jobs.engine.refusals import REFUSALS
from jobs.engine.tracking import Tracked
from jobs.engine.troubles import Troubles, sentence_of
from store.connection import Workspace

THEN = "then.json"


class Start(Protocol):
    """What starts a job: `Supervisor.start`."""

    def __call__(self, kind: str, *, dataset: str, parameters: dict[str, Any], who: str, trusted: bool) -> str: ...


class Following:
    """The orders that wait to be started, those that an owner before this one left included."""

    def __init__(self, workspace: Workspace, *, troubles: Troubles):
        self._workspace, self._troubles = workspace, troubles
        left = (folder.path for folder in all_job_folders(workspace.root) if (folder.path / THEN).is_file())
        self._due = collections.deque(path for path in left if not _is_settled(read_json(path / THEN)))

    def note(self, job: Tracked) -> None:
        """Leave what its kind lets follow a job that has just done all its rows."""
        kind = load_kind(job.spec.kind)
        then = kind.code().then
        order = then(self._workspace, kind.job(job.spec)) if then is not None else None
        if order is None:
            return
        content = {
            "kind": order.kind,
            "dataset": job.spec.dataset,
            "parameters": dict(order.parameters),
            "who": job.spec.who,
        }
        write_json(job.folder().path / THEN, content)
        self._due.append(job.folder().path)

    def start_due(self, start: Start) -> None:
        """Start every order that waits; one that is refused says why in its file."""
        while self._due:
            path = self._due.popleft()
            with self._troubles.survived(f"What was to follow {path.name} could not be started"):
                self._start_one(path, start)

    def _start_one(self, path: Path, start: Start) -> None:
        order = read_json(path / THEN)
        if order is None or _is_settled(order):
            return
        try:
            asked = {name: order[name] for name in ("kind", "dataset", "parameters", "who")}
            outcome = {"job": start(asked.pop("kind"), **asked, trusted=True)}
        except REFUSALS as error:
            outcome = {"refused": sentence_of(error)}
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            write_json(path / THEN, {**order, "refused": f"an error that nobody foresaw ({type(error).__name__})"})
            raise
        write_json(path / THEN, {**order, **outcome})


def what_follows(folder: JobFolder) -> dict[str, Any] | None:
    """What is to follow a job, as its file says it; None where nothing is."""
    return read_json(folder.path / THEN)


def _is_settled(order: dict[str, Any] | None) -> bool:
    return order is None or "job" in order or "refused" in order
