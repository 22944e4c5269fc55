"""Which pictures a worker has in hand, so that a crash can be laid to one of them, and the job go on without it.

The worker marks them (`Underway`) in files that outlive whatever ends it. The owner reads the marks when a worker has
crashed (`after_crash`): those in hand are suspects, which the next attempt takes one at a time; the one that a second
crash finds in hand is left out.
"""

import contextlib
import dataclasses
import mmap
import os
import signal
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from analytics.wording import count
from jobs.engine.folder import JobFolder, read_json, write_json

MARKS, TOUCHED, CRASHES, FAULTS = "underway.json", "underway.bin", "crashes.json", "fault.txt"
MAX_SUSPECTS = 8_192
_SLOTS = 256
_NUMBER = struct.Struct("<q")
_FAULTS = {
    getattr(signal, name) for name in ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT") if hasattr(signal, name)
}
_OOM_KILLS = Path("/proc/vmstat")


@dataclass(frozen=True)
class Crashes:
    """What crashes have shown of a job's pictures. suspects: were in hand at one; left_out: at two, to be done no more.

    how: the signal of the last one.
    """

    suspects: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()
    how: str = ""

    @classmethod
    def of(cls, folder: JobFolder) -> "Crashes":
        """What was written down in a job's folder; nothing where that cannot be read."""
        kept = read_json(folder.path / CRASHES) or {}
        sets = [kept.get(name) for name in ("suspects", "left_out")]
        if not all(isinstance(each, list) and all(type(one) is int for one in each) for each in sets):
            return cls()
        return cls(frozenset(sets[0] or ()), frozenset(sets[1] or ()), str(kept.get("how", "")))

    def write(self, folder: JobFolder) -> None:
        """Write them down."""
        content = {"suspects": sorted(self.suspects), "left_out": sorted(self.left_out), "how": self.how}
        write_json(folder.path / CRASHES, content)


