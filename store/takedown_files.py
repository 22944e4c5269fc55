"""The files of pictures that were taken down, deleted where somebody asks for it: what a collection wrote alone."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from store.acting import does
from store.connection import Workspace
from store.statements import sql
from store.takedown import find_takedown

COLLECTED = "collected"  # the folder of a workspace that collections write into


@dataclass(frozen=True)
class Deleted:
    """What was deleted. n_elsewhere: files that stay, since no collection of this workspace wrote them."""

    n_files: int
    n_thumbnails: int
    n_elsewhere: int


@dataclass(frozen=True)
class _File:
    image_id: int
    root: str
    path: str
    sha256: str
    is_collected: bool
    is_shared: bool


@does("delete_taken_down")
def delete_files(workspace: Workspace, dataset_id: int, *, takedown_id: int, who: str) -> Deleted:
    """Delete the collected files and the thumbnails of a takedown's pictures. Raises UnknownTakedown.

    Deleted is what a collection wrote below `collected` of this workspace; files that were there before, or lie
    elsewhere, stay. A thumbnail stays where another picture has the same bytes. What exports hold already is not found.
    """
    find_takedown(workspace, dataset_id, takedown_id=takedown_id)
    files = workspace.all("files_of_takedown", _File, dataset_id=dataset_id, takedown_id=takedown_id)
    gone = [file for file in files if _is_ours(workspace.root, file)]
    n_files = sum(_unlinked(Path(file.root) / file.path) for file in gone)
    thumbs = {file.sha256 for file in gone if not file.is_shared}
    n_thumbnails = sum(_unlinked(workspace.root / "thumbs" / sha[:2] / f"{sha}.jpg") for sha in thumbs)
    with workspace.writing(dataset_id) as cursor:
        cursor.register("incoming", pa.table({"image_id": pa.array([file.image_id for file in gone], pa.int64())}))
        cursor.execute(sql("mark_files_deleted"), {"dataset_id": dataset_id})
    return Deleted(n_files, n_thumbnails, len(files) - len(gone))


def _is_ours(workspace: Path, file: _File) -> bool:
    """Whether a collection wrote the file below this workspace's own folder for that; no link leads out of it."""
    ours = (workspace / COLLECTED).resolve()
    whole = Path(file.root) / file.path
    return file.is_collected and not whole.is_symlink() and whole.resolve().is_relative_to(ours)


def _unlinked(path: Path) -> bool:
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True
