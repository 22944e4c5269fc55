"""Parquet files read to their end in a fork of the test's process: as safe as a process of its own, and at once."""

import contextlib
import faulthandler
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

from importers.parquet_probe import Unreadable
from importers.parquet_probe_child import read_to_the_end

WITHIN_S = 20


@contextlib.contextmanager
def probed_in_a_fork() -> Iterator[None]:
    """Whoever asks inside whether a Parquet file can be read starts no interpreter for it."""
    with (
        mock.patch("jobs.engine.pack.require_readable", _probe),
        mock.patch("jobs.label_issues.predictions_file.require_readable", _probe),
    ):
        yield


def survives(path: Path) -> bool:
    """Whether a process that reads the file to its end ends by itself, and in time."""
    process = os.fork()
    if process == 0:
        faulthandler.disable()
        signal.alarm(WITHIN_S)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        try:
            os._exit(1 if read_to_the_end(path) else 0)
        finally:
            os._exit(2)
    _, status = os.waitpid(process, 0)
    return not os.WIFSIGNALED(status)


def _probe(paths: Sequence[Path]) -> None:
    for path in paths:
        if not survives(path):
            raise Unreadable("the process that read it ended without an answer")
        refused = read_to_the_end(path)
        if refused:
            raise Unreadable(refused)
