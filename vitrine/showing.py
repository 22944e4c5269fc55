"""Pictures shown from a notebook: `vitrine.show(...)` imports them into a workspace for the while and opens the app."""

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

import psutil

from vitrine.errors import NotShown
from vitrine.picture_table import folder_of_links
from vitrine.reading import COMMAND, Workspace, open_workspace

FIRST_PORT, N_PORTS = 8501, 200
STARTS_WITHIN_S, ENDS_WITHIN_S = 120.0, 15.0


class Shown:
    """An app that shows pictures. url: its address. workspace: its folder, which goes with it.

    It ends with `stop()`, at the end of a with-block, or with the process that made it.
    """

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], *, url: str):
        self.url = url
        self.workspace = folder / "workspace"
        self._folder = folder
        self._process = process
        atexit.register(self.stop)

    def __repr__(self) -> str:
        return f"Vitrine at {self.url}" if self.is_running else "Vitrine, stopped"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the app is there."""
        return self._process.poll() is None

    def read(self) -> Workspace:
        """The workspace, to be read: as `vitrine.open` gives it."""
        return open_workspace(self.workspace)

    def stop(self) -> None:
        """End the app and the jobs that it started, and remove the workspace. The pictures stay as they are."""
        atexit.unregister(self.stop)
        _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


def show(
    pictures: Any,
    *,
    name: str = "",
    path: str = "",
    label: str = "",
    split: str = "",
    reading: str = "",
    port: int | None = None,
    browser: bool = True,
) -> Shown:
    """Import pictures into a workspace for the while, open the dashboard on it, and print its address.

    pictures: a folder, with labels in it or without (`vitrine import` says what is understood), or a table with a row
    a picture: a pandas DataFrame, or what has `to_pandas()`. path, label, split: the columns of such a table; without
    them the usual names are looked for ("path", "file", "image", ...; "label", "class", ...; "split", ...), and a
    column whose first value is a file. Paths are as seen from the current folder. A row whose file cannot be read is no
    error: it is on the page "Import failures".
    name: what the dataset is called; a folder's own name by default. reading: the answer where a folder can be read in
    more than one way. port: where the app listens; from 8501 the first that is free. browser: also open a browser.

    Raises NotShown where there is no such folder, nothing can be imported or the app does not start, KeyError
    for a column that the table does not have, TypeError for what is neither folder nor table.
    """
    folder = Path(tempfile.mkdtemp(prefix="vitrine-show-"))
    try:
        source, words = _source(pictures, folder / "pictures", path=path, label=label, split=split)
        words += [f"--reading={reading}"] if reading else []
        called = name or source.name
        _import(source, folder / "workspace", name=called, words=words)
        shown = _started(folder, port=port or _free_port(), browser=browser)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    print(f"Vitrine shows {called} at {shown.url}")
    return shown


def _source(pictures: Any, links: Path, **columns: str) -> tuple[Path, list[str]]:
    """The folder to import, and the words for it."""
    if not isinstance(pictures, str | os.PathLike):
        return folder_of_links(pictures, links, **columns)
    root = Path(pictures).expanduser().resolve()
    if any(columns.values()):
        raise TypeError("path, label and split name columns of a table, and a folder was given")
    if not root.is_dir():
        raise NotShown(f"There is no folder {root}.")
    return root, []


def _import(source: Path, workspace: Path, *, name: str, words: list[str]) -> None:
    command = [*COMMAND, "import", str(source), "--name", name, "--workspace", str(workspace), "--yes", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise NotShown(f"{source} could not be imported: {done.stderr.strip()[-2000:]}")


def _started(folder: Path, *, port: int, browser: bool) -> Shown:
    """The app, once it answers. Raises NotShown with its last words where it does not."""
    log = folder / "app.log"
    words = ["open", str(folder / "workspace"), f"--port={port}", "--browser" if browser else "--no-browser"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "VITRINE_ENDS_WITH": str(os.getpid())},
            start_new_session=True,  # an interrupted cell does not end it
        )
    url = f"http://localhost:{port}"
    until = time.monotonic() + STARTS_WITHIN_S
    try:
        while time.monotonic() < until and process.poll() is None:
            if _answers(url):
                return Shown(folder, process, url=url)
            time.sleep(0.1)
        raise NotShown(f"The app did not start: {log.read_text(errors='replace').strip()[-2000:]}")
    except BaseException:
        _end(process)
        raise


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the app and what it has started: workers would go on in a workspace that is no longer there."""
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else ():
            with contextlib.suppress(psutil.Error):
                child.kill()
    process.terminate()
    try:
        process.wait(timeout=ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + N_PORTS):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise NotShown(f"No port from {FIRST_PORT} to {FIRST_PORT + N_PORTS - 1} is free; name one with port=.")
