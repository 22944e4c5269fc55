"""A folder's pictures as rows: checked, hashed, measured, with thumbnails, on all cores, in bounded memory.

    ScanError           the processes that read the pictures can't be started
    OSError             a thumbnail can't be written (disk full, no permission): the scan stops
    BucketError         the store cannot be asked (no connection, credentials refused): the scan stops

A picture that can't be taken in is a row of `failures`, never an exception.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from importers.child import environment, receive, send
from importers.listing import shown
from importers.picture import MAX_PIXELS
from importers.scan_child import FailureRow, ImageRow, Reply, Request
from importers.sources import Root, StoreFolder
from importers.stores import BucketError

IMAGE_SCHEMA = pa.schema(
    [
        ("path", pa.string()),  # relative to the root
        ("sha256", pa.string()),  # hex, of the file's bytes
        ("pixel_sha256", pa.string()),  # hex, of the decoded pixels: see scan_child.pixel_sha256
        ("phash", pa.uint64()),
        ("width", pa.int32()),  # pixels, upright
        ("height", pa.int32()),
        ("bytes", pa.int64()),
        ("mtime_ns", pa.int64()),
        ("format", pa.string()),
        ("mode", pa.string()),
        ("n_frames", pa.int32()),
        ("brightness", pa.float32()),
        ("contrast", pa.float32()),
        ("sharpness", pa.float32()),
        ("entropy", pa.float32()),
        ("has_thumb", pa.bool_()),
        ("has_position", pa.bool_()),  # whether it says where it was taken
        ("rendering", pa.string()),  # what was done to show it: see analytics/rgb.py; null: it is shown as it is
    ]
)
FAILURE_SCHEMA = pa.schema(
    [("path", pa.string()), ("code", pa.string()), ("reason", pa.string()), ("bytes", pa.int64())]
)
FIRST_CHUNK = 16  # small, so that the first rows come soon and the pace is known
CHUNK_S = 0.5  # seconds of work that a chunk should hold: large photographs come in smaller chunks
CHILD_COMMAND = (sys.executable, "-P", "-m", "importers.scan_child")


class ScanError(Exception):
    """The processes that read the pictures can't be started."""


class _ChildDied(Exception):
    """A reading process ended in the middle of its work. exit_code: negative for a signal."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Scanned:
    """The rows of one chunk of paths, each path in one of the two tables, in the order given."""

    images: pa.Table  # IMAGE_SCHEMA
    failures: pa.Table  # FAILURE_SCHEMA


@dataclass(frozen=True)
class _Chunk:
    """A chunk's rows, and how long they took."""

    rows: Scanned
    elapsed_s: float
    n_paths: int


def scan_files(
    root: Root | str,
    paths: Iterable[str],
    *,
    thumbs: Path | None,
    n_processes: int | None = None,
    max_pixels: int = MAX_PIXELS,
    chunk: int = 256,
) -> Iterator[Scanned]:
    """Read, check, hash and measure pictures; yield their rows chunk by chunk, in the order of the paths.

    paths: relative to root, each comes out exactly once. thumbs: folder for thumbnails (longest side 256),
    written for pictures larger than that or that a browser can't show upright as they are; None writes
    none. n_processes: reading processes, all cores by default. max_pixels: pictures with more are refused
    undecoded. chunk: most paths to a chunk; fewer where pictures are large. A file on which a decoder
    crashes becomes a failure (decoder-crashed) and the scan goes on. Raises ScanError, and OSError when a
    thumbnail can't be written.
    """
    thumbs_folder = None if thumbs is None else str(thumbs)
    n_processes = max(1, n_processes or os.cpu_count() or 1)
    remaining = iter(paths)
    cache = str(root.cache) if isinstance(root, StoreFolder) else None
    pool = _Pool({"root": str(root), "cache": cache, "thumbs": thumbs_folder, "max_pixels": max_pixels, "paths": []})
    size = min(FIRST_CHUNK, chunk)
    with ThreadPoolExecutor(n_processes, thread_name_prefix="scan") as threads:
        waiting: deque[Future[_Chunk]] = deque()
        try:
            while True:
                while len(waiting) < 2 * n_processes and (some := list(islice(remaining, size))):
                    waiting.append(threads.submit(pool.scan, some))
                if not waiting:
                    return
                done = waiting.popleft().result()
                n_in_time = round(done.n_paths * CHUNK_S / max(done.elapsed_s, 1e-6))
                size = max(1, min(chunk, n_in_time, 4 * size))
                yield done.rows
        finally:
            for future in waiting:
                future.cancel()
            pool.close()


