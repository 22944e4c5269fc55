"""The export-vectors job: rows and vectors, left in its folder by the owner, as files of so many rows each."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from importers.types import LayoutError
from jobs.engine.errors import NothingToDo
from jobs.engine.folder import job_folder, read_json, write_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.sent_on import then_upload
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.export.files import check_target, ending_by_exception, whole_folder
from jobs.export_vectors.kind import MARKER, ExportVectorsParameters
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.exports import kept_rows
from store.projections import write_vectors
from store.vectors import Space
from store.versions import export_rows, find_version

VECTORS = "vectors.npy"  # in the job's folder: a row an entry of the todo
CONTENT = "content.txt"  # in the job's folder: what tells this content from another
_AT_ONCE = 8192  # rows in memory as a table


def prepare(
    workspace: Workspace, dataset: str, parameters: ExportVectorsParameters, run_id: int
) -> Prepared[ExportVectorsParameters]:
    """The pictures of the version, or those that are kept, and their vectors. Raises ExportRefused, NothingToDo."""
    found = find_dataset(workspace, dataset)
    space = chosen_space(workspace, found.id, name=parameters.space, kind="export-vectors")
    if parameters.version:
        version = find_version(workspace, found.id, name=parameters.version)
        rows, names = export_rows(workspace, version.id), list(version.class_names)
    else:
        rows, names = kept_rows(workspace, found.id), class_names(workspace, found.id)
    target = _target(workspace, found.name, space.name, parameters)
    todo = _todo(rows, names).sort_by("image_id")
    content = _content(rows, todo, space, parameters)
    marked = _marked(target)
    own = marked is not None and marked.get("dataset") == found.name
    if (
        marked is not None
        and own
        and (marked.get("run") == run_id or (parameters.again and _is_whole(target, marked, content)))
    ):
        todo = todo.slice(0, 0)
    elif not (own and parameters.again):
        check_target(target)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)
        (folder / CONTENT).write_text(content, encoding="utf-8")

    chosen = parameters.changed(space=space.name, folder=str(target))
    return Prepared(found.id, found.name, found.root, todo, chosen, model=space.name, write_inputs=write_inputs)


def compute(work: Work[ExportVectorsParameters]) -> Figures:
    """Write the files, and give the folder its name once all are there."""
    parameters, target = work.parameters, Path(work.parameters.folder)
    rows = pa.concat_tables(work.todo()).combine_chunks()
    vectors = np.load(work.folder.path / VECTORS, mmap_mode="r")
    has = np.concatenate(
        [~np.isnan(vectors[first : first + _AT_ONCE, 0]) for first in range(0, len(vectors), _AT_ONCE)] or [[]]
    )
    chosen = np.flatnonzero(has)
    if not len(chosen):
        raise NothingToDo(f"None of these pictures has a vector in {parameters.space}.")
    with ending_by_exception(), _in_its_place(target, mark=work.spec.id) as part:
        files = []
        for n, first in enumerate(range(0, len(chosen), parameters.rows_per_file)):
            file = part / f"vectors-{n:05}.{parameters.format}"
            some = chosen[first : first + parameters.rows_per_file]
            columns = _write(file, rows, vectors, some, work)
            files.append(_listed(file, n_rows=len(some)))
        about = {
            "dataset": work.spec.dataset,
            "run": work.spec.run_id,
            "space": parameters.space,
            "content": (work.folder.path / CONTENT).read_text(encoding="utf-8"),
            "n_vectors": len(chosen),
            "n_without": int(len(has) - len(chosen)),
            "dim": int(vectors.shape[1]),
            "n_files": len(files),
            "columns": columns,
            "files": files,
        }
        write_json(part / MARKER, about)
    (work.folder.path / VECTORS).unlink(missing_ok=True)  # large, and in the workspace's file anyway
    work.report(work.n_todo, message="Written")
    return _figures(target)


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ExportVectorsParameters], table: pa.Table) -> None:
    """Nothing of it goes into the file."""
    raise LayoutError(f"{job.spec.id} has no rows to land.")


def finish(workspace: Workspace, job: Job[ExportVectorsParameters]) -> Figures:
    """Clear the vectors away; say what lies in the folder now."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)
    return _figures(Path(job.parameters.folder))


def _figures(target: Path) -> Figures:
    """What lies in the folder, by what it says of itself."""
    marked = _marked(target) or {}
    told: Figures = {name: marked[name] for name in ("n_vectors", "n_without", "dim", "n_files") if name in marked}
    return {**told, "folder": str(target)}


