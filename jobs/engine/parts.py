"""Jobs in parts: which rows of a job's todo make a part, where a part is computed, and the figures of all parts as one.

A part is a job's folder of its own, with an order and rows as a packed job has them; what computes it is the worker.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.engine.folder import JobFolder
from jobs.engine.parameters import Parameters
from jobs.engine.underway import CRASHES

PARTS = "parts"
MIN_ROWS, SHARES_A_SLOT = 16, 4  # of a small todo: parts of so many rows at least, and so many for each that computes
P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, kw_only=True)
class InParts(Generic[P]):
    """How a kind is computed in parts, each somewhere else.

    rows: of a part at most. sums: figures that are added up. means: figures that are averaged over the rows that did
    not fail (`n_failed`). rate, seconds: figures that are rows a second, and seconds, of the whole. Any other figure is
    the same of every part.
    shared: files of the job's folder that every part reads. by_row: arrays (.npy) with a row for each row of the todo.
    refuses(parameters): why an order with these parameters is computed whole; "" where it is not.
    """

    rows: int
    sums: tuple[str, ...]
    means: tuple[str, ...] = ()
    rate: str = ""
    seconds: str = ""
    shared: tuple[str, ...] = ()
    by_row: tuple[str, ...] = ()
    refuses: Callable[[P], str] | None = None


@dataclass(frozen=True)
class Part:
    """Rows `first` to `first + n_rows` of a job's todo."""

    number: int
    first: int
    n_rows: int


@dataclass(frozen=True)
class PartDone:
    """A part that is done: how many rows it had, and its figures."""

    n_rows: int
    figures: Mapping[str, Any]


def divided(n_rows: int, *, most: int, n_slots: int) -> list[Part]:
    """The parts of so many rows: `most` rows each, or fewer, so that each of `n_slots` has several to do."""
    rows = min(most, max(MIN_ROWS, -(-n_rows // (SHARES_A_SLOT * max(1, n_slots)))))
    return [Part(n, first, min(rows, n_rows - first)) for n, first in enumerate(range(0, n_rows, rows))]


def attempts_path(job: JobFolder, number: int) -> Path:
    """The folder of all attempts at a part."""
    return job.path / PARTS / f"{number:06d}"


def lay_out_part(job: JobFolder, part: Part, how: InParts[Any]) -> JobFolder:
    """A new folder with the order, the rows and the inputs of one attempt at a part.

    Each attempt has a folder of its own: one that was given up, and goes on nevertheless, is in nobody's way.
    Raises OSError.
    """
    folder = JobFolder(attempts_path(job, part.number) / uuid.uuid4().hex[:12])
    spec = replace(job.spec(), n_todo=part.n_rows, first_segment=0, on="")
    folder.create(spec, rows_of(job, part))
    for name in (*how.shared, CRASHES):
        if (job.path / name).is_file():
            _put(job.path / name, folder.path / name)
    for name in how.by_row:
        whole = np.load(job.path / name, mmap_mode="r")
        np.save(folder.path / name, whole[part.first : part.first + part.n_rows])
    return folder


def rows_of(job: JobFolder, part: Part) -> pa.Table:
    """The rows of a part; only the groups of the todo that hold some of them are read."""
    tables, before, last = [], 0, part.first + part.n_rows
    with pq.ParquetFile(job.todo_path) as file:
        for group in range(file.num_row_groups):
            n = file.metadata.row_group(group).num_rows
            begin, end = max(part.first - before, 0), min(last - before, n)
            if begin < end:
                tables.append(file.read_row_group(group).slice(begin, end - begin))
            before += n
    return pa.concat_tables(tables)


def whole_figures(done: Sequence[PartDone], how: InParts[Any], *, seconds: float) -> dict[str, Any]:
    """The figures of the whole, of those of its parts; seconds: that the whole took. {} of no part."""
    figures: dict[str, Any] = {}
    for part in done:
        figures |= part.figures
    for name in how.sums:
        figures[name] = sum(part.figures.get(name, 0) for part in done)
    for name in how.means:
        figures[name] = _mean(done, name)
    if how.rate:
        figures[how.rate] = round(sum(part.n_rows for part in done) / seconds, 1) if seconds else None
    if how.seconds:
        figures[how.seconds] = round(seconds, 3)
    return {name: value for name, value in figures.items() if name not in ("seconds", "published")}


def segments_of(attempt: JobFolder, ending: Mapping[str, Any]) -> list[Path]:
    """The segments that an attempt published, in order; raises FileNotFoundError where some are not seen here."""
    paths = [path for _, path in attempt.segments()]
    if len(paths) != int(ending["published"]):
        raise FileNotFoundError(str(attempt.segments_path))
    return paths


def clear_parts(job: JobFolder, number: int | None = None) -> None:
    """Take away what attempts at a part, or at all of them, have left."""
    shutil.rmtree(job.path / PARTS if number is None else attempts_path(job, number), ignore_errors=True)


def done_in(job: JobFolder, numbers: Sequence[int]) -> tuple[int, int, str]:
    """How many rows the attempts at some parts have done by now, how many failed, and what the last of them says."""
    n_done = n_failed = 0
    message = ""
    for number in numbers:
        best = max((_progress(path) for path in _attempts(job, number)), default=(0, 0, ""))
        n_done, n_failed, message = n_done + best[0], n_failed + best[1], best[2] or message
    return n_done, n_failed, message


def last_attempt(job: JobFolder, number: int) -> JobFolder | None:
    """The attempt at a part that was laid out last, or None."""
    paths = _attempts(job, number)
    return JobFolder(max(paths, key=lambda path: path.stat().st_mtime_ns)) if paths else None


def n_attempts(job: JobFolder, number: int) -> int:
    """How often a part was begun."""
    return len(_attempts(job, number))


def _attempts(job: JobFolder, number: int) -> list[Path]:
    folder = attempts_path(job, number)
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _progress(path: Path) -> tuple[int, int, str]:
    progress = JobFolder(path).progress()
    return progress.done, progress.failed, progress.message


def _mean(done: Sequence[PartDone], name: str) -> float | None:
    pairs = [(part.figures.get(name), part.n_rows - part.figures.get("n_failed", 0)) for part in done]
    known = [(value, weight) for value, weight in pairs if value is not None and weight]
    total = sum(weight for _, weight in known)
    return round(sum(value * weight for value, weight in known) / total, 4) if total else None


def _put(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a disk without links
        shutil.copyfile(source, target)
