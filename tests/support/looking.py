"""Folders looked at in the test's own process: what the process outside is for has tests of its own."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

from importers.inspect import inspect_folder
from importers.types import FolderContents


@contextlib.contextmanager
def looked_at_here() -> Iterator[None]:
    """An import that is prepared inside looks at its folder without starting a process for it."""
    with mock.patch("jobs.import_.job.look_at_folder", _look):
        yield


def _look(
    root: Path,
    *,
    reading: str | None,
    labels: Path | None,
    class_names: Sequence[str] | None,
    follow_links: bool,
    waits: bool,
) -> FolderContents:
    return inspect_folder(root, reading=reading, labels=labels, class_names=class_names, follow_links=follow_links)
