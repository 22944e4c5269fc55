"""An app of its own for a test, and a Chromium that notes every request it makes."""

import contextlib
import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from store.workspace_file import FILE_NAME
from tests.support.places import PROJECT

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# WebGL in software, as on a machine without a graphics card
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 420, "height": 900}
# the pytestmark of a file of such tests
IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)"),
]


@dataclass
class App:
    """A running app: where it listens, its process, its log."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    requests: list[str] = field(default_factory=list)

    def kill(self) -> None:
        """End it the hard way."""
        self.process.kill()
        self.process.wait(timeout=30)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_app(
    workspace: Path,
    *,
    log: Path,
    options: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
    address: str = "localhost",
    port: int = 0,
    path: str = "",
) -> App:
    """Start the app on `workspace` and wait until it answers. path: under which it is told to serve."""
    port = port or free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        f"--server.port={port}",
        *options,
        "--",
        "--workspace",
        str(workspace),
        *arguments,
    ]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={**os.environ}
        )
    return until_it_answers(App(f"http://{address}:{port}{path}", process, log))


def until_it_answers(app: App, *, within_s: float = 60) -> App:
    """The app, once it answers; it is killed, and the test fails, where it does not."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if _answers(app):
            return app
        if app.process.poll() is not None:
            break
        time.sleep(0.1)
    app.kill()
    raise AssertionError(f"The app did not start: {app.log.read_text(errors='replace')[-2000:]}")


def _answers(app: App) -> bool:
    try:
        with urllib.request.urlopen(f"{app.url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):  # a busy machine answers late
        return False


@contextlib.contextmanager
def running_app(workspace: Path, *, log: Path, **kwargs: object) -> Iterator[App]:
    """An app for the length of a with-block."""
    app = start_app(workspace, log=log, **kwargs)
    try:
        yield app
    finally:
        app.process.terminate()
        try:
            app.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            app.kill()


def jobs_line(workspace: Path, *words: object) -> str:
    """What `python -m jobs` with `words`, on `workspace`, prints; it must succeed."""
    order = [sys.executable, "-m", "jobs", *map(str, words), "--workspace", str(workspace)]
    done = subprocess.run(order, cwd=PROJECT, timeout=300, capture_output=True, text=True)
    assert done.returncode == 0, f"{words} said: {done.stderr}"
    return done.stdout


def copy_of_demo(folder: Path) -> Path:
    """A workspace `w` in `folder`, a temporary one of pytest's, with the demo: made once a run, then copied."""
    base = folder.parent.parent if folder.parent.name.startswith("popen-") else folder.parent  # of all processes
    made = base / "demo-once" / "w"
    made.parent.mkdir(exist_ok=True)
    with (made.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made.parent / "done").exists():
            shutil.rmtree(made, ignore_errors=True)
            jobs_line(made, "demo", "--no-analyse")
            (made.parent / "done").touch()
    copy = Path(shutil.copytree(made, folder / "w"))
    with duckdb.connect(str(copy / FILE_NAME)) as connection:
        connection.execute("UPDATE dataset SET root = ?", [str(copy / "demo" / "pictures")])
    return copy


@contextlib.contextmanager
def digits_app(folder: Path, *orders: tuple[str, ...]) -> Iterator[App]:
    """An app on the demo, after the jobs of `orders`: each a kind and its options."""
    copy_of_demo(folder)
    for kind, *options in orders:
        jobs_line(folder / "w", "run", kind, "--dataset", "digits", *options)
    with running_app(folder / "w", log=folder / "app.log") as app:
        yield app


@contextlib.contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Debian's Chromium without a window, with `more` arguments."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *more])
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, app: App, path: str = "/", *, size: dict[str, int] = WIDE) -> Page:
    """A new visitor's page at `path`, settled; its requests are added to app.requests."""
    page = browser.new_page(viewport=size)
    page.set_default_timeout(120_000)  # a busy machine is no failure
    page.on("request", lambda request: app.requests.append(request.url))
    page.on("websocket", lambda socket: app.requests.append(socket.url))
    page.goto(app.url + path)
    settle(page)
    return page


def settle(page: Page, *, timeout_s: float = 60) -> None:
    """Wait until the page's script has run and nothing is stale."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=timeout_s * 1000)
    page.wait_for_timeout(300)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=timeout_s * 1000)


def text_of(page: Page) -> str:
    """Everything the page says."""
    return page.locator('[data-testid="stApp"]').inner_text()


def bars_of(page: Page) -> Locator:
    """The bars, or the cells, of the first chart on the page."""
    return page.locator('[data-testid="stPlotlyChart"]').first.locator(".bars .point path")


def click_bar(page: Page, bar: Locator) -> None:
    """Click where a bar is: over the bars lies a pane that hears for all of them."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.locator(".hoverlayer .hovertext").first.wait_for()  # it has been heard where the mouse is
    page.mouse.click(x, y)


def foreign_requests(app: App) -> list[str]:
    """Requests that went to any other address than the app's."""
    own = re.compile(r"(?:http|ws)s?://(?:localhost|127\.0\.0\.\d)[:/]|data:|blob:|about:")
    return [url for url in app.requests if not own.match(url)]
