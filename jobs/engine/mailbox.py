"""Requests to the owner by file, for the command line while the app runs.

A request is `inbox/<id>.json` ({"action", "arguments"}); the owner takes it by renaming it to `<id>.taken`, and answers
with `<id>.reply.json` ({"value"} or {"error"}). Only the actions named here are ever called, and whatever becomes of
one, it is answered, and so is the next.
"""

import functools
import inspect
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from jobs.engine.analyses import Analyses
from jobs.engine.errors import JobError, OwnerLeft
from jobs.engine.folder import has_room, read_json, write_json
from jobs.engine.refusals import REFUSALS
from jobs.engine.requests import ACTS
from jobs.engine.troubles import Troubles, sentence_of
from jobs.engine.worker import sentence_for
from store.acting import BY_COMMAND, acting
from store.connection import Workspace
from store.errors import DiskFull, WorkspaceBusy
from store.workspace_file import is_disk_full, read_owner

ACTIONS = ("start", "cancel", "resume", "retry", "snapshot", "land", "analyse", "cancel_analysis", *ACTS)
MOST_BYTES = 16 << 20  # of a request; a hundred thousand class names take two of them
LOOKS_FOR_ROOM_S = 10.0  # after which a command that was not answered looks whether the disk is full
LOST = "The request was taken up, and what became of it is not known: look whether it was done."
_REQUEST = re.compile(r"[0-9a-f]{16}\.json")


class Owner(Protocol):
    """What the mailbox asks of the owner: a Supervisor."""

    workspace: Workspace
    analyses: Analyses

    def start(
        self,
        kind: str,
        *,
        dataset: str,
        parameters: Mapping[str, object] | None = None,
        who: str = "",
        hold: bool = False,
        trusted: bool = False,
        on: str = "",
    ) -> str: ...

    def cancel(self, job_id: str) -> None: ...

    def resume(self, job_id: str, *, on: str | None = None) -> str: ...

    def retry(self, job_id: str, *, who: str = "") -> str: ...

    def land(self, job_id: str) -> str: ...


@dataclass(frozen=True)
class Request:
    """What is asked of the owner: one of ACTIONS, with its keyword arguments."""

    action: str
    arguments: dict[str, Any]

    @classmethod
    def of(cls, content: Mapping[str, Any] | None) -> Self | None:
        """The request in a file's JSON; None where it is none, or asks for what is not known here."""
        if not content or not isinstance(content.get("action"), str) or not isinstance(content.get("arguments"), dict):
            return None
        if content["action"] not in ACTIONS:
            return None
        return cls(content["action"], content["arguments"])


def send_request(workspace: Path, action: str, arguments: dict[str, object], *, timeout_s: float = 600.0) -> object:
    """Ask the owner for `action` and return its answer.

    Raises JobError with the owner's words; OwnerLeft where it ended before it took the request, so that another may be
    asked; DiskFull where nothing can be asked or answered; WorkspaceBusy where it does not answer.
    """
    request = _written(workspace, action, arguments)
    reply_path = request.with_name(f"{request.stem}.reply.json")
    began = time.monotonic()
    while time.monotonic() - began < timeout_s:
        owner = read_owner(workspace)  # before the reply is looked for: it may be the last thing that it did
        reply = read_json(reply_path)
        if reply is not None:
            reply_path.unlink(missing_ok=True)
            if "error" in reply:
                raise JobError(str(reply["error"]))
            return reply["value"]
        if owner is None:
            if _withdrawn(request):
                raise OwnerLeft("The process that had the workspace open ended before it took the request up.")
            raise JobError(
                f"The process that took the request ended before it answered: look whether {action} was done."
            )
        if time.monotonic() - began > LOOKS_FOR_ROOM_S and not has_room(request.parent):
            raise DiskFull(f"The disk that holds {workspace} is full, so no answer can be written. Free some room.")
        time.sleep(0.05)
    _withdrawn(request)
    raise WorkspaceBusy(workspace, pid=None, started=None, command="its owner did not answer")


def _written(workspace: Path, action: str, arguments: dict[str, object]) -> Path:
    inbox = workspace / "inbox"
    request = inbox / f"{secrets.token_hex(8)}.json"
    try:
        inbox.mkdir(exist_ok=True)
        write_json(request, {"action": action, "arguments": arguments})
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(f"The disk that holds {workspace} is full. Free some room, then ask again.") from error
        raise
    return request


def _withdrawn(request: Path) -> bool:
    """Take a request back; False where an owner has it."""
    try:
        request.unlink()
    except OSError:
        return False
    return True


