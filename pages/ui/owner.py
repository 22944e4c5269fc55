"""The one owner of the workspace in this process: the open file and the supervisor of its jobs."""

import argparse
import contextlib
import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from jobs.engine.supervisor import Supervisor
from store.acting import BY_ITSELF, acting
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
from store.workspace_file import write_owner

NOT_OPEN = "The workspace is not open just now. Whoever runs the app finds the reason in its log."
NO_ROOM = "The disk that holds the workspace is full, so nothing can be saved until there is some room again."
LOCAL_ADDRESSES = ("localhost", "127.0.0.1", "::1")
PARENT_CHECK_S = 1.0
before_closing: list[Callable[[], None]] = []  # what threads of ours are to end before the file is given up
log = logging.getLogger("vitrine")


@dataclass(frozen=True)
class Owner:
    """An open workspace and its running supervisor."""

    workspace: Workspace
    supervisor: Supervisor


@dataclass(frozen=True)
class Settings:
    """What the person who started the app said. import_roots is None when any folder may be imported.

    open_to_all: everybody who reaches the app may do everything.
    """

    workspace: Path
    import_roots: list[str] | None
    open_to_all: bool = False


_lock = threading.Lock()
_owner: Owner | None = None
_is_passed_on = False  # a request has come through a proxy


def get() -> Owner:
    """The owner, opened if it is not yet; raises WorkspaceBusy and other StoreErrors with what to do."""
    global _owner
    with _lock:
        if _owner is None:
            chosen = settings()
            workspace = open_workspace(chosen.workspace)
            try:
                with acting(BY_ITSELF):  # whoever comes first: jobs of before are taken up
                    supervisor = Supervisor(workspace, import_roots=chosen.import_roots)
            except BaseException:
                workspace.close()
                raise
            supervisor.run_in_background()
            with contextlib.suppress(OSError):  # a full disk: then nobody is told where we are
                write_owner(workspace.root, address=_address())
            _owner = Owner(workspace, supervisor)
            if _is_passed_on:  # it may have come while the file was being opened
                _only_named_folders(supervisor)
        return _owner


def opened() -> Owner | None:
    """The owner, if the workspace is open by now."""
    return _owner


def open_at_start() -> None:
    """Open the workspace before the first visitor comes, so that jobs are adopted at once."""
    if os.environ.get("VITRINE_ENDS_WITH", "").isdigit():  # the process that shows something by us, a notebook's
        threading.Thread(target=_end_with, args=(int(os.environ["VITRINE_ENDS_WITH"]),), daemon=True).start()
    try:
        get()
    except StoreError as error:
        log.warning("%s", error)  # every page says so, and tries again


def close() -> None:
    """Give the workspace up; running workers go on."""
    global _owner
    with _lock:
        if _owner is not None:
            for end in before_closing:
                end()
            _owner.supervisor.stop()
            _owner.workspace.close()
            _owner = None


def passed_on() -> None:
    """Remember that a proxy or a tunnel passes requests on, so that others may be behind it, whatever address we have.

    From then on only the folders that were named may be imported, and visitors read no paths of this machine.
    """
    global _is_passed_on
    if _is_passed_on:
        return
    _is_passed_on = True
    if _owner is not None:  # without the lock: the server's loop waits for nobody who opens a workspace
        _only_named_folders(_owner.supervisor)
    log.info("A request came through a proxy: only folders named with --import-root can be imported from now on.")


def settings() -> Settings:
    """The workspace and the import roots, from the command line or the environment."""
    parser = argparse.ArgumentParser(prog="streamlit run app.py --", add_help=False)
    parser.add_argument("--workspace", type=Path, default=Path(os.environ.get("VITRINE_WORKSPACE", "workspace")))
    parser.add_argument("--import-root", action="append", default=[])
    parser.add_argument("--open-to-all", action="store_true", default=_is_said("VITRINE_OPEN_TO_ALL"))
    arguments, _ = parser.parse_known_args(sys.argv[1:])
    named = os.environ.get("VITRINE_IMPORT_ROOTS", "")
    between = rf"{re.escape(os.pathsep)}(?!//)"  # but not that of s3://BUCKET
    roots = [*arguments.import_root, *filter(None, re.split(between, named))]
    return Settings(arguments.workspace, roots if roots or not is_local() else None, arguments.open_to_all)


def names_elsewhere() -> set[str]:
    """The names by which the app may be reached from other machines; "*" among them for any."""
    names = [*(st.get_option("server.allowedHosts") or []), st.get_option("browser.serverAddress") or ""]
    return {str(name) for name in names} - {"", *LOCAL_ADDRESSES}


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
    sentence = str(error) if is_local() else for_visitors(error)
    st.error(sentence.replace("\n", "  \n"), icon=":material/lock:")
    st.button("Try again", type="primary")


def show_error(error: Exception) -> bool:
    """Show an unforeseen error as a sentence and log the rest; the boundary of every page."""
    log.exception("A page stopped", exc_info=error)
    sentence = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    st.error(f"This page stopped: {sentence}", icon=":material/report:")
    st.caption("The whole story is in the app's log. Reload the page to try again; nothing saved is lost.")
    return True


def is_local() -> bool:
    """Whether nobody but who sits at this machine can be a visitor, as far as is known.

    A proxy on this machine that makes every request one of localhost, without a word about it in the headers, cannot
    be told from a person; VITRINE_PUBLIC=1 says so.
    """
    return not _is_passed_on and not is_public() and listens_here() and not names_elsewhere()


def is_public() -> bool:
    """Whether VITRINE_PUBLIC says that whoever comes may be anybody, wherever the request seems to be from."""
    return _is_said("VITRINE_PUBLIC")


def listens_here() -> bool:
    """Whether the app listens to this machine alone."""
    return st.get_option("server.address") in LOCAL_ADDRESSES


def _is_said(variable: str) -> bool:
    return os.environ.get(variable, "").strip().lower() in ("1", "true", "yes", "on")


def _address() -> str:
    """Where a browser on this machine finds the app."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"http://localhost:{st.get_option('server.port')}/{path}".rstrip("/")


def _end_with(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(PARENT_CHECK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _only_named_folders(supervisor: Supervisor) -> None:
    if supervisor.intake.import_roots is None:
        supervisor.intake.import_roots = []
