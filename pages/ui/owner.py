"""The one owner of the workspace in this process: the open file and the supervisor of its jobs."""

import argparse
import logging
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from jobs.engine.supervisor import Supervisor
from store.connection import Workspace, open_workspace
from store.errors import (
    DiskFull,
    MigrationFailed,
    StoreError,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceRefused,
    WorkspaceTooNew,
)

NOT_OPEN = "The workspace is not open just now. Whoever runs the app finds the reason in its log."
NO_ROOM = "The disk that holds the workspace is full, so nothing can be saved until there is some room again."
LOCAL_ADDRESSES = ("localhost", "127.0.0.1", "::1")
log = logging.getLogger("vitrine")


@dataclass(frozen=True)
class Owner:
    """An open workspace and its running supervisor."""

    workspace: Workspace
    supervisor: Supervisor


@dataclass(frozen=True)
class Settings:
    """What the person who started the app said. import_roots is None when any folder may be imported."""

    workspace: Path
    import_roots: list[Path] | None


_lock = threading.Lock()
_owner: Owner | None = None


def get() -> Owner:
    """The owner, opened if it is not yet; raises WorkspaceBusy and other StoreErrors with what to do."""
    global _owner
    with _lock:
        if _owner is None:
            chosen = settings()
            workspace = open_workspace(chosen.workspace)
            try:
                supervisor = Supervisor(workspace, import_roots=chosen.import_roots)
            except BaseException:
                workspace.close()
                raise
            supervisor.run_in_background()
            _owner = Owner(workspace, supervisor)
        return _owner


def open_at_start() -> None:
    """Open the workspace before the first visitor comes, so that jobs are adopted at once."""
    try:
        get()
    except StoreError as error:
        log.warning("%s", error)  # every page says so, and tries again


def close() -> None:
    """Give the workspace up; running workers go on."""
    global _owner
    with _lock:
        if _owner is not None:
            _owner.supervisor.stop()
            _owner.workspace.close()
            _owner = None


def settings() -> Settings:
    """The workspace and the import roots, from the command line or the environment."""
    parser = argparse.ArgumentParser(prog="streamlit run app.py --", add_help=False)
    parser.add_argument("--workspace", type=Path, default=Path(os.environ.get("VITRINE_WORKSPACE", "workspace")))
    parser.add_argument("--import-root", type=Path, action="append", default=[])
    arguments, _ = parser.parse_known_args(sys.argv[1:])
    named = os.environ.get("VITRINE_IMPORT_ROOTS", "")
    roots = [*arguments.import_root, *(Path(root) for root in named.split(os.pathsep) if root)]
    return Settings(arguments.workspace, roots if roots or not _is_local() else None)


def for_visitors(error: StoreError) -> str:
    """What any visitor may read of a refusal: where the workspace lies and who has it open is for the log."""
    if isinstance(error, DiskFull):
        return NO_ROOM
    if isinstance(error, WorkspaceBusy | WorkspaceTooNew | WorkspaceDamaged | WorkspaceRefused | MigrationFailed):
        return NOT_OPEN
    return str(error)


def explain_closed(error: StoreError) -> None:
    """Say why the workspace is not open, and offer to try again; all of it only where none but this machine listens."""
    st.title("The workspace is not open")
    sentence = str(error) if _is_local() else for_visitors(error)
    st.error(sentence.replace("\n", "  \n"), icon=":material/lock:")
    st.button("Try again", type="primary")


def show_error(error: Exception) -> bool:
    """Show an unforeseen error as a sentence and log the rest; the boundary of every page."""
    log.exception("A page stopped", exc_info=error)
    sentence = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    st.error(f"This page stopped: {sentence}", icon=":material/report:")
    st.caption("The whole story is in the app's log. Reload the page to try again; nothing saved is lost.")
    return True


def _is_local() -> bool:
    return st.get_option("server.address") in LOCAL_ADDRESSES
