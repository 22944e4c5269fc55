"""The export-vectors job: rows and vectors, left in its folder by the owner, as files of so many rows each."""

import os
import re
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
from jobs.export_vectors.kind import ExportVectorsParameters
from store.connection import Workspace
from store.datasets import class_names, find_dataset
from store.exports import kept_rows
from store.projections import write_vectors
from store.versions import export_rows, find_version

VECTORS = "vectors.npy"  # in the job's folder: a row an entry of the todo
MARKER = ".vitrine-vectors.json"  # in what is written: of which run it is
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
    if _written_by(target) == (found.name, run_id):
        todo = todo.slice(0, 0)
    else:
        check_target(target)

    def write_inputs(folder: Path) -> None:
        write_vectors(workspace, space, images=todo, path=folder / VECTORS)

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
    with ending_by_exception(), whole_folder(target, mark=work.spec.id) as part:
        for n, first in enumerate(range(0, len(chosen), parameters.rows_per_file)):
            file = part / f"vectors-{n:05}.{parameters.format}"
            _write(file, rows, vectors, chosen[first : first + parameters.rows_per_file], work)
        n_files = n + 1
        about = {"dataset": work.spec.dataset, "run": work.spec.run_id, "space": parameters.space}
        write_json(part / MARKER, {**about, "n_vectors": len(chosen), "n_files": n_files})
    (work.folder.path / VECTORS).unlink(missing_ok=True)  # large, and in the workspace's file anyway
    work.report(work.n_todo, message="Written")
    return {
        "folder": str(target),
        "n_vectors": len(chosen),
        "n_without": int(len(has) - len(chosen)),
        "dim": int(vectors.shape[1]),
        "n_files": n_files,
    }


def land(cursor: duckdb.DuckDBPyConnection, job: Job[ExportVectorsParameters], table: pa.Table) -> None:
    """Nothing of it goes into the file."""
    raise LayoutError(f"{job.spec.id} has no rows to land.")


def finish(workspace: Workspace, job: Job[ExportVectorsParameters]) -> Figures:
    """Clear the vectors away."""
    (job_folder(workspace.root, job.spec.id).path / VECTORS).unlink(missing_ok=True)
    return {}


def _written_by(target: Path) -> tuple[object, object] | None:
    """The dataset and the run whose vectors lie in a folder; None where none do."""
    marked = read_json(target / MARKER) if target.is_dir() else None
    return None if marked is None else (marked.get("dataset"), marked.get("run"))


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
) -> None:
    """One file with some rows, a few thousand at a time."""
    writer: pq.ParquetWriter | pyarrow.csv.CSVWriter | None = None
    try:
        for first in range(0, len(chosen), _AT_ONCE):
            some = chosen[first : first + _AT_ONCE]
            table = _table(rows.take(pa.array(some)), np.asarray(vectors[some]), as_columns=file.suffix == ".csv")
            if writer is None:
                is_csv = file.suffix == ".csv"
                writer = pyarrow.csv.CSVWriter(file, table.schema) if is_csv else pq.ParquetWriter(file, table.schema)
            writer.write_table(table)
            work.report(int(some[-1]), message=f"Writing {file.name}")
    finally:
        if writer is not None:
            writer.close()


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
