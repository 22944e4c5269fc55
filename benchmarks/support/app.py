"""The app: started as people start it and asked over its agent API, or its pages run by Streamlit's test runner."""

import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from streamlit.testing.v1 import AppTest

from benchmarks.support.child import PROJECT
from benchmarks.support.timing import seconds_of

OPTIONS = (
    "--server.headless=true",
    "--server.enableAgentApi=true",
    "--server.agentWaitTimeout=600",  # seconds that a page may take on a busy machine
    "--logger.level=error",
)
NO_REQUEST: Mapping[str, object] = {}


@dataclass(frozen=True)
class RunningApp:
    """An app that answers. up_s: seconds from the start of its process until then."""

    port: int
    process: subprocess.Popen[bytes]
    up_s: float

    def visit(self, request: Mapping[str, object] = NO_REQUEST) -> None:
        """A new visitor's first page, waited for until it is whole; request: such as {"page": "pictures"}."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/_stcore/agent/interact",
            json.dumps(request).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=600) as answer:
            page = json.load(answer)
        if page["status"] != "ready":
            raise SystemExit(f"the page is not ready: {json.dumps(page)[:500]}")

    def peak_mb(self) -> float:
        """The largest resident size of its process so far, in MB."""
        return memory_mb(self.process.pid, "VmHWM")


def memory_mb(pid: int, what: str = "VmRSS") -> float:
    """The resident size of a process in MB, now or (VmHWM) the largest so far; of Linux."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


def cpu_seconds(pid: int) -> float:
    """The seconds of processor that a process and those that it started have taken so far."""
    own = psutil.Process(pid)
    spent = [process.cpu_times() for process in (own, *own.children(recursive=True))]
    return sum(times.user + times.system for times in spent)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running_app(root: Path, *, project: Path = PROJECT) -> Iterator[RunningApp]:
    """`streamlit run app.py` of a checkout on the workspace `root`, until the end of the with-block."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", *OPTIONS]
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--", "--workspace", str(root)],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(port)
        yield RunningApp(port, process, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(timeout=60)


def start_up(root: Path, *, project: Path = PROJECT) -> tuple[float, float]:
    """Seconds from the start of the process until the app answers, and until its first page is whole."""
    with running_app(root, project=project) as app:
        return app.up_s, app.up_s + seconds_of(app.visit)


def open_page(root: Path, file: str, *, timeout_s: float = 600) -> AppTest:
    """A page, by its file below pages/ (such as "review/page.py"), on a workspace, in this process; it has not run."""
    os.environ["VITRINE_WORKSPACE"] = str(root)
    # else every run warns that no browser asked for it
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    import jobs  # noqa: F401 - before the pages, among which one is called so too

    app = AppTest.from_file(PROJECT / "pages" / "frame.py", default_timeout=timeout_s).run()
    check(app)
    return app.switch_page(file)


def check(app: AppTest) -> None:
    """End this script if the page shows an error."""
    if app.exception or app.error:
        raise SystemExit(f"the page stopped: {app.exception} {app.error}")


def _wait_until_up(port: int) -> None:
    deadline = time.perf_counter() + 120
    while time.perf_counter() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise SystemExit("the app did not start within two minutes")
