"""One line of progress on a terminal; silence elsewhere."""

import sys
from types import TracebackType

from jobs.engine.spec import Progress


class ProgressLine:
    """Shows a job's progress on standard error, in place, if that is a terminal."""

    def __init__(self, job_id: str):
        self.job_id = job_id
        self.is_terminal = sys.stderr.isatty()
        self._shown = ""

    def show(self, progress: Progress) -> None:
        """Draw the present state."""
        if not self.is_terminal:
            return
        text = f"{self.job_id}: {describe(progress)}"
        if text != self._shown:
            self._shown = text
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            print(file=sys.stderr)


def describe(progress: Progress) -> str:
    """Progress in words: done of total, rate, time left."""
    if not progress.total:
        return "starting"
    words = f"{progress.done:,} of {progress.total:,}"
    if progress.per_second:
        words += f", {progress.per_second:,.0f} a second"
    if progress.left_s:
        words += f", {duration(progress.left_s)} left"
    if progress.failed:
        words += f", {progress.failed:,} failed"
    return words


def duration(seconds: float) -> str:
    """Seconds as people say them: `40 s`, `6 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
