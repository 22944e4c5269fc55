"""Requests to the owner by file, for the command line while the app runs.

A request is `inbox/<id>.json` ({"action", "arguments"}); the owner's answer is `inbox/<id>.reply.json`
({"value"} or {"error"}). Only the actions named here are ever called.
"""

import functools
import os
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import duckdb

from importers.types import LayoutError
from jobs.engine.errors import JobError
from jobs.engine.folder import read_json, write_json
from jobs.engine.requests import ACTS
from models.errors import ModelError
from store.connection import Workspace, read_owner
from store.errors import StoreError, WorkspaceBusy

ACTIONS = ("start", "cancel", "resume", "retry", "snapshot", "land", *ACTS)
_REQUEST = re.compile(r"[0-9a-f]{16}\.json")


class Owner(Protocol):
    """What the mailbox asks of the owner: a Supervisor."""

    workspace: Workspace

    def start(
        self,
        kind: str,
        *,
        dataset: str,
        parameters: Mapping[str, object] | None = None,
        who: str = "",
        hold: bool = False,
        trusted: bool = False,
    ) -> str: ...

    def cancel(self, job_id: str) -> None: ...

    def resume(self, job_id: str) -> str: ...

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
        if not content or content.get("action") not in ACTIONS or not isinstance(content.get("arguments"), dict):
            return None
        return cls(content["action"], content["arguments"])


def send_request(workspace: Path, action: str, arguments: dict[str, object], *, timeout_s: float = 600.0) -> object:
    """Ask the owner for `action` and return its answer; raises JobError with the owner's words, or WorkspaceBusy."""
    inbox = workspace / "inbox"
    inbox.mkdir(exist_ok=True)
    name = secrets.token_hex(8)
    write_json(inbox / f"{name}.json", {"action": action, "arguments": arguments})
    reply_path = inbox / f"{name}.reply.json"
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        reply = read_json(reply_path)
        if reply is not None:
            reply_path.unlink()
            if "error" in reply:
                raise JobError(str(reply["error"]))
            return reply["value"]
        if read_owner(workspace) is None:
            break
        time.sleep(0.05)
    (inbox / f"{name}.json").unlink(missing_ok=True)
    raise WorkspaceBusy(workspace, pid=None, started=None, command="its owner did not answer")


def answer_requests(owner: Owner) -> None:
    """Do what the requests in the inbox ask for, oldest first, and answer each."""
    inbox = owner.workspace.root / "inbox"
    if not inbox.is_dir():
        return
    waiting = [entry for entry in os.scandir(inbox) if _REQUEST.fullmatch(entry.name)]
    for entry in sorted(waiting, key=lambda entry: entry.stat().st_mtime_ns):
        path = Path(entry.path)
        content = read_json(path)
        path.unlink(missing_ok=True)
        write_json(path.with_name(f"{path.stem}.reply.json"), _answer(owner, content))


def _answer(owner: Owner, content: dict[str, Any] | None) -> dict[str, object]:
    request = Request.of(content)
    if request is None:
        return {"error": f"The running app does not know the request {content!r}; is it another version?"}
    try:
        return {"value": _do(owner, request.action, request.arguments)}
    except (JobError, LayoutError, ModelError, StoreError, OSError, TypeError, duckdb.Error) as error:
        return {"error": str(error)}


def _do(owner: Owner, action: str, arguments: dict[str, Any]) -> object:
    if action in ACTS:
        return ACTS[action](owner.workspace, **arguments)
    if action == "start":  # whoever can write into the workspace can read the disk as well
        return owner.start(**{**arguments, "trusted": True})
    does: Mapping[str, Callable[..., object]] = {
        "cancel": owner.cancel,
        "resume": owner.resume,
        "retry": owner.retry,
        "land": owner.land,
        "snapshot": functools.partial(_snapshot, owner.workspace),
    }
    return does[action](**arguments)


def _snapshot(workspace: Workspace, *, target: str) -> str:
    workspace.snapshot(Path(target))
    return target
