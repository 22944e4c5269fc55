"""Garbage collected for all visitors together.

Streamlit looks through everything that is in memory after each run of a page, and of the strip that every open page
looks at every five seconds: a fifth of a second each time, in which nothing else is done. With thirty visitors that was
four fifths of all work (benchmarks/README.md, "Reviewers"). `.streamlit/config.toml` turns it off
(`runner.postScriptGC`), and this does it now and then, so that memory does not grow with visits.
"""

import ctypes
import gc
import sys
import threading
from collections.abc import Callable

import pyarrow as pa

EVERY_S = 30.0
ARENAS = (
    4  # heaps of malloc, which has eight a core by itself: a run of a page is a thread, and each heap has its holes
)
_M_ARENA_MAX = -8  # of malloc.h


class Collecting:
    """A thread that collects garbage every EVERY_S seconds, from `start` to `stop`."""

    def __init__(self, *, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="garbage", daemon=True)

    def start(self) -> None:
        """Begin. What the start of the app has brought, its modules, stays for good and is not looked through again."""
        if _MALLOPT is not None:
            _MALLOPT(_M_ARENA_MAX, ARENAS)
        gc.collect()
        gc.freeze()
        self._thread.start()

    def stop(self) -> None:
        """End, when a collection at work is done."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            gc.collect()
            give_back()


def give_back() -> None:
    """Give memory that is free by now back to the system: a thread a visitor leaves holes in what malloc holds."""
    pa.default_memory_pool().release_unused()
    if _MALLOC_TRIM is not None:
        _MALLOC_TRIM(0)


def _of_malloc(name: str) -> Callable[..., int] | None:
    """A function of the C library's malloc; None where it has none of that name (all but glibc)."""
    if not sys.platform.startswith("linux"):
        return None
    found: Callable[..., int] | None = getattr(ctypes.CDLL(None), name, None)
    return found


_MALLOC_TRIM, _MALLOPT = _of_malloc("malloc_trim"), _of_malloc("mallopt")
