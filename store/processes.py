"""Which process is which: by its number and by when it began, counted from the machine's start.

A process number is given again to others, so a start belongs to it. A start in wall time moves with every step of the
clock (psutil adds it to the time of the boot, which the kernel gives as "now minus uptime"); a count since the boot
does not.
"""

from pathlib import Path

import psutil

_PROC = Path("/proc")
_GONE = ("Z", "X", "x")  # it has ended, and nobody has asked how
_STATE, _STARTED = 0, 19  # fields 3 and 22 of /proc/PID/stat, counted behind the name
SAME_WITHIN_S = 1.0  # marks of before: a start in wall time, as one float


def start_of(pid: int) -> str | None:
    """When process `pid` began, as a text that no step of the clock changes; None where it has ended."""
    if not (_PROC / "self" / "stat").exists():  # macOS, Windows: the kernel keeps the start as it was
        return _start_by_psutil(pid)
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name, in brackets, may hold anything
    if fields[_STATE] in _GONE:
        return None
    return f"{_boot()}+{fields[_STARTED]}"


def is_alive(pid: int, *, start: str | None, create_time: float) -> bool:
    """Whether the process that was marked so is still there.

    start: of `start_of`, None in a mark by an earlier version; then create_time, seconds since 1970, is compared.
    """
    now = start_of(pid)
    if now is None or start is not None:
        return now is not None and now == start
    try:
        return abs(psutil.Process(pid).create_time() - create_time) < SAME_WITHIN_S
    except psutil.Error:
        return False


def _boot() -> str:
    """What tells this start of the machine from others; a count of before a restart means nothing after it."""
    try:
        return (_PROC / "sys" / "kernel" / "random" / "boot_id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _start_by_psutil(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
    except psutil.Error:
        return None
