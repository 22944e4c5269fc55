"""Objects of a store that were read before, by their ETag, in a folder that stays below a bound.

Every process of a workspace shares the folder. A file is whole or not there; what was not used longest goes first.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 4 << 30
IN_USE_S = 20.0  # a file that was used so lately may be about to be opened
_TOUCH_S = 60.0  # a use is noted at most so often: each note is a write
_LOOK_AFTER = 1 / 16  # of the bound: how much is written before the folder is looked through


def max_bytes() -> int:
    """The bound in bytes: VITRINE_OBJECT_CACHE_MB of the environment, else 4 GiB."""
    named = os.environ.get("VITRINE_OBJECT_CACHE_MB", "")
    return int(named) << 20 if named.isdecimal() else MAX_BYTES


@dataclass
class ObjectCache:
    """A folder of objects. folder: made when it is needed. bound: bytes, beyond which the oldest go."""

    folder: Path
    bound: int = field(default_factory=max_bytes)
    clock: Callable[[], float] = time.time
    _written: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def find(self, url: str, etag: str) -> Path | None:
        """Where the object lies if it was read before as it is now; None else. Notes that it was used."""
        path = self._place(url, etag)
        try:
            age = self.clock() - path.stat().st_mtime
            if age > _TOUCH_S:
                os.utime(path, (self.clock(), self.clock()))
        except OSError:
            return None
        return path

    def keep(self, url: str, etag: str, write: Callable[[BinaryIO], object]) -> Path:
        """Keep an object that `write` writes, whole or not at all, and make room for it. Raises OSError."""
        path = self._place(url, etag)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name[:24]}.{os.getpid()}.{threading.get_ident()}.part")
        try:
            with part.open("wb") as out:
                write(out)
                n_bytes = out.tell()
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        with self._lock:
            self._written += n_bytes
            looks = self._written > self.bound * _LOOK_AFTER
            if looks:
                self._written = 0
        if looks:
            self.make_room()
        return path

    def make_room(self) -> int:
        """Remove what was not used longest until the bound holds; the bytes that are left."""
        files = sorted(self._files())
        total = sum(n_bytes for _, n_bytes, _ in files)
        for used_at, n_bytes, path in files:
            if total <= self.bound or self.clock() - used_at < IN_USE_S:
                break
            with contextlib.suppress(OSError):  # another process was faster
                os.unlink(path)
            total -= n_bytes
        return total

    def _files(self) -> list[tuple[float, int, str]]:
        found = []
        for folder in os.scandir(self.folder) if self.folder.is_dir() else ():
            for entry in os.scandir(folder.path):
                with contextlib.suppress(OSError):
                    about = entry.stat()
                    found.append((about.st_mtime, about.st_size, entry.path))
        return found

    def _place(self, url: str, etag: str) -> Path:
        name = hashlib.sha256(f"{url}\0{etag}".encode()).hexdigest()
        return self.folder / name[:2] / name
