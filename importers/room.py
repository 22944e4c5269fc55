"""How much of a disk visitors may fill: all but a reserve."""

import os
import shutil
from pathlib import Path

RESERVE_BYTES = 1 << 30
RESERVE_SHARE = 0.05  # of a small disk: it may be less than a gibibyte


def room_left(folder: Path) -> int:
    """The bytes that the disk of a folder takes until no more than the reserve is free: never less than 0."""
    usage = shutil.disk_usage(folder)
    return max(0, usage.free - reserve(usage.total))


def reserve(total_bytes: int) -> int:
    """The bytes of a disk of so many that are left free."""
    return min(RESERVE_BYTES, int(total_bytes * RESERVE_SHARE))


def files_left(folder: Path) -> int | None:
    """How many more files the disk of a folder takes, but for a reserve; None where it has no such number."""
    if not hasattr(os, "statvfs"):
        return None
    found = os.statvfs(folder)
    return max(0, found.f_favail - int(found.f_files * RESERVE_SHARE)) if found.f_files else None
