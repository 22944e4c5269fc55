"""What became of each that was wanted, a line of JSON each, appended before a file takes its place.

A fetch that was killed goes on from it: a line that was begun is cut off, a kept file that had not taken its place
does so, what has a line is not fetched again. Lines of a killed process are in the system's memory, so nothing is
lost; after the machine itself went down (another boot id) kept files are hashed before they are believed, and the
journal itself reaches the disk within a second. A later line of a number replaces an earlier one.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from importers.collecting.fetching.addresses import MAX_ADDRESS
from importers.collecting.fetching.outcomes import KEPT, Fetched

SYNC_S = 1.0  # seconds after which what was appended is on the disk
FORMAT = 1
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PLAIN: dict[str, Any] = {field.name: field.default for field in fields(Fetched)}
_LINE = 1 << 20  # letters that a line may have


class JournalError(Exception):
    """A journal that is of another version, or is none."""


class Journal:
    """An open journal. `offsets`: of the last line of each number; `replaced`: numbers with more than one line.

    path: made if it is not there, with its folder. Raises JournalError, OSError.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._file = path.open("a+b", buffering=0)
        self.offsets: dict[int, int] = {}
        self.replaced: set[int] = set()
        self.was_interrupted_by_boot = False
        try:
            self._read_head()
            self._read_lines()
        except BaseException:
            self._file.close()
            raise

    def entries(self) -> Iterator[tuple[str, Fetched]]:
        """The address and the last outcome of each number, in the order written."""
        with self._path.open("rb") as reading:
            for number, at in sorted(self.offsets.items(), key=lambda item: item[1]):
                if self.offsets.get(number) != at:
                    continue  # it was forgotten, or replaced, meanwhile
                reading.seek(at)
                if (entry := _entry(reading.readline(_LINE))) is not None:
                    yield entry

    def find(self, number: int, url: str) -> Fetched | None:
        """What became of a number before, if it was for this address."""
        if number not in self.offsets:
            return None
        its_url, fetched = self.entry(number)
        return fetched if its_url == url[:MAX_ADDRESS] else None

    def entry(self, number: int) -> tuple[str, Fetched]:
        """The address and the outcome of a number that has a line."""
        with self._path.open("rb") as reading:
            reading.seek(self.offsets[number])
            entry = _entry(reading.readline(_LINE))
        assert entry is not None  # it was read or written by this object
        return entry

    def forget(self, number: int) -> None:
        """Take a number for one that has no line."""
        self.offsets.pop(number, None)

    def append(self, url: str, fetched: Fetched) -> None:
        """Add a line. Raises OSError where it cannot be written whole; it is then as if it had not been begun."""
        told = {name: value for name, plain in _PLAIN.items() if (value := getattr(fetched, name)) != plain}
        line = json.dumps({"url": url[:MAX_ADDRESS], **told}, separators=(",", ":")).encode() + b"\n"
        at = os.lseek(self._file.fileno(), 0, os.SEEK_END)
        self._write(line, at)
        self._note(fetched.number, at)

    def sync(self) -> None:
        """Bring all lines to the disk; may be called by another thread."""
        os.fdatasync(self._file.fileno()) if hasattr(os, "fdatasync") else os.fsync(self._file.fileno())

    def close(self) -> None:
        """Bring all lines to the disk, and close."""
        if not self._file.closed:
            with contextlib.suppress(OSError):  # a full disk has been said before
                self.sync()
            self._file.close()

    def _note(self, number: int, at: int) -> None:
        if number in self.offsets:
            self.replaced.add(number)
        self.offsets[number] = at

    def _read_lines(self) -> None:
        """Note where each line stands, and cut off what a killed process had begun to write."""
        with self._path.open("rb") as reading:
            at = len(reading.readline(_LINE))
            while (line := reading.readline(_LINE)) and (entry := _entry(line)) is not None:
                self._note(entry[1].number, at)
                at += len(line)
        os.truncate(self._file.fileno(), at)

    def _read_head(self) -> None:
        boot = _BOOT_ID.read_text().strip() if _BOOT_ID.exists() else ""
        self._file.seek(0)
        head = self._file.readline(_LINE)
        if not head.endswith(b"\n"):
            os.truncate(self._file.fileno(), 0)
            self._write(json.dumps({"journal": FORMAT, "boot": boot}).encode() + b"\n", 0)
            return
        try:
            said = json.loads(head)
            is_ours = said["journal"] == FORMAT
        except (ValueError, KeyError, TypeError):
            is_ours = False
        if not is_ours:
            raise JournalError("The file is no journal of a fetch, or of another version of Vitrine.")
        self.was_interrupted_by_boot = not boot or said.get("boot") != boot

    def _write(self, line: bytes, at: int) -> None:
        try:
            n_written = self._file.write(line)
            if n_written != len(line):
                raise OSError(28, "No space left on device")
        except OSError:
            with contextlib.suppress(OSError):
                os.truncate(self._file.fileno(), at)
            raise


def is_whole(path: Path, fetched: Fetched, *, hashed: bool) -> bool:
    """Whether a kept file is there with its size and, if asked, its hash."""
    try:
        if path.stat().st_size != fetched.n_bytes:
            return False
        if not hashed:
            return True
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == fetched.sha256
    except OSError:
        return False


def recovered(fetched: Fetched, *, root: Path, part: Path, hashed: bool) -> bool:
    """Whether a kept picture is in its place, or was brought there from the file in which it was fetched."""
    if fetched.outcome != KEPT:
        return True
    place = root / fetched.path
    if is_whole(place, fetched, hashed=hashed):
        return True
    if not is_whole(part, fetched, hashed=True):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, place)
    return True


def _entry(line: bytes) -> tuple[str, Fetched] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        values = json.loads(line)
        return values.pop("url"), Fetched(**values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