class _Pool:
    """Reading processes, one to a thread, and what to do when one dies."""

    def __init__(self, request: Request) -> None:
        """request: what every request has in common."""
        self._request = request
        self._own = threading.local()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._closed = False

    def scan(self, paths: list[str]) -> _Chunk:
        """Scan some paths in this thread's process."""
        started = time.monotonic()
        readable = [path for path in paths if _is_text(path)]
        replies = self._ask_all(readable)
        images = [row for reply in replies for row in reply["images"]]
        failures = [row for reply in replies for row in reply["failures"]]
        if len(readable) < len(paths):
            failures += [_unnameable(path) for path in paths if not _is_text(path)]
        scanned = Scanned(images=_table(images, IMAGE_SCHEMA), failures=_table(failures, FAILURE_SCHEMA))
        return _Chunk(scanned, time.monotonic() - started, len(paths))

    def close(self) -> None:
        """End all processes, also those at work."""
        with self._lock:
            self._closed = True
            children, self._children = self._children, set()
        for child in children:
            child.kill()

    def _ask_all(self, paths: list[str]) -> list[Reply]:
        """Ask for all paths at once and, if the process dies of it, again one by one in fresh ones."""
        if not paths:
            return []
        try:
            return [self._ask(paths)]
        except _ChildDied:
            return [self._ask_one(path) for path in paths]

    def _ask_one(self, path: str) -> Reply:
        try:
            return self._ask([path])
        except _ChildDied as death:
            reason = _crash_sentence(death.exit_code)
            return {"images": [], "failures": [FailureRow(path, "decoder-crashed", reason, None)]}

    def _ask(self, paths: list[str]) -> Reply:
        child = self._own_child()
        try:
            reply = child.ask({**self._request, "paths": paths})
        except _ChildDied:
            self._own.child = None
            with self._lock:
                self._children.discard(child)
                if self._closed:
                    return {"images": [], "failures": []}
            raise
        if "error" in reply:
            number, said, _ = reply["error"]
            raise BucketError(said) if number is None else OSError(*reply["error"])
        return reply

    def _own_child(self) -> "_Child":
        child = getattr(self._own, "child", None)
        if child is None:
            child = self._own.child = _Child()
            with self._lock:
                if not self._closed:
                    self._children.add(child)
                    return child
            child.kill()
        return child


class _Child:
    """One reading process: a fresh interpreter, never a fork, which would share locks and connections."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*CHILD_COMMAND, str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()
        )
        assert self._process.stdin is not None and self._process.stdout is not None  # they are pipes
        self._requests, self._replies = self._process.stdin, self._process.stdout
        if receive(self._replies) is None:
            self.kill()
            raise ScanError(f"A process that reads pictures could not start: exit code {self._process.returncode}.")

    def ask(self, request: Request) -> Reply:
        """Send a request and wait for its answer. Raises _ChildDied."""
        reply: Reply | None = None
        with suppress(BrokenPipeError, ConnectionResetError, ValueError):  # ValueError: closed by another thread
            send(self._requests, request)
            reply = receive(self._replies)
        if reply is None:
            self.kill()
            raise _ChildDied(self._process.returncode)
        return reply

    def kill(self) -> None:
        """End the process, if it has not ended by itself, and wait for it."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._replies.close()


def _table(rows: Sequence[ImageRow | FailureRow], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _is_text(path: str) -> bool:
    return path.isascii() or path.encode("utf-8", "replace").decode() == path


def _unnameable(path: str) -> FailureRow:
    reason = "The file's name is not valid UTF-8, so it can't be stored as text. Rename it."
    return FailureRow(shown(path), "name-not-utf8", reason, None)


def _crash_sentence(exit_code: int) -> str:
    if exit_code == -signal.SIGKILL:
        return "The process that decoded this file was killed, probably because memory ran out."
    how = signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    return f"The decoder crashed on this file ({how}): it is probably damaged."
