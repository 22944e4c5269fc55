"""A job on a Ray cluster, `python -m jobs.engine.on_ray FOLDER`: parts of its rows, each a task that any node may do.

A part's rows are written by the node that computes them, into a folder of that attempt; what travels back is how it
ended. This process, the job's worker, moves the segments of one attempt a part into the job's folder: so a row lands
once, whatever was lost and repeated. A node or process that is lost is Ray's to replace (`MAX_RETRIES`).
"""

import collections
import contextlib
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from analytics.wording import count
from jobs.engine.backends import NO_RAY, ray_address
from jobs.engine.errors import JobFailed, UnknownParameter
from jobs.engine.folder import JobFolder
from jobs.engine.kinds import Figures, load_kind
from jobs.engine.on_ray_part import Ending
from jobs.engine.parts import (
    InParts,
    Part,
    PartDone,
    attempts_path,
    clear_parts,
    divided,
    done_in,
    last_attempt,
    n_attempts,
    segments_of,
    whole_figures,
)
from jobs.engine.underway import MARKS, TOUCHED, after_crash, crash_of
from jobs.engine.version import PROJECT
from jobs.engine.worker import Work, run

MAX_RETRIES = 3  # of a part whose node or process is lost, by Ray
MAX_CPUS_A_PART = 4  # as many threads share one network; a process for every core would hold as many of them
AHEAD = 2  # parts that wait for each that is computed, so that no node waits for this process
CONNECTS_WITHIN_S = 10
LOOKS_EVERY_S, COUNTS_EVERY_S = 0.5, 5.0


@dataclass(frozen=True)
class Cluster:
    """What the cluster has now. n_slots: parts at a time. options: what Ray is told of each part."""

    n_nodes: int
    n_slots: int
    options: dict[str, Any]

    @property
    def n_cores(self) -> int:
        """Cores that a part may use."""
        return int(self.options["num_cpus"])


@dataclass
class State:
    """How far a job is: the parts that wait, those that are handed out by what stands for them in Ray, those done."""

    waiting: collections.deque[Part]
    running: dict[Any, Part] = field(default_factory=dict)
    done: list[PartDone] = field(default_factory=list)
    nodes: set[str] = field(default_factory=set)
    n_failed: int = 0  # rows of the parts that are done
    n_again: int = 0

    @property
    def n_rows(self) -> int:
        """Rows of the parts that are done."""
        return sum(part.n_rows for part in self.done)


def compute_in_parts(work: Work[Any]) -> Figures:
    """Compute a job's rows on its cluster; the figures of the whole, and `on`, `n_parts`, `n_nodes`, `n_again`.

    Raises JobFailed with what a part or the cluster said, UnknownParameter where no attempt could end otherwise.
    """
    how = load_kind(work.spec.kind).in_parts
    assert how is not None  # the owner has looked
    clear_parts(work.folder)
    try:
        with _connected(work) as ray:
            try:
                return _compute(work, ray, how)
            finally:
                clear_parts(work.folder)  # at once: whoever cancels waits for some seconds only
    finally:
        clear_parts(work.folder)  # of what a task has begun meanwhile


def cluster_of(ray: ModuleType, parameters: Any) -> Cluster:
    """What the living nodes have for parts of an order: GPUs for one that may use them, where there are some."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    wants_gpu = str(getattr(parameters, "device", "cpu")) != "cpu"
    with_gpu = [node for node in nodes if node.get("GPU", 0) >= 1] if wants_gpu else []
    options: dict[str, Any] = {"max_retries": MAX_RETRIES}
    if with_gpu:
        options |= {"num_gpus": 1, "num_cpus": max(1, int(min(node.get("CPU", 1) // node["GPU"] for node in with_gpu)))}
        return Cluster(len(with_gpu), sum(int(node["GPU"]) for node in with_gpu), options)
    able = [node for node in nodes if node.get("CPU", 0) >= 1]
    n_cpus = int(min([MAX_CPUS_A_PART, *(node["CPU"] for node in able)]))
    return Cluster(len(able), sum(int(node["CPU"] // n_cpus) for node in able), {**options, "num_cpus": n_cpus})


@contextlib.contextmanager
def _connected(work: Work[Any]) -> Iterator[ModuleType]:
    """Ray, with its cluster; left when the job ends, however it ends."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when Ray is imported
    try:
        import ray
    except ImportError as error:
        raise JobFailed(f"{NO_RAY} Or resume it with `--on here`.") from error
    address = ray_address(work.spec.on)
    work.report(0, message=f"Joining the Ray cluster {address or 'of this machine'}")
    try:
        if address:  # Ray itself would try for minutes
            host, _, port = address.rpartition(":")
            socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECTS_WITHIN_S).close()
        ray.init(address=address or "auto", log_to_driver=False, logging_level="WARNING")
    except (RuntimeError, ValueError, OSError) as error:
        first = str(error).strip().partition("\n")[0]
        raise JobFailed(
            f"The Ray cluster {address or 'of this machine'} cannot be joined ({first}). This machine has to be a node "
            f"of it: `ray start --address={address or 'HOST:PORT'}`; then resume."
        ) from error
    signal.signal(signal.SIGTERM, _leave)  # after Ray has set its own
    try:
        yield ray
    finally:
        ray.shutdown()  # ends what its tasks still do


