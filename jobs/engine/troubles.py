"""What went wrong beside the jobs themselves: each is logged, and told on every page until it is over or old."""

import contextlib
import datetime
import logging
import threading
import time
from collections.abc import Iterator

from jobs.engine.refusals import SETBACKS

TOLD_FOR_S = 3600.0
LOGGED_AGAIN_S = 60.0  # the loop comes by four times a second, and a log is on a disk as well
LONGEST = 1_000  # characters of a sentence
log = logging.getLogger("vitrine.supervisor")


class Troubles:
    """Threads share it. What `told` was given is said for an hour, what `lasting` was given until it is `over`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, tuple[float, str]] = {}
        self._lasting: dict[str, str] = {}
        self._logged: dict[str, float] = {}

    def sentences(self) -> list[str]:
        """What is to be said on every page now."""
        with self._lock:
            now = time.monotonic()
            self._told = {what: (at, text) for what, (at, text) in self._told.items() if now - at < TOLD_FOR_S}
            return [*self._lasting.values(), *(text for _, text in self._told.values())]

    def told(self, what: str, sentence: str) -> None:
        """Say `sentence` for an hour; a later one about the same `what` takes its place."""
        with self._lock:
            self._told[what] = (time.monotonic(), sentence)

    def lasting(self, what: str, sentence: str) -> None:
        """Say `sentence` until `what` is over."""
        with self._lock:
            self._lasting[what] = sentence

    def over(self, what: str) -> None:
        """It has passed."""
        with self._lock:
            self._lasting.pop(what, None)

    def log(self, what: str, error: BaseException) -> None:
        """Log an error, an unforeseen one with where it came from; the same at most once a minute."""
        key, now = f"{what} {type(error).__name__}", time.monotonic()
        with self._lock:
            if now - self._logged.get(key, -LOGGED_AGAIN_S) < LOGGED_AGAIN_S:
                return
            self._logged[key] = now
        if isinstance(error, SETBACKS):  # foreseen: its words say it all, also on the terminal of a command
            log.warning("%s: %s", what, sentence_of(error))
        else:
            log.error("%s: the supervisor goes on after an error", what, exc_info=error)

    @contextlib.contextmanager
    def survived(self, what: str) -> Iterator[None]:
        """A boundary: an error inside, whichever it is, is logged and told, and ends nothing but what stands inside."""
        try:
            yield
        except KeyboardInterrupt:  # a person's, and only ever the main thread's
            raise
        except BaseException as error:  # noqa: BLE001 - a thread that all jobs need must outlive any of them
            self.log(what, error)
            self.told(what, f"{what} at {clock()} ({type(error).__name__}). All else goes on; the log says more.")


def sentence_of(error: BaseException) -> str:
    """An error in words of a bearable length, without a full stop; one that has no text is named."""
    try:
        text = str(error).strip() or type(error).__name__
    except Exception:  # noqa: BLE001 - an error whose words are an error
        text = type(error).__name__
    return text.encode("utf-8", "replace").decode()[:LONGEST].rstrip(".")


def clock() -> str:
    """The time of the day, for people."""
    return datetime.datetime.now().strftime("%H:%M")
