"""An exception at the n-th call that some code of ours makes, for tests of what outlives it."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from tests.support.places import PROJECT

ENGINE = str(PROJECT / "jobs" / "engine")
# The machinery of `with` itself: an error between a block and its end is none that code could meet.
_NOT = {"contextlib.py", "threading.py"}
Site = tuple[str, int, str]  # file, line, and what is called there


class Calls:
    """Counts the calls, of Python and of C, that code of jobs/engine makes; raises at one of them, once."""

    def __init__(self, *, fail_at: Site | None = None, error: BaseException | None = None):
        self.sites: list[Site] = []
        self.hit = False
        self._fail_at, self._error = fail_at, error

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Watch this thread's calls."""
        sys.setprofile(self._seen)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _seen(self, frame: FrameType, event: str, called: object) -> None:
        if event == "call":
            caller, name, file = frame.f_back, frame.f_code.co_name, frame.f_code.co_filename
            if name.startswith("<") or Path(file).name in _NOT:
                return
        elif event == "c_call":
            caller, name = frame, str(getattr(called, "__qualname__", called))
        else:
            return
        if caller is None or not caller.f_code.co_filename.startswith(ENGINE):
            return
        if name == "setprofile" or name.endswith("__exit__"):
            return
        site = (Path(caller.f_code.co_filename).name, caller.f_lineno, name)
        if site not in self.sites:
            self.sites.append(site)
        if site == self._fail_at and not self.hit and self._error is not None:
            self.hit = True
            raise self._error
