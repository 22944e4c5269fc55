"""A job's folder: the only thing its owner and its worker share. Every file is replaced whole, never edited."""

import dataclasses
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.engine.errors import UnknownJob
from jobs.engine.holding import holding, is_held
from jobs.engine.spec import JobSpec, Progress
from store.processes import is_alive, start_of
from store.workspace_file import is_disk_full

ELSEWHERE = "elsewhere.json"  # the figures of a job that another machine has computed
_JOB_ID = re.compile(r"[a-z-]{1,40}-[0-9a-f]{6}")
_SEGMENT = re.compile(r"(\d{1,9})\.parquet")


_GROUP_ROWS, _GROUP_BYTES = 1 << 20, 32 << 20


class JobFolder:
    """Reads and writes the files of one job: spec, todo, progress, segments, log, how it ended."""

    def __init__(self, path: Path):
        self.path = path

    @property
    def log_path(self) -> Path:
        """What the worker printed."""
        return self.path / "log.txt"

    @property
    def todo_path(self) -> Path:
        """The rows still missing when this attempt began."""
        return self.path / "todo.parquet"

    @property
    def hold_path(self) -> Path:
        """The file that a worker holds while it is at work here."""
        return self.path / "worker.lock"

    @property
    def segments_path(self) -> Path:
        """Where finished batches appear."""
        return self.path / "segments"

    def create(self, spec: JobSpec, todo: pa.Table) -> None:
        """Lay the folder out for a new attempt; what the attempt before it left to say is cleared."""
        self.segments_path.mkdir(parents=True, exist_ok=True)
        for name in ("progress.json", "worker.json", "done.json", "failed.json", "cancel"):
            (self.path / name).unlink(missing_ok=True)
        part = self.todo_path.with_suffix(".tmp")
        pq.write_table(todo, part, row_group_size=4096)
        os.replace(part, self.todo_path)
        write_json(self.path / "spec.json", dataclasses.asdict(spec))

    def spec(self) -> JobSpec:
        """The order; raises UnknownJob where there is none."""
        order = read_json(self.path / "spec.json")
        if order is None:
            raise UnknownJob(f"There is no job in {self.path.name!r}; `vitrine list` shows those there are.")
        try:
            return JobSpec(**order)
        except TypeError as error:
            raise UnknownJob(f"The order of the job {self.path.name!r} cannot be read: {error}") from error

    def todo(self) -> Iterator[pa.Table]:
        """The rows to do, in pieces of at most 4,096."""
        with pq.ParquetFile(self.todo_path) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group)

    def write_state(self, state: Mapping[str, object]) -> None:
        """Leave the owner's view of the job for those who cannot open the database."""
        write_json(self.path / "state.json", dict(state))

    def state(self) -> dict[str, Any]:
        """The owner's view of the job, {} before it has one."""
        return read_json(self.path / "state.json") or {}

    def progress(self) -> Progress:
        """How far the worker is; nothing where it has not said so in a form that can be read."""
        try:
            return Progress(**(read_json(self.path / "progress.json") or {}))
        except TypeError:
            return Progress()

    def publish(self, n: int, table: pa.Table) -> None:
        """Write segment `n` whole: first under a hidden name, then renamed."""
        part = self.segments_path / f".{n}.tmp"
        # Floats hardly repeat: to look for a dictionary of them takes four times as long as to write them.
        repeating = [field.name for field in table.schema if not _holds_floats(field.type)]
        # Vectors as bytes are most of their segment and hardly get smaller: zstd takes half of the time of writing.
        is_packed = any(pa.types.is_fixed_size_binary(field.type) for field in table.schema)
        rows = max(1, min(_GROUP_ROWS, _GROUP_BYTES * max(1, table.num_rows) // max(1, table.nbytes)))
        pq.write_table(
            table,
            part,
            write_page_checksum=True,
            compression="none" if is_packed else "zstd",
            compression_level=None if is_packed else 1,
            use_dictionary=repeating,
            row_group_size=rows,  # a group is held until it is whole
        )
        with part.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(part, self.segments_path / f"{n:06d}.parquet")

    def segments(self) -> list[tuple[int, Path]]:
        """The published segments that have not been cleared away, by number."""
        if not self.segments_path.is_dir():
            return []
        segments = []
        for entry in os.scandir(self.segments_path):
            if match := _SEGMENT.fullmatch(entry.name):
                segments.append((int(match[1]), Path(entry.path)))
        return sorted(segments)

    def number_incoming(self, first: int) -> None:
        """Turn the files of `incoming` into segments, numbered from `first` on."""
        incoming = self.path / "incoming"
        if not incoming.is_dir():
            return
        for n, name in enumerate(sorted(os.listdir(incoming)), start=first):
            os.replace(incoming / name, self.segments_path / f"{n:06d}.parquet")
        incoming.rmdir()

    def ending(self) -> tuple[str, dict[str, Any]] | None:
        """('done', figures) or ('failed', {'reason': ...}) once the worker has said so, else None."""
        for name in ("done", "failed"):
            ending = read_json(self.path / f"{name}.json")
            if ending is not None:
                return name, ending
        return None

    def mark_worker(self, pid: int) -> None:
        """Record which process works here, so that a later owner can find it again."""
        write_json(self.path / "worker.json", _mark(pid))

    def hold(self) -> AbstractContextManager[bool]:
        """Hold the folder as its one worker, as long as this process is in it; False where another one works here."""
        return holding(self.hold_path, content=json.dumps(_mark(os.getpid())))

    def is_worked_in(self) -> bool:
        """Whether a living worker holds the folder, whichever it is."""
        return is_held(self.hold_path)

    def was_started(self) -> bool:
        """Whether this attempt has, or had, a worker."""
        return (self.path / "worker.json").exists()

    def worker(self) -> psutil.Process | None:
        """The living worker (process id and start both match), or None where there is none, or on another machine."""
        marks = [read_json(self.path / "worker.json")]
        if self.is_worked_in():  # its mark may be of another: a second worker that found the folder taken
            marks.append(read_json(self.hold_path))
        for mark in marks:
            try:
                if mark and is_alive(mark["pid"], start=mark.get("start"), create_time=mark["create_time"]):
                    return psutil.Process(mark["pid"])
            except (psutil.Error, KeyError, TypeError, ValueError):
                continue
        return None

    def is_left(self) -> bool:
        """Whether no worker is at work here."""
        return not self.is_worked_in() and self.worker() is None


def job_folder(workspace: Path, job_id: str) -> JobFolder:
    """The folder of job `job_id`; raises UnknownJob for anything that is not a job's id."""
    if not _JOB_ID.fullmatch(job_id):
        raise UnknownJob(f"{job_id!r} is not a job's id; `vitrine list` shows those there are.")
    return JobFolder(workspace / "jobs" / job_id)


def all_job_folders(workspace: Path) -> list[JobFolder]:
    """Every job folder of a workspace."""
    jobs = workspace / "jobs"
    names = sorted(entry.name for entry in os.scandir(jobs)) if jobs.is_dir() else []
    return [JobFolder(jobs / name) for name in names if _JOB_ID.fullmatch(name)]


def write_json(path: Path, value: object) -> None:
    """Replace `path` with `value` as JSON; a reader sees the old file or the new one, never half of either."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    try:
        part.write_text(json.dumps(value, default=str), encoding="utf-8")
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in `path`, or None if it is missing, not whole, or no object that can be read."""
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def has_room(folder: Path) -> bool:
    """Whether the folder's disk takes another small file: asked by writing one."""
    probe = folder / "room.json"
    try:
        write_json(probe, {"asked": "x" * 4096})
    except OSError as error:
        return not is_disk_full(error)
    with suppress(OSError):
        probe.unlink()
    return True


def tail(path: Path, *, n_bytes: int = 8192) -> str:
    """The last `n_bytes` of a text file, from a whole line on; '' if there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - n_bytes))
            text = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return text if size <= n_bytes else text.partition("\n")[2]


def _mark(pid: int) -> dict[str, object]:
    """What a process is known by. create_time: for owners of before, which know no other start."""
    try:
        created = psutil.Process(pid).create_time()
    except psutil.Error:
        created = 0.0
    return {"pid": pid, "start": start_of(pid), "create_time": created}


def _holds_floats(kind: pa.DataType) -> bool:
    while pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        kind = kind.value_type
    return bool(pa.types.is_floating(kind) or pa.types.is_fixed_size_binary(kind))
