"""Garbage collected for all visitors together.

Streamlit looks through everything that is in memory after each run of a page, and of the strip that every open page
looks at every five seconds: a fifth of a second each time, in which nothing else is done. With thirty visitors that was
four fifths of all work (benchmarks/README.md, "Reviewers"). `.streamlit/config.toml` turns it off
(`runner.postScriptGC`), and this does it now and then, so that memory does not grow with visits.
"""

import gc
import threading

EVERY_S = 30.0


class Collecting:
    """A thread that collects garbage every EVERY_S seconds, from `start` to `stop`."""

    def __init__(self, *, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="garbage", daemon=True)

    def start(self) -> None:
        """Begin. What the start of the app has brought, its modules, stays for good and is not looked through again."""
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