@dataclass
class Underway:
    """The worker's side: what it has in hand."""

    folder: JobFolder
    suspects: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.suspects = Crashes.of(self.folder).suspects
        self._in_hand: dict[int, None] = {}
        self._slots: mmap.mmap | None = None
        self._free = list(range(_SLOTS))
        self._lock, self._one_suspect = threading.Lock(), threading.Lock()

    def pieces(self, todo: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The pieces of the todo, each marked before it is handed over; suspects come one by one."""
        for piece in todo:
            if "image_id" not in piece.column_names:
                yield piece
                continue
            suspected = pc.is_in(piece["image_id"], value_set=pa.array(sorted(self.suspects), pa.int64()))
            alone = piece.filter(suspected) if self.suspects else piece.slice(0, 0)
            for picture in pc.unique(alone["image_id"]).to_pylist():
                self._mark([picture])
                yield alone.filter(pc.equal(alone["image_id"], picture))
            rest = piece.filter(pc.invert(suspected)) if alone.num_rows else piece
            if rest.num_rows:
                self._in_hand |= dict.fromkeys(rest["image_id"].to_pylist())
                for picture in list(self._in_hand)[:-MAX_SUSPECTS]:  # of a kind that takes all before it begins
                    del self._in_hand[picture]
                self._mark(self._in_hand)
                yield rest
        self._in_hand = {}
        self._mark([])  # who took all of them at once may crash at any: that is laid to none

    def published(self, table: pa.Table) -> None:
        """Note that the pictures of a table are done."""
        if self._in_hand and "image_id" in table.column_names:
            for picture in table["image_id"].to_pylist():
                self._in_hand.pop(picture, None)

    @contextlib.contextmanager
    def touching(self, picture: int) -> Iterator[None]:
        """Mark a picture as in hand while it is read or drawn: for kinds that read ahead, in threads.

        Suspects are not touched at the same time as one another.
        """
        with self._one_suspect if picture in self.suspects else contextlib.nullcontext():
            slot = self._take(picture)
            try:
                yield
            finally:
                self._put_back(slot)

    def _take(self, picture: int) -> int | None:
        with self._lock:
            if self._slots is None:
                with (self.folder.path / TOUCHED).open("w+b") as file:
                    file.write(_NUMBER.pack(-1) * _SLOTS)
                    file.flush()
                    self._slots = mmap.mmap(file.fileno(), _SLOTS * _NUMBER.size)
            if not self._free:
                return None
            slot = self._free.pop()
            _NUMBER.pack_into(self._slots, slot * _NUMBER.size, picture)
            return slot

    def _put_back(self, slot: int | None) -> None:
        with self._lock:
            if slot is not None and self._slots is not None:
                _NUMBER.pack_into(self._slots, slot * _NUMBER.size, -1)
                self._free.append(slot)

    def _mark(self, pictures: Sequence[int] | dict[int, None]) -> None:
        write_json(self.folder.path / MARKS, {"pictures": list(pictures)})


def clear_marks(folder: JobFolder) -> None:
    """Take the marks of an attempt away, before another begins."""
    for name in (MARKS, TOUCHED, FAULTS):
        (folder.path / name).unlink(missing_ok=True)


def in_hand(folder: JobFolder) -> frozenset[int]:
    """The pictures that a worker that has ended had in hand."""
    with contextlib.suppress(OSError, struct.error):
        slots = (folder.path / TOUCHED).read_bytes()
        return frozenset(number for (number,) in _NUMBER.iter_unpack(slots) if number >= 0)
    pictures = (read_json(folder.path / MARKS) or {}).get("pictures")
    return frozenset(one for one in pictures if type(one) is int) if isinstance(pictures, list) else frozenset()


def crash_of(folder: JobFolder, *, exit_code: int | None, n_oom_kills: int | None) -> str:
    """How a worker crashed by itself: the signal's name; "" where it was ended by somebody, or nobody can say.

    exit_code: None for a worker that another owner started. n_oom_kills: what `oom_kills` said at its start.
    """
    if exit_code is not None and exit_code < 0 and -exit_code in _FAULTS:
        return signal.Signals(-exit_code).name
    if exit_code == -signal.SIGKILL and n_oom_kills is not None and (oom_kills() or 0) > n_oom_kills:
        return "out of memory"
    with contextlib.suppress(OSError):
        words = (folder.path / FAULTS).read_text(errors="replace")[:200].partition("\n")[0]
        return words.removeprefix("Fatal Python error: ").strip()
    return ""


def oom_kills() -> int | None:
    """How many processes of this machine were killed for memory since it started; None where that is not known."""
    with contextlib.suppress(OSError, ValueError):
        for line in _OOM_KILLS.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return None


def after_crash(folder: JobFolder, how: str) -> str:
    """Write down what a crash shows, and say it in a sentence."""
    before, pictures = Crashes.of(folder), in_hand(folder)
    again = pictures & before.suspects
    if len(again) == 1:
        (guilty,) = again
        dataclasses.replace(before, suspects=before.suspects - again, left_out=before.left_out | again, how=how).write(
            folder
        )
        return (
            f"The worker crashed ({how}), for the second time at the same picture, number {guilty}; resume goes on "
            "without it."
        )
    suspects = before.suspects | pictures
    if len(suspects) > MAX_SUSPECTS:
        suspects = before.suspects
    dataclasses.replace(before, suspects=suspects, how=how).write(folder)
    if not pictures:
        return f"The worker crashed ({how}); resume goes on."
    return f"The worker crashed ({how}); resume goes on, and takes the pictures it had in hand one at a time."


def left_out_sentence(folder: JobFolder) -> str:
    """What a job that is done has left out since its worker crashed at it; "" where that is nothing."""
    n = len(Crashes.of(folder).left_out)
    if not n:
        return ""
    return f"Left out, since the worker crashed at each twice: {count(n, 'picture')}, listed among the failures."


def watch_faults(folder: JobFolder) -> None:
    """Let a crash of this process leave a word in the job's folder, for owners that did not start it."""
    import faulthandler

    handle = os.open(folder.path / FAULTS, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    faulthandler.enable(handle, all_threads=False)
