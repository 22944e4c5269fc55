"""Requests to the owner by file, for the command line while the app runs.

A request is `inbox/<id>.json` ({"action", "arguments"}); the owner's answer is `inbox/<id>.reply.json`
({"value"} or {"error"}). Only the actions named here are ever called.
"""

import os
import re
import secrets
import time
from pathlib import Path
from typing import Protocol

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
        request = read_json(path)
        path.unlink(missing_ok=True)
        write_json(path.with_name(f"{path.stem}.reply.json"), _answer(owner, request))


def _answer(owner: Owner, request: dict[str, object] | None) -> dict[str, object]:
    if not request or request.get("action") not in ACTIONS:
        return {"error": f"The running app does not know the request {request!r}; is it another version?"}
    action, arguments = str(request["action"]), dict(request["arguments"])
    try:
        if action == "snapshot":
            owner.workspace.snapshot(Path(arguments["target"]))
            return {"value": arguments["target"]}
        if action in ACTS:
            return {"value": ACTS[action](owner.workspace, **arguments)}
        if action == "start":
            arguments["trusted"] = True  # whoever can write into the workspace can read the disk as well
        return {"value": getattr(owner, action)(**arguments)}
    except (JobError, LayoutError, ModelError, StoreError, OSError, TypeError, duckdb.Error) as error:
        return {"error": str(error)}
