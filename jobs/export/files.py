"""A folder that is there whole or not at all, and the pictures linked, copied or drawn into it."""

import contextlib
import errno
import hashlib
import os
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from importers.sources import Root, StoreFolder
from importers.stores import BucketError
from jobs.engine.bare_copies import bare_chunks, write_hashed
from jobs.engine.errors import ExportRefused
from jobs.export.plan import ExportRow

# Where the file system cannot make a hard link (another disk, none supported, too many of one file), a copy is made.
_NO_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass
class Placed:
    """How pictures came into the folder; n_packed: those that lie in shards, where they are files no more."""

    n_linked: int = 0
    n_copied: int = 0
    n_made: int = 0
    n_blurred: int = 0
    n_bare: int = 0
    n_packed: int = 0
    _folders: set[str] = field(default_factory=set)

    def place_bare(self, source: str, target: str) -> str | None:
        """Write the picture `source` without its notes (a GPS position, say) as `target`, and give its SHA-256.

        None where it has none; then nothing was written. Raises OSError and Pillow's errors.
        """
        chunks = bare_chunks(source)
        if chunks is None:
            return None
        self.make_room(target)
        with open(target, "xb") as out:
            sha256 = write_hashed(chunks, out)
        self.n_bare += 1
        return sha256

    def place(self, source: str, target: str, *, copies: bool) -> None:
        """Hard link (or copy) the file `source` as `target`, which does not exist yet."""
        self.make_room(target)
        if not copies:
            try:
                os.link(source, target)
                self.n_linked += 1
                return
            except OSError as error:
                if error.errno not in _NO_LINK:
                    raise
        shutil.copy2(source, target)
        self.n_copied += 1

    def make_room(self, target: str) -> None:
        """Make the folder that `target` lies in, once."""
        folder = os.path.dirname(target)
        if folder not in self._folders:
            os.makedirs(folder, exist_ok=True)
            self._folders.add(folder)


def check_target(target: Path) -> None:
    """Raise ExportRefused where the folder `target` cannot be made: it exists, or its place cannot be written to."""
    if os.path.lexists(target):
        raise ExportRefused(
            f"{target} exists already, and an export never overwrites. Name another folder, or move it."
        )
    above = target.parent
    while not above.exists() and above != above.parent:
        above = above.parent
    if not above.is_dir():
        raise ExportRefused(f"{target} cannot be made: {above} is a file, not a folder. Name another place.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ExportRefused(f"{above} may not be written to by this account. Name another place, or change its rights.")


@contextlib.contextmanager
def whole_folder(target: Path, *, mark: str) -> Iterator[Path]:
    """A hidden folder beside `target` that becomes `target` when the block ends; when it fails, nothing is left.

    mark: tells one attempt's hidden folder from others'. Raises ExportRefused with one sentence for a place that cannot
    be written to and for a full disk.
    """
    check_target(target)
    part = target.with_name(f".{target.name}.{mark}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)  # an attempt that was killed
        part.mkdir(parents=True)
        yield part
        check_target(target)  # somebody may have made it in the meantime
        os.rename(part, target)
    except BucketError:  # of the pictures' own place, not of the folder's
        shutil.rmtree(part, ignore_errors=True)
        raise
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise _refusal(error, target) from error
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


@contextlib.contextmanager
def ending_by_exception() -> Iterator[None]:
    """While it lasts, a request to end (SIGTERM) is an exception, so that what was begun is cleared away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def found_file(root: Root, row: ExportRow) -> str | None:
    """Where a version's picture lies, or None if the file is gone or holds other bytes than were frozen.

    A file with the size and time of its import is not read again. Of an object it is a copy. Raises BucketError.
    """
    if isinstance(root, StoreFolder):
        return _found_object(root, row)
    path = os.path.join(root, row.path)
    try:
        state = os.lstat(path)
        if stat.S_ISLNK(state.st_mode):
            path = os.path.realpath(path)
            state = os.stat(path)
        is_as_imported = (row.bytes, row.mtime_ns) == (state.st_size, state.st_mtime_ns)
        if is_as_imported and row.sha256 == row.sha256_now:
            return path
        with open(path, "rb") as file:
            return path if hashlib.file_digest(file, "sha256").hexdigest() == row.sha256 else None
    except OSError:
        return None


def _found_object(root: StoreFolder, row: ExportRow) -> str | None:
    try:
        path = str((root / row.path).local())
    except (FileNotFoundError, PermissionError):
        return None
    with open(path, "rb") as file:
        return path if hashlib.file_digest(file, "sha256").hexdigest() == row.sha256 else None


def _refusal(error: OSError, target: Path) -> ExportRefused:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportRefused(
            f"The disk that holds {target.parent} is full. Nothing was left under {target}; free some room, or name "
            "another place (hard links on the pictures' own disk need next to none)."
        )
    if error.errno in _FORBIDDEN:
        return ExportRefused(f"{target.parent} may not be written to: {error.strerror}. Name another place.")
    return ExportRefused(f"{target} could not be written: {error.strerror or error}. Nothing was left there.")
