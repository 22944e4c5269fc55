"""A file or folder that is there whole or not at all."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from jobs.engine.errors import ExportRefused

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def whole(target: Path, *, mark: str) -> Iterator[Path]:
    """A hidden name beside `target` that becomes `target` when the block ends; when it fails, nothing is left.

    The block makes a file or a folder of it. mark: tells one attempt's hidden name from others'. A file that an attempt
    before has finished under the same name is replaced. Raises ExportRefused, one sentence, for a place that cannot be
    written to and for a full disk.
    """
    part = target.with_name(f".{target.name}.{mark}.part")
    try:
        _clear(part)  # an attempt that was killed
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        if part.is_dir() and target.is_dir():
            shutil.rmtree(target)
        os.replace(part, target)
    except OSError as error:
        _clear(part)
        raise _refusal(error, target) from error
    except BaseException:
        _clear(part)
        raise


def _clear(part: Path) -> None:
    if part.is_dir() and not part.is_symlink():
        shutil.rmtree(part, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def _refusal(error: OSError, target: Path) -> ExportRefused:
    if error.errno in _FULL:
        return ExportRefused(
            f"The disk that holds {target.parent} is full. Nothing was left under {target.name}; free some room, or "
            "name another place."
        )
    if error.errno in _FORBIDDEN:
        return ExportRefused(f"{target.parent} may not be written to: {error.strerror}. Name another place.")
    return ExportRefused(f"{target} could not be written: {error.strerror or error}. Nothing was left there.")
