"""Pictures as they leave the server, kept in memory: small files that were asked for last, without their notes.

A file is looked at again some seconds after the last look, so that one that was taken away or written anew is not shown
much longer. What is kept has a bound; it grows with what is looked at, not with who looks.
"""

import io
import os
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import NamedTuple

from analytics.bare import bare
from pages.ui.blurring import Hidden, blurred_file

MOST_BYTES = 16 << 20  # of all that is kept
MOST_OF_A_FILE = 256 << 10  # a larger one is read for each request
LOOKED_AT_AGAIN_S = 5.0
_OVERHEAD = 2_000  # bytes of a key, its headers and the room in the table


class Seen(NamedTuple):
    """What tells a file from what it was before."""

    mtime_ns: int
    n_bytes: int


@dataclass(frozen=True)
class Ready:
    """The bytes of a picture as they are sent. headers: but for those of caching; file: the one it was made of."""

    body: bytes
    media_type: str
    headers: dict[str, str]
    path: Path
    file: Seen


def made_ready(path: Path, media_type: str) -> Ready | None:
    """A picture file without its notes; None where it is too large to be kept. Raises OSError, OddFile."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode):  # a pipe would be waited for
        raise FileNotFoundError(path)
    if about.st_size > MOST_OF_A_FILE:
        return None
    content = path.read_bytes()
    file = io.BytesIO(content)
    left = bare(file)
    if left is not None:
        return Ready(b"".join(left.chunks(file)), media_type, {}, path, _seen(about))
    headers = {"Accept-Ranges": "bytes", "Last-Modified": formatdate(about.st_mtime, usegmt=True)}
    return Ready(content, media_type, headers, path, _seen(about))


def drawn_ready(path: Path, hidden: Hidden, *, width: int, height: int) -> Ready | None:
    """A picture file drawn anew with what is hidden blurred, of an original of width x height; None: it cannot be."""
    try:
        about = path.stat()
    except OSError:
        return None
    content = blurred_file(path, hidden, width=width, height=height)
    return None if content is None else Ready(content, "image/jpeg", {}, path, _seen(about))


class ReadyPictures:
    """The pictures that are ready, up to MOST_BYTES of them; threads may share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Ready, float]] = OrderedDict()
        self._n_bytes = 0
        self._lock = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """What is kept, in bytes of memory."""
        return self._n_bytes

    def fresh(self, key: Hashable) -> Ready | None:
        """The picture of `key` if its file was looked at a moment ago; this waits for no disk."""
        with self._lock:
            ready, looked_at = self._kept.get(key, (None, 0.0))
            if ready is None or time.monotonic() - looked_at > LOOKED_AT_AGAIN_S:
                return None
            self._kept.move_to_end(key)
            return ready

    def again(self, key: Hashable) -> Ready | None:
        """The picture of `key` if its file is still the one that it was made of, which is looked at."""
        ready, _ = self._kept.get(key, (None, 0.0))
        try:
            about = None if ready is None else ready.path.stat()
        except OSError:
            return None
        if ready is None or about is None or _seen(about) != ready.file:
            return None
        self.keep(key, ready)
        return ready

    def keep(self, key: Hashable, ready: Ready) -> None:
        """Keep a picture whose file was looked at just now; those not asked for longest go."""
        if len(ready.body) > MOST_OF_A_FILE:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._n_bytes += _size(ready) - (_size(before[0]) if before else 0)
            self._kept[key] = ready, time.monotonic()
            while self._n_bytes > MOST_BYTES:
                _, (gone, _) = self._kept.popitem(last=False)
                self._n_bytes -= _size(gone)


def _seen(about: os.stat_result) -> Seen:
    return Seen(about.st_mtime_ns, about.st_size)


def _size(ready: Ready) -> int:
    return len(ready.body) + _OVERHEAD
