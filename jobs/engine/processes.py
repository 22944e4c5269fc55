"""Worker processes: started apart from their owner, and ended with all their children."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

from jobs.engine.errors import NotNow
from jobs.engine.folder import JobFolder

PROJECT = Path(__file__).parents[2]
# Threads that wait for each other sleep instead of spinning: beside other work the graph of neighbours took twice to
# three times as much processor time before (benchmarks/README.md, "Beside other work").
WAITING = {"OMP_WAIT_POLICY": "passive"}
LEFT_WITHIN_S = 5.0  # a worker that was told to end, or killed, is gone by then


def spawn_worker(folder: JobFolder) -> subprocess.Popen[bytes]:
    """Start a worker in a session of its own, so that it outlives its owner.

    A new interpreter, never a fork: a forked child could use the owner's connection, and CUDA does not survive one.
    """
    environment = {**WAITING, **os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    with folder.log_path.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", _module(folder), str(folder.path)],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        folder.mark_worker(process.pid)
    except BaseException:  # nobody would find it again
        process.kill()
        raise
    return process


def _module(folder: JobFolder) -> str:
    """What computes: the worker, or what has a cluster do the worker's part. Ray is loaded by the latter alone."""
    return "jobs.engine.on_ray" if folder.spec().on else "jobs.engine.worker"


def end_worker(folder: JobFolder, *, kill: bool) -> None:
    """Ask a job's worker and its children to end, or (kill) make them. Nothing happens if it has ended."""
    worker = folder.worker()
    if worker is None:
        return
    try:
        family = [*worker.children(recursive=True), worker]
    except psutil.Error:
        return
    for process in family:
        try:
            if kill:
                process.kill()
            else:
                process.terminate()
        except psutil.Error:  # gone, or the number is another's by now
            continue


def wait_until_left(folder: JobFolder, job_id: str) -> None:
    """Wait a moment for a job's last worker to be gone; raises NotNow, which names it, where it stays."""
    until = time.monotonic() + LEFT_WITHIN_S
    while folder.is_worked_in():
        if time.monotonic() > until:
            worker = folder.worker()
            which = f"process {worker.pid}" if worker else "a process of another machine"
            raise NotNow(f"The last worker of {job_id} is still at work ({which}). End it, then try again.")
        time.sleep(0.05)
