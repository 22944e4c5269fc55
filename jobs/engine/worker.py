"""The process that computes: `python -m jobs.engine.worker FOLDER`. It never opens the database.

It reads spec.json and todo.parquet, publishes segments, replaces progress.json at most twice a second, and
ends with done.json (its figures) or failed.json (one sentence).
"""

import collections
import errno
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic, TypeVar

import psutil
import pyarrow as pa

from importers.sources import CACHE, root_of
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import JobFolder, write_json
from jobs.engine.kinds import Figures, Job, P, load_kind
from jobs.engine.spec import Progress
from jobs.engine.underway import Underway, watch_faults
from models.errors import ModelError

PROGRESS_EVERY_S = 0.5
RATE_WINDOW_S = 10.0
CORES = "VITRINE_CORES"  # how many cores a worker may use; without it all that it is given
M = TypeVar("M")
FOLDER_TAKEN = 75  # EX_TEMPFAIL: the exit status of a worker that found another in its folder


_KEPT: dict[tuple[str, str], Any] = {}  # of this process: what `Work.once` has made


class Work(Generic[P]):
    """What a job kind's `compute` is given: its order, its rows, and where to put results."""

    def __init__(self, folder: JobFolder, job: Job[P]):
        self.folder = folder
        self.spec = job.spec
        self.parameters = job.parameters
        self.workspace = Path(self.spec.workspace)
        self.root = root_of(self.spec.root, self.workspace / CACHE)
        self.n_todo = self.spec.n_todo
        self.n_cores = int(os.environ.get(CORES) or 0) or _usable_cores()
        self._next_segment = self.spec.first_segment
        self._began = time.monotonic()  # a step of the clock is no progress
        self._written = -PROGRESS_EVERY_S
        self._recent: collections.deque[tuple[float, int]] = collections.deque()
        self._underway = Underway(folder)

    def todo(self) -> Iterator[pa.Table]:
        """The rows to do, in pieces; pictures that a crash found in hand come one by one."""
        return self._underway.pieces(self.folder.todo())

    def touching(self, image_id: int) -> AbstractContextManager[None]:
        """Mark a picture while something native, such as a decoder, has it: for kinds that read ahead.

        A crash is then laid to the pictures so marked, and not to all that were handed out.
        """
        return self._underway.touching(image_id)

    def once(self, name: str, make: Callable[[], M]) -> M:
        """What `make` makes, a network say: once a process, of which one does several parts of a job on a cluster."""
        key = (self.spec.id, name)
        if key not in _KEPT:
            for other in [other for other in _KEPT if other[0] != self.spec.id]:
                del _KEPT[other]
            _KEPT[key] = make()
        made: M = _KEPT[key]
        return made

    def publish(self, table: pa.Table) -> None:
        """Hand a finished batch over; it survives whatever happens to this process next."""
        self.folder.publish(self._next_segment, table)
        self._next_segment += 1
        self._underway.published(table)

    def publish_file(self, path: Path) -> None:
        """Hand a finished batch over that lies in a file on the job's disk: the file is moved."""
        os.replace(path, self.folder.segments_path / f"{self._next_segment:06d}.parquet")
        self._next_segment += 1

    @property
    def n_published(self) -> int:
        """How many segments this attempt has handed over."""
        return self._next_segment - self.spec.first_segment

    def report(self, done: int, *, failed: int = 0, message: str = "", total: int | None = None) -> None:
        """Say how far the work is; written at most twice a second, and always at the end."""
        now = time.monotonic()
        total = self.n_todo if total is None else total
        self._recent.append((now, done))
        while len(self._recent) > 2 and now - self._recent[0][0] > RATE_WINDOW_S:
            self._recent.popleft()
        if now - self._written < PROGRESS_EVERY_S and done < total:
            return
        self._written = now
        progress = Progress(
            done=done,
            total=total,
            failed=failed,
            per_second=self._rate(),
            message=message,
            elapsed_s=now - self._began,
            rss_bytes=psutil.Process().memory_info().rss,
            updated_at=time.time(),
        )
        write_json(self.folder.path / "progress.json", vars(progress))

    def log(self, sentence: str) -> None:
        """Add a line to the job's log."""
        print(time.strftime("%H:%M:%S"), sentence, flush=True)

    def _rate(self) -> float | None:
        (then, before), (now, done) = self._recent[0], self._recent[-1]
        return (done - before) / (now - then) if now > then and done > before else None


def _usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def work_in(folder: JobFolder) -> Work[Any]:
    """The work that lies in a job's folder, with the parameters of its kind."""
    spec = folder.spec()
    return Work(folder, load_kind(spec.kind).job(spec))


def run(path: Path, *, compute: Callable[[Work[Any]], Figures] | None = None) -> int:
    """Do the job in folder `path`; the exit status is 0 if it was done, FOLDER_TAKEN if another worker is at it.

    compute: what does its rows; None for the kind's own code.
    """
    folder = JobFolder(path)
    with folder.hold() as is_mine:
        if not is_mine:
            print("Another worker is at work in this folder, so this one ends.", flush=True)
            return FOLDER_TAKEN
        return _run_alone(folder, compute)


def _run_alone(folder: JobFolder, compute: Callable[[Work[Any]], Figures] | None) -> int:
    path, began = folder.path, time.monotonic()
    try:
        folder.mark_worker(os.getpid())  # the owner does too, but may be killed before it can
        work = work_in(folder)
        work.log(f"{work.spec.kind}: {work.n_todo:,} to do, attempt {work.spec.attempt}")
        figures = (compute or load_kind(work.spec.kind).code().compute)(work)
        ending = {"seconds": round(time.monotonic() - began, 3), "published": work.n_published, **figures}
        write_json(path / "done.json", ending)
        work.log("done")
    except Exception as error:  # noqa: BLE001 - the job boundary: whatever it was is logged, and shown as a sentence
        traceback.print_exc()
        _write_failure(path, error, seconds=time.monotonic() - began)
        return 1
    return 0


def _write_failure(path: Path, error: Exception, *, seconds: float) -> None:
    try:
        cannot = isinstance(error, (NothingToDo, UnknownParameter, ModelError))  # no attempt would end otherwise
        said = {"reason": sentence_for(error), "seconds": round(seconds, 3), "cannot": cannot}
        write_json(path / "failed.json", said)
    except OSError:
        print("The reason could not be written down.", flush=True)


def sentence_for(error: Exception) -> str:
    """One sentence for a person; errors without a text of their own are named."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk that holds the workspace is full. Free some room, then resume; finished batches are safe."
    if isinstance(error, MemoryError):
        return "The computer ran out of memory. Choose a smaller batch size, then resume."
    return str(error).strip() or type(error).__name__


if __name__ == "__main__":
    watch_faults(JobFolder(Path(sys.argv[1])))
    sys.exit(run(Path(sys.argv[1])))