class Mailbox:
    """The owner's side. An answer that finds no room on the disk is kept, and tried again at each look."""

    def __init__(self, owner: Owner, *, troubles: Troubles):
        self._owner = owner
        self._troubles = troubles
        self._unsent: dict[Path, dict[str, object]] = {}

    def answer(self) -> None:
        """Do what the requests in the inbox ask for, oldest first, and answer each, whatever it was."""
        with self._troubles.survived("A request that was taken up could not be looked for"):
            for taken in (self._owner.workspace.root / "inbox").glob("*.taken"):  # by an owner that did not live to say
                self._unsent.setdefault(taken, {"error": LOST})
        for taken in list(self._unsent):
            with self._troubles.survived("A request could not be answered"):
                self._send(taken)
        for path in self._waiting():
            with self._troubles.survived("A request could not be answered"):
                taken = path.with_suffix(".taken")
                os.replace(path, taken)  # or it stays, and is not done: it would be done again and again
                self._unsent[taken] = {"error": LOST}
                self._unsent[taken] = self._answer(taken)
                self._send(taken)

    def _waiting(self) -> list[Path]:
        inbox = self._owner.workspace.root / "inbox"
        if not inbox.is_dir():
            return []
        waiting = []
        for entry in os.scandir(inbox):
            if _REQUEST.fullmatch(entry.name):
                with self._troubles.survived("A request could not be looked at"):
                    if entry.is_file(follow_symlinks=False):  # a pipe would be waited for, for ever
                        waiting.append((entry.stat(follow_symlinks=False).st_mtime_ns, Path(entry.path)))
        return [path for _, path in sorted(waiting)]

    def _answer(self, taken: Path) -> dict[str, object]:
        try:
            if taken.stat().st_size > MOST_BYTES:
                return {"error": f"A request may have {MOST_BYTES:,} bytes; this one has {taken.stat().st_size:,}."}
            content = read_json(taken)
            request = Request.of(content)
            if request is None:
                seen = repr(content)[:200]
                return {"error": f"The running app does not know the request {seen}; is it another version?"}
            with acting(BY_COMMAND):
                return {"value": _do(self._owner, request.action, request.arguments)}
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - the boundary of one request: logged, and told to who asked
            if isinstance(error, (*REFUSALS, OSError)):
                return {"error": sentence_for(error)}
            self._troubles.log("A request met an error that nobody foresaw", error)
            kind = type(error).__name__
            return {
                "error": f"The app met an error that nobody foresaw ({kind}: {sentence_of(error)}); its log says more."
            }

    def _send(self, taken: Path) -> None:
        """Write the answer; where there is no room for it, into the room that the request has taken."""
        reply, path = self._unsent[taken], taken.with_name(f"{taken.stem}.reply.json")
        try:
            write_json(path, reply)
        except OSError as error:
            if not is_disk_full(error):
                raise
            with taken.open("r+b") as file:
                file.write(json.dumps(reply, default=str).encode())
                file.truncate()
            os.replace(taken, path)
        except (TypeError, ValueError, RecursionError) as error:  # a value that JSON cannot say
            self._unsent[taken] = {"error": f"It was done, but its answer cannot be written: {sentence_of(error)}."}
            write_json(path, self._unsent[taken])
        taken.unlink(missing_ok=True)
        self._unsent.pop(taken, None)


def _do(owner: Owner, action: str, arguments: dict[str, Any]) -> object:
    if action in ACTS:
        return _called(action, functools.partial(ACTS[action], owner.workspace), arguments)
    if action == "start":  # whoever can write into the workspace can read the disk as well
        return _called(action, owner.start, {**arguments, "trusted": True})
    if action == "analyse":
        return _called(action, owner.analyses.start, {**arguments, "trusted": True})
    does: Mapping[str, Callable[..., object]] = {
        "cancel": owner.cancel,
        "resume": owner.resume,
        "retry": owner.retry,
        "land": owner.land,
        "cancel_analysis": owner.analyses.cancel,
        "snapshot": functools.partial(_snapshot, owner.workspace),
    }
    return _called(action, does[action], arguments)


def _called(action: str, function: Callable[..., object], arguments: dict[str, Any]) -> object:
    try:
        inspect.signature(function).bind(**arguments)
    except TypeError as error:
        raise JobError(f"{action} cannot be asked for so: {error}.") from error
    return function(**arguments)


def _snapshot(workspace: Workspace, *, target: str) -> str:
    workspace.snapshot(Path(target))
    return target
