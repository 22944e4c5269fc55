"""How the machine stands: its disk, its memory, and how much of both is the app's."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from store.workspace_file import FILE_NAME


@dataclass(frozen=True)
class Machine:
    """Bytes. disk_*: of the disk that holds the workspace; file_bytes: its file and log; app_memory: this process."""

    disk_free: int
    disk_total: int
    file_bytes: int
    memory_free: int
    memory_total: int
    app_memory: int


def machine_now(root: Path) -> Machine:
    """How it stands now, as seen from the workspace folder `root`."""
    disk, memory = shutil.disk_usage(root), psutil.virtual_memory()
    files = [root / FILE_NAME, root / f"{FILE_NAME}.wal"]
    return Machine(
        disk_free=disk.free,
        disk_total=disk.total,
        file_bytes=sum(path.stat().st_size for path in files if path.is_file()),
        memory_free=int(memory.available),
        memory_total=int(memory.total),
        app_memory=int(psutil.Process().memory_info().rss),
    )
