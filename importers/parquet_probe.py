"""Parquet files from elsewhere, read once by a process of its own before ours opens them.

A changed bit in such a file's description ends the process that reads it (the library calls abort), or keeps it busy
for ever; no exception can be caught. What a process of its own has read to the end does neither.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from importers.outside import EndedEarly, ask, memory_allowed
from importers.parquet_probe_child import Request

READ_WITHIN_S = 60.0
BYTES_A_SECOND = 2 << 20  # a slow disk's; more time for larger files
COMMAND = (sys.executable, "-P", "-m", "importers.parquet_probe_child")


class Unreadable(Exception):
    """A Parquet file that cannot be read to its end; the message says how it failed."""


def require_readable(paths: Sequence[Path], *, within_s: float | None = None) -> None:
    """Raise Unreadable where one of the files cannot be read without harm.

    within_s: seconds for all of them; a minute and half a second a megabyte where it is left out. Raises OSError where
    a file is not there.
    """
    if not paths:
        return
    n_bytes = sum(path.stat().st_size for path in paths)
    seconds = within_s or READ_WITHIN_S + n_bytes / BYTES_A_SECOND
    request: Request = {"paths": [str(path) for path in paths], "memory_bytes": memory_allowed()}
    try:
        refused = ask(COMMAND, request, within_s=seconds, read=_answer)
    except EndedEarly as end:
        how = f"reading it took more than {seconds:.0f} seconds" if end.is_late else end.as_reader()
        raise Unreadable(how) from end
    if refused:
        raise Unreadable(refused)


def _answer(head: dict[str, Any], _: IO[bytes]) -> str:
    return str(head["refused"])