def _marked(target: Path) -> dict[str, object] | None:
    """What an export of vectors says of itself in a folder; None where there is none."""
    return read_json(target / MARKER) if target.is_dir() else None


def _is_whole(target: Path, marked: dict[str, object], content: str) -> bool:
    """Whether an export has this content, by what it says of itself, and its files are there in their sizes."""
    files = marked.get("files")
    if marked.get("content") != content or not isinstance(files, list):
        return False
    try:
        return all((target / str(file["name"])).stat().st_size == file["bytes"] for file in files)
    except OSError:
        return False


def _content(rows: pa.Table, todo: pa.Table, space: Space, parameters: ExportVectorsParameters) -> str:
    """A digest of all that decides what is written: pictures, their bytes and labels, the model, the form."""
    form = [space.name, space.weights_sha256, space.n_vectors, parameters.format, parameters.rows_per_file]
    digest = hashlib.sha256(json.dumps(form).encode())
    table = todo.append_column("sha256", rows.sort_by("image_id")["sha256"])
    for batch in table.to_batches(_AT_ONCE):
        digest.update(json.dumps(batch.to_pydict(), ensure_ascii=False).encode())
    return digest.hexdigest()


@contextmanager
def _in_its_place(target: Path, *, mark: str) -> Iterator[Path]:
    """A hidden folder that becomes `target`, in the place of an export that lies there, when the block ends."""
    if not target.exists():
        with whole_folder(target, mark=mark) as part:
            yield part
        return
    fresh, old = (target.with_name(f".{target.name}.{mark}.{word}") for word in ("new", "old"))
    shutil.rmtree(fresh, ignore_errors=True)
    with whole_folder(fresh, mark=mark) as part:
        yield part
    target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _listed(file: Path, *, n_rows: int) -> dict[str, object]:
    """A file as the manifest lists it."""
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"name": file.name, "rows": n_rows, "bytes": file.stat().st_size, "sha256": sha256}


def _todo(rows: pa.Table, names: list[str]) -> pa.Table:
    """image_id, path, label (names, joined by |), split of each picture."""
    labels = [
        "|".join(names[index] for index in several or ())
        if several is not None
        else None
        if one is None
        else names[one]
        for one, several in zip(rows["label"].to_pylist(), rows["labels"].to_pylist(), strict=True)
    ]
    return pa.table(
        {
            "image_id": rows["image_id"],
            "path": rows["path"],
            "label": pa.array(labels, pa.string()),
            "split": rows["split"],
        }
    )


def _write(
    file: Path, rows: pa.Table, vectors: np.ndarray, chosen: np.ndarray, work: Work[ExportVectorsParameters]
) -> list[str]:
    """One file with some rows, a few thousand at a time; its columns."""
    columns: list[str] = []
    writer: pq.ParquetWriter | pyarrow.csv.CSVWriter | None = None
    try:
        for first in range(0, len(chosen), _AT_ONCE):
            some = chosen[first : first + _AT_ONCE]
            table = _table(rows.take(pa.array(some)), np.asarray(vectors[some]), as_columns=file.suffix == ".csv")
            columns = table.column_names
            if writer is None:
                is_csv = file.suffix == ".csv"
                writer = pyarrow.csv.CSVWriter(file, table.schema) if is_csv else pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
            work.report(int(some[-1]), message=f"Writing {file.name}")
    finally:
        if writer is not None:
            writer.close()
    return columns


def _table(rows: pa.Table, vectors: np.ndarray, *, as_columns: bool) -> pa.Table:
    table = rows.select(["path", "label", "split"])
    if as_columns:
        for n in range(vectors.shape[1]):
            table = table.append_column(f"f{n}", pa.array(vectors[:, n]))
        return table
    return table.append_column("vector", pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]))


def _target(workspace: Workspace, dataset: str, space: str, parameters: ExportVectorsParameters) -> Path:
    """The folder that was named, or the first free one in the workspace's exports."""
    if parameters.folder:
        return Path(parameters.folder).expanduser().resolve()
    name = re.sub(r"[^\w.-]+", "-", f"{dataset}-{space}-vectors").strip(".-")[:120] or "vectors"
    target, n = workspace.root / "exports" / name, 2
    while os.path.lexists(target):
        target = workspace.root / "exports" / f"{name}-{n}"
        n += 1
    return target


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, then=then_upload)
