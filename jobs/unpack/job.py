"""The unpack-pictures job: pictures of tables and shards as files, in a folder that appears when it is whole."""

import re
import secrets
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa

from importers.packed_found import look_for_packed
from importers.packed_pictures import packed_files, unpack_pictures
from importers.room import room_left
from importers.types import LayoutError
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.unpack.kind import UnpackParameters
from store.connection import Workspace

NO_DATASET = 0  # what is unpacked is none yet
_NAMED_SHARDS = 5


def prepare(
    workspace: Workspace, dataset: str, parameters: UnpackParameters, run_id: int
) -> Prepared[UnpackParameters]:
    """The shards to unpack.

    Raises UnknownParameter, LayoutError where nothing can be unpacked, NothingToDo where the disk has no room.
    """
    if not parameters.source.strip():
        raise UnknownParameter("unpack-pictures: source names a Parquet table, a tar shard, or a folder of them.")
    source = Path(parameters.source).expanduser().resolve()
    shards = packed_files(source)
    n_bytes = sum(shard.stat().st_size for shard in shards)
    target = Path(parameters.target).expanduser().resolve() if parameters.target else _own_place(workspace, source)
    todo = pa.table({"path": [str(shard) for shard in shards], "bytes": [shard.stat().st_size for shard in shards]})
    if target.exists() and any(target.iterdir() if target.is_dir() else [target]):
        raise UnknownParameter(f"unpack-pictures: {target} is there already and is not empty. Name a new folder.")
    if room_left(_first_there(target)) < n_bytes:
        raise NothingToDo(
            f"The pictures take some {n_bytes:,} bytes, and the disk that holds {target} takes "
            f"{room_left(_first_there(target)):,} more. Free some room, or name a folder on another disk."
        )
    chosen = parameters.changed(source=str(source), target=str(target))
    return Prepared(NO_DATASET, dataset.strip() or source.stem, str(source), todo, chosen)


def compute(work: Work[UnpackParameters]) -> Figures:
    """Write every picture beside the target, and give the folder its name once all are there."""
    source, target = Path(work.parameters.source), Path(work.parameters.target)
    part = target.with_name(f".{target.name}.{work.spec.id}.part")
    shutil.rmtree(part, ignore_errors=True)  # of an attempt that ended early
    expected = look_for_packed(source)
    total = expected.n_pictures if expected is not None else 0

    def report(n: int) -> None:
        work.report(n, total=max(total, n + 1), message="Writing pictures")

    try:
        done = unpack_pictures(source, part, report=report)
        if target.is_dir():
            target.rmdir()  # it was empty
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    work.report(done.n_pictures, total=done.n_pictures, message="Written")
    for shard, n in list(done.without.items())[:_NAMED_SHARDS]:
        work.log(f"{shard}: {n:,} without a picture")
    return {
        "n_pictures": done.n_pictures,
        "n_labelled": done.n_labelled,
        "n_without": sum(done.without.values()),
        "folder": str(target),
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[UnpackParameters], table: pa.Table) -> None:
    """Nothing of it goes into the file."""
    raise LayoutError(f"{job.spec.id} has no rows to land.")


def finish(workspace: Workspace, job: Job[UnpackParameters]) -> Figures:
    """Where the pictures are."""
    return {"folder": job.parameters.target}


def _own_place(workspace: Workspace, source: Path) -> Path:
    """A new folder among the uploads, which are cleared away a day later where no dataset stands on them."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", source.stem).strip(".-")[:60] or "pictures"
    return workspace.root / "uploads" / f"{stem}-{secrets.token_hex(3)}"


def _first_there(path: Path) -> Path:
    """The nearest folder above that there is."""
    return next(each for each in (path, *path.parents) if each.is_dir())


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
