"""A file that a process holds while it lives: the kernel knows whether a folder has a worker, and asks no clock.

A hold (flock) ends with its process, however that ends. Where the system or the disk knows no such holds, nothing is
ever held, and the process marks of the folder are all there is.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where a packed job may be computed
    fcntl = None  # type: ignore[assignment]  # a module, elsewhere

_TRIES, _BETWEEN_S = 20, 0.05  # a look by another process holds the file too, for some microseconds
_held: set[int] = set()  # the files that this process holds


@contextlib.contextmanager
def holding(path: Path, *, content: str) -> Iterator[bool]:
    """Hold the file `path`, which then says `content`; False where another process holds it."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)  # not inherited by programs that are started
    _held.add(file)
    try:
        is_mine = _hold(file)
        if is_mine:
            with contextlib.suppress(OSError):  # a full disk; the hold is what counts
                os.ftruncate(file, 0)
                os.pwrite(file, content.encode(), 0)
        yield is_mine
    finally:
        _held.discard(file)
        os.close(file)


def is_held(path: Path) -> bool:
    """Whether a living process, on this machine or another, holds the file `path`."""
    if fcntl is None:
        return False
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # this disk knows no holds
        return False
    finally:
        os.close(file)
    return False


def _hold(file: int) -> bool:
    if fcntl is None:
        return True
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_S)
        except OSError:
            return True
        else:
            return True
    return False


def _let_go() -> None:
    """A forked child shares its parent's hold, and would keep it when the parent has ended."""
    for file in _held:
        with contextlib.suppress(OSError):
            os.close(file)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
