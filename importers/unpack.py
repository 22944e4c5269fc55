"""A zip unpacked in a process of its own: what its directory takes to read costs this one nothing.

ArchiveRefused  as unpack_zip raises it; also where it takes too long, too much memory, or the process ends
"""

import shutil
import sys
import threading
from pathlib import Path
from typing import IO, Any

from importers.archive import MAX_BYTES, MAX_FILES, ArchiveRefused, Unpacked, unfinished_of
from importers.outside import EndedEarly, ask, memory_allowed
from importers.unpack_child import Request

UNPACK_WITHIN_S = 1_800.0
AT_ONCE = 2  # others wait for one of them to end
COMMAND = (sys.executable, "-P", "-m", "importers.unpack_child")
_places = threading.BoundedSemaphore(AT_ONCE)


def unpack_outside(
    zip_path: Path,
    target: Path,
    *,
    max_bytes: int = MAX_BYTES,
    max_files: int = MAX_FILES,
    within_s: float = UNPACK_WITHIN_S,
    memory_bytes: int | None = None,
) -> Unpacked:
    """What unpack_zip does, done by a process that ends with it. Raises ArchiveRefused, with nothing left, OSError."""
    request: Request = {
        "zip_path": str(zip_path),
        "target": str(target),
        "max_bytes": max_bytes,
        "max_files": max_files,
        "memory_bytes": memory_bytes or memory_allowed(),
    }
    with _places:
        try:
            return ask(COMMAND, request, within_s=within_s, read=_answer)
        except EndedEarly as end:
            for left in unfinished_of(target):
                shutil.rmtree(left, ignore_errors=True)
            how = f"took more than {within_s:g} seconds" if end.is_late else end.in_words()
            raise ArchiveRefused(f"Unpacking {zip_path.name}: the process {how}. Nothing of it was kept.") from end


def _answer(head: dict[str, Any], _: IO[bytes]) -> Unpacked:
    if "refused" in head:
        raise ArchiveRefused(head["refused"])
    if "error" in head:
        raise OSError(*head["error"])
    return Unpacked(n_files=head["n_files"], n_bytes=head["n_bytes"])
