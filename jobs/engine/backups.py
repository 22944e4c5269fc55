"""A rolling backup: a copy of the workspace's file whenever a version is frozen, made beside all other work."""

import os
import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from jobs.engine.troubles import Troubles
from store.connection import Workspace
from store.errors import StoreError
from store.versions import newest_version_id
from store.workspace_file import BACKUPS, FILE_NAME

KEPT = 2  # copies; VITRINE_BACKUPS says otherwise, 0 for none
LEFT_FREE_BYTES = 1 << 30  # of the disk, beside the copy
_NAME = re.compile(r"vitrine\.version-(\d+)\.duckdb")


class Backups:
    """The copies in the workspace's folder `backups`, one a version that is the newest when it is made.

    room: the free bytes of a folder's disk.
    """

    def __init__(self, workspace: Workspace, *, troubles: Troubles, room: Callable[[Path], int] | None = None):
        self._workspace = workspace
        self._troubles = troubles
        self._room = room or _free
        self._thread: threading.Thread | None = None
        self._tried = 0  # the newest version for which a copy was begun
        self.folder = workspace.root / BACKUPS

    def look(self) -> None:
        """Begin a copy where a version was frozen since the last one; returns at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        version = newest_version_id(self._workspace)
        if version <= self._tried or not _kept():
            return
        self._tried = version
        if version <= max(self._copies(), default=0):
            return
        self._thread = threading.Thread(target=self._survived, args=(version,), name="backup", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Begin a copy that is due, and wait until it is made: a command ends soon after its act."""
        self.look()
        if self._thread is not None:
            self._thread.join()

    def _survived(self, version: int) -> None:
        with self._troubles.survived("The backup of the workspace could not be made"):
            self._make(version)

    def _make(self, version: int) -> None:
        needed = (self._workspace.root / FILE_NAME).stat().st_size + LEFT_FREE_BYTES
        if self._room(self._workspace.root) < needed:
            self._not_made(f"the disk has less than {needed / 1e9:.1f} GB free")
            return
        self.folder.mkdir(exist_ok=True)
        try:
            self._workspace.snapshot(self.folder / f"vitrine.version-{version}.duckdb")
        except (StoreError, OSError) as error:
            self._troubles.log("No backup was made", error)
            self._not_made("the log says why")
            return
        copies = self._copies()
        for old in sorted(copies, reverse=True)[_kept() :]:
            copies[old].unlink(missing_ok=True)

    def _not_made(self, why: str) -> None:
        self._troubles.told(
            "backup",
            f"No backup of the workspace was made with the newest version: {why}. The version itself is saved.",
        )

    def _copies(self) -> dict[int, Path]:
        """The copies that there are, by the version that was the newest."""
        if not self.folder.is_dir():
            return {}
        named = {path: _NAME.fullmatch(path.name) for path in self.folder.iterdir()}
        return {int(match[1]): path for path, match in named.items() if match}


def _kept() -> int:
    try:
        return max(0, int(os.environ.get("VITRINE_BACKUPS", KEPT)))
    except ValueError:
        return KEPT


def _free(path: Path) -> int:
    return shutil.disk_usage(path).free