def _leave(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what leaves the cluster is not to be broken off
    sys.exit(128 + number)


def _compute(work: Work[Any], ray: ModuleType, how: InParts[Any]) -> Figures:
    began = time.monotonic()
    cluster = cluster_of(ray, work.parameters)
    parts = divided(work.n_todo, most=how.rows, n_slots=cluster.n_slots)
    work.log(f"Ray: {count(cluster.n_nodes, 'node')}, {cluster.n_slots:,} at a time; {count(len(parts), 'part')}")
    state, task = State(collections.deque(parts)), ray.remote(_on_a_node)
    counted_at = time.monotonic()
    while state.waiting or state.running:
        if time.monotonic() - counted_at > COUNTS_EVERY_S:
            cluster, counted_at = cluster_of(ray, work.parameters), time.monotonic()
        while state.waiting and len(state.running) < AHEAD * max(1, cluster.n_slots):
            part = state.waiting.popleft()
            state.running[_handed_out(work, task, part, cluster)] = part
        for ready in ray.wait(list(state.running), num_returns=1, timeout=LOOKS_EVERY_S)[0]:
            part = state.running.pop(ready)
            _take_in(work, state, part, _ending_of(work, ray, ready, part))
        _report(work, state, cluster)
    seconds = time.monotonic() - began
    work.log(f"Ray: all parts are done, by {count(len(state.nodes), 'node')}; begun again: {state.n_again:,}")
    return {
        **whole_figures(state.done, how, seconds=seconds),
        "on": "Ray",
        "n_parts": len(state.done),
        "n_nodes": len(state.nodes),
        "n_again": state.n_again,
    }


def _on_a_node(house: str, job_path: str, numbers: tuple[int, int, int], n_cores: int) -> Any:
    """A part, on the node that Ray gives it; of this process's main module, so that it travels with its own text.

    house: where Vitrine's rooms lie on this machine, and on nodes where nothing else is said (PYTHONPATH).
    """
    import sys

    if house not in sys.path:
        sys.path.append(house)
    from jobs.engine.on_ray_part import compute_on_node
    from jobs.engine.parts import Part

    return compute_on_node(job_path, Part(*numbers), n_cores=n_cores)


def _handed_out(work: Work[Any], task: Any, part: Part, cluster: Cluster) -> Any:
    options = {**cluster.options, "name": f"{work.spec.id} part {part.number}"}
    numbers = (part.number, part.first, part.n_rows)
    return task.options(**options).remote(str(PROJECT), str(work.folder.path), numbers, cluster.n_cores)


def _ending_of(work: Work[Any], ray: ModuleType, ready: Any, part: Part) -> Ending:
    """How a part ended; raises JobFailed where it was lost again and again, or its node has no Vitrine."""
    try:
        ending: Ending = ray.get(ready)
    except ray.exceptions.RayTaskError as error:
        last = str(error).strip().splitlines()[-1]
        raise JobFailed(f"A node could not compute its part: {last}. Has it the same Vitrine, and its path?") from error
    except ray.exceptions.RayError as error:
        raise JobFailed(_lost(work, part, error)) from error
    return ending


def _lost(work: Work[Any], part: Part, error: Exception) -> str:
    """What is to be said of a part that was lost at every attempt; pictures at which its process crashed are noted."""
    attempt = last_attempt(work.folder, part.number)
    how = crash_of(attempt, exit_code=None, n_oom_kills=None) if attempt is not None else ""
    if attempt is not None and how:
        for name in (MARKS, TOUCHED):
            if (attempt.path / name).is_file():
                shutil.copyfile(attempt.path / name, work.folder.path / name)
        return after_crash(work.folder, how)
    tries = count(MAX_RETRIES + 1, "time")
    return f"A part was lost {tries} ({type(error).__name__}); resume goes on with the rows that are missing."


def _take_in(work: Work[Any], state: State, part: Part, ending: Ending) -> None:
    """Move the segments of one attempt at a part into the job's folder, and forget all others."""
    if ending["how"] != "done":
        kind = UnknownParameter if ending.get("cannot") else JobFailed
        raise kind(str(ending["reason"]))
    attempt = JobFolder(attempts_path(work.folder, part.number) / str(ending["attempt"]))
    try:
        segments = segments_of(attempt, ending["figures"])
    except FileNotFoundError as error:
        raise JobFailed(
            f"What the node {ending['node']} wrote is not seen here: the workspace has to lie on a path that every "
            "node of the cluster shares."
        ) from error
    for path in segments:
        work.publish_file(path)
    state.n_failed += attempt.progress().failed
    state.n_again += n_attempts(work.folder, part.number) - 1
    state.nodes.add(str(ending["node"]))
    state.done.append(PartDone(part.n_rows, ending["figures"]))
    clear_parts(work.folder, part.number)


def _report(work: Work[Any], state: State, cluster: Cluster) -> None:
    n_done, n_failed, message = done_in(work.folder, [part.number for part in state.running.values()])
    nodes = count(cluster.n_nodes, "node")
    work.report(
        min(state.n_rows + n_done, work.n_todo),
        failed=state.n_failed + n_failed,
        message=f"{message or 'Computing in parts'}, on Ray ({nodes})",
    )


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), compute=compute_in_parts))
