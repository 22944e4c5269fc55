"""A job in a zip, to be computed on another machine, and its results brought back.

The zip holds the order, the rows still missing, their pictures, and the code that computes; the results are the
segments the worker published there, and the files that its kind brings (a training job's weights, say), which the kind
looks through first. Nothing in a zip is ever run or unpickled here.
"""

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analytics.wording import count
from importers.archive import DAMAGED, PACKED_ODDLY, ArchiveRefused, require_fit, write_entry
from importers.parquet_probe import Unreadable, require_readable
from importers.sources import CACHE, Root, local_copy, root_of
from jobs.engine.bare_copies import UNREADABLE, bare_chunks
from jobs.engine.errors import NotNow, PackRefused
from jobs.engine.folder import ELSEWHERE, JobFolder, job_folder, write_json
from jobs.engine.kinds import JobKind, load_kind
from jobs.engine.spec import ACTIVE, JobSpec
from models.errors import WeightsMismatch

PROJECT = Path(__file__).parents[2]
MAX_RESULT_BYTES = 20 << 30  # of all segments
MAX_SEGMENTS = 100_000
_NOT_UNPACKED = (ArchiveRefused, Unreadable, *DAMAGED, *PACKED_ODDLY, OSError)
ROOMS = ("analytics", "evidence", "importers", "jobs", "models", "store")
HOW_TO = """This is a Vitrine job, packed to be computed elsewhere.

    python -m venv .venv && .venv/bin/pip install -r requirements.txt
    .venv/bin/python -m jobs.worker job        # computes; may be stopped and started again
    zip -r results.zip {files}

Bring results.zip back and run, where the workspace is:

    vitrine unpack results.zip --job {job_id}
"""


def pack(workspace: Path, job_id: str, target: Path, *, report: Callable[[int, int], None]) -> int:
    """Write job `job_id` with its pictures and the code to the zip `target`; the number of pictures in it.

    Raises NotNow while the job waits or runs, PackRefused for a kind that works here only, UnknownJob, OSError.
    """
    folder = job_folder(workspace, job_id)
    spec = folder.spec()
    if folder.state().get("state") in ACTIVE:
        raise NotNow(f"{job_id} is {folder.state()['state']}; cancel it first, then pack it.")
    _require_elsewhere(spec)
    part = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        _write_code(archive)
        archive.writestr("README.txt", _how_to(spec))
        archive.writestr("job/spec.json", json.dumps(_order_for_elsewhere(archive, spec), default=str))
        archive.write(folder.todo_path, "job/todo.parquet")
        for path in sorted(folder.path.glob("*.npy")):  # what the job needs of the file, vectors say
            archive.write(path, f"job/{path.name}")
        archive.writestr("job/segments/", "")
        n_pictures = _write_pictures(
            archive, folder, root_of(spec.root, workspace / CACHE), report=report, total=spec.n_todo
        )
    part.replace(target)
    return n_pictures


def unpack(workspace: Path, archive_path: Path, job_id: str) -> int:
    """Lay a packed job's segments into the job's `incoming` folder and return how many there are.

    Only Parquet files named job/segments/<number>.parquet are taken, each is read once by a process of its own, so
    that none ends ours. Besides them, the files that the job's kind brings are taken in once the kind has looked
    through them. Raises NotNow while the job waits or runs, PackRefused if the zip holds no segment or something in it
    cannot be taken in.
    """
    folder = job_folder(workspace, job_id)
    spec = folder.spec()
    if folder.state().get("state") in ACTIVE:
        raise NotNow(f"{job_id} is {folder.state()['state']}; cancel it, or let it end, before bringing results back.")
    _require_elsewhere(spec)
    incoming = folder.path / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir()
    try:
        with zipfile.ZipFile(archive_path) as archive:
            names = _segments_in(archive, archive_path, into=incoming)
            n_bytes = 0
            for number, name in enumerate(names):
                target = incoming / f"{number:06d}.parquet"
                n_bytes += write_entry(archive, archive.getinfo(name), target, most=MAX_RESULT_BYTES, n_before=n_bytes)
            require_readable(sorted(incoming.iterdir()))
    except _NOT_UNPACKED as error:
        shutil.rmtree(incoming, ignore_errors=True)
        raise PackRefused(f"{archive_path} cannot be unpacked: {error}") from error
    if not names:
        incoming.rmdir()
        raise PackRefused(f"{archive_path} holds no results: a file job/segments/000000.parquet was expected.")
    _take_brought(workspace, archive_path, spec, kind=load_kind(spec.kind))
    return len(names)


