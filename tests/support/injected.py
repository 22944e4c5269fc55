"""An exception at the n-th call that some code of ours makes, for tests of what outlives it."""

import contextlib
import os
import sys
from collections.abc import Iterator
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
        caller = frame.f_back if event == "call" else frame if event == "c_call" else None
        if caller is None or not caller.f_code.co_filename.startswith(ENGINE):
            return
        if self._fail_at is not None and caller.f_lineno != self._fail_at[1]:
            return
        if event == "call":
            name, file = frame.f_code.co_name, frame.f_code.co_filename
            if name.startswith("<") or os.path.basename(file) in _NOT:
                return
        else:
            name = str(getattr(called, "__qualname__", called))
        if name == "setprofile" or name.endswith("__exit__"):
            return
        site = (os.path.basename(caller.f_code.co_filename), caller.f_lineno, name)
        if self._fail_at is None:
            if site not in self.sites:
                self.sites.append(site)
        elif site == self._fail_at and not self.hit and self._error is not None:
            self.hit = True
            raise self._error
