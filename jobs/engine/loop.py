"""A thread that does something again and again, and is started anew if it ever ends."""

import threading
from collections.abc import Callable

from jobs.engine.troubles import Troubles, clock
from store.acting import BY_ITSELF, acting

BEAT_S = 0.25
LOOK_AFTER_S = 1.0


class Loop:
    """Calls `beat` four times a second in a thread of its own, whatever becomes of a call.

    A second thread looks after the first, and `keep_alive`, which pages and waiting commands call, after both.
    """

    def __init__(self, beat: Callable[[], None], *, troubles: Troubles):
        self._beat = beat
        self._troubles = troubles
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads: dict[str, threading.Thread] = {}
        self._work: dict[str, Callable[[], None]] = {"supervisor": self._beat_on, "supervisor-guard": self._look_after}

    def start(self) -> None:
        """Start both threads."""
        with self._lock:
            for name in self._work:
                self._start(name)

    def stop(self, *, timeout_s: float) -> None:
        """Let both end, and wait for them."""
        self._stopping.set()
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(timeout=timeout_s)

    def keep_alive(self) -> None:
        """Start again what has ended though nobody stopped it, and say so."""
        with self._lock:
            for name, thread in list(self._threads.items()):
                if thread.is_alive() or self._stopping.is_set():
                    continue
                self._start(name)
                self._troubles.told(
                    name,
                    f"What looks after the jobs had ended without being asked to, and was started again at {clock()}. "
                    "Jobs go on, and nothing saved is lost; the log of the app says more.",
                )

    def _start(self, name: str) -> None:
        thread = threading.Thread(target=self._work[name], name=name, daemon=True)
        self._threads[name] = thread
        thread.start()

    def _beat_on(self) -> None:
        with acting(BY_ITSELF):
            self._beat_until_stopped()

    def _beat_until_stopped(self) -> None:
        while not self._stopping.wait(BEAT_S):
            with self._troubles.survived("A round of the supervisor failed"):
                self._beat()

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_AFTER_S):
            with self._troubles.survived("The look after the supervisor failed"):
                self.keep_alive()