def _segments_in(archive: zipfile.ZipFile, archive_path: Path, *, into: Path) -> list[str]:
    """The segments in a zip, by name. Raises ArchiveRefused where they are too many, or more than may come of it."""
    names = sorted({name for name in archive.namelist() if _is_segment(name)})
    if len(names) > MAX_SEGMENTS:
        raise ArchiveRefused(f"it holds {count(len(names), 'segment')}; {MAX_SEGMENTS:,} are the most.")
    require_fit([archive.getinfo(name) for name in names], archive_path, into=into)
    return names


def _require_elsewhere(spec: JobSpec) -> None:
    """Refuse a kind that works here only, or that does not state what its segments may hold."""
    kind = load_kind(spec.kind)
    if kind.here_only:
        raise PackRefused(f"A job of the kind {spec.kind} works on folders of this machine; it cannot run elsewhere.")
    if kind.segment is None:
        raise PackRefused(f"The kind {spec.kind} does not state what its results may hold; it cannot run elsewhere.")


def _take_brought(workspace: Path, archive_path: Path, spec: JobSpec, *, kind: JobKind[Any]) -> None:
    """Lay what the kind brings into the job's folder, all or nothing; a refusal clears the segments away, too."""
    check = kind.code().check_returned if kind.brings else None
    if check is None:
        return
    folder = job_folder(workspace, spec.id).path
    brought = folder / "brought"
    shutil.rmtree(brought, ignore_errors=True)
    brought.mkdir()
    try:
        with zipfile.ZipFile(archive_path) as archive:
            for name, most in kind.brings.items():
                _extract(archive, archive_path, f"job/{name}", brought / name, most=most)
        figures = check(brought, kind.job(spec), workspace=workspace)
        for name in kind.brings:
            if (brought / name).exists() and name != "done.json":  # how it ended here is another matter
                os.replace(brought / name, folder / name)
        write_json(folder / ELSEWHERE, figures)
    except (PackRefused, WeightsMismatch, *_NOT_UNPACKED) as error:
        shutil.rmtree(folder / "incoming", ignore_errors=True)
        raise PackRefused(f"{archive_path} cannot be unpacked: {error}") from error
    finally:
        shutil.rmtree(brought, ignore_errors=True)


def _extract(archive: zipfile.ZipFile, archive_path: Path, name: str, target: Path, *, most: int) -> None:
    if name not in archive.namelist():
        return
    if archive.getinfo(name).file_size > most:
        raise PackRefused(f"{name} has {archive.getinfo(name).file_size:,} bytes; {most:,} are the most.")
    require_fit([archive.getinfo(name)], archive_path, into=target.parent)
    write_entry(archive, archive.getinfo(name), target, most=most)


def _how_to(spec: JobSpec) -> str:
    files = ["job/segments", *(f"job/{name}" for name in load_kind(spec.kind).brings)]
    return HOW_TO.format(job_id=spec.id, files=" ".join(files))


def _is_segment(name: str) -> bool:
    path = Path(name)
    return path.suffix == ".parquet" and path.stem.isdigit() and path.parent.name == "segments"


def _write_code(archive: zipfile.ZipFile) -> None:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, str(path.relative_to(PROJECT)))
    archive.write(PROJECT / "requirements.txt", "requirements.txt")


def _order_for_elsewhere(archive: zipfile.ZipFile, spec: JobSpec) -> dict[str, object]:
    """The order with its folders as they lie in the zip; a weights file goes along."""
    parameters = dict(spec.parameters)
    weights = str(parameters.get("weights") or "")
    if weights:
        parameters["weights"] = f"weights/{Path(weights).name}"
        archive.write(weights, parameters["weights"])
    return {**vars(spec), "root": "pictures", "workspace": ".", "parameters": parameters, "on": ""}


def _write_pictures(
    archive: zipfile.ZipFile, folder: JobFolder, root: Root, *, report: Callable[[int, int], None], total: int
) -> int:
    n_done = 0
    for piece in folder.todo():
        if "path" not in piece.column_names:  # a job on vectors needs no pictures
            return 0
        for path in piece["path"].to_pylist():
            with contextlib.suppress(FileNotFoundError, PermissionError):  # a failure with a reason over there
                picture = local_copy(root / path)
                if picture.is_file():
                    _write_picture(archive, picture, f"pictures/{path}")
            n_done += 1
        report(n_done, total)
    return n_done


def _write_picture(archive: zipfile.ZipFile, picture: Path, name: str) -> None:
    """Without its notes, GPS positions among them: what is computed on are the pixels."""
    try:
        chunks = bare_chunks(picture)
    except UNREADABLE:  # no picture any more; it becomes a failure with a reason over there
        return
    if chunks is None:
        archive.write(picture, name)
        return
    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as inside:
        for chunk in chunks:
            inside.write(chunk)
