"""The upload job: a file or a folder to a bucket. Nothing of it goes into the workspace's file but the run."""

from pathlib import Path

import duckdb
import pyarrow as pa

from importers.stores import address_of
from importers.types import LayoutError
from jobs.engine.errors import ExportRefused, NothingToDo, UnknownParameter
from jobs.engine.folder import job_folder
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.version import code_version
from jobs.engine.worker import Work
from jobs.upload.bring import bring, files_in
from jobs.upload.kind import UploadParameters
from jobs.upload.limits import MIB, Limits
from store.connection import Workspace
from store.datasets import find_dataset

RECEIPTS = "receipts.jsonl"  # in the job's folder
_WRITTEN = ("folder", "file")  # of a job's figures or parameters: what it wrote


def prepare(
    workspace: Workspace, dataset: str, parameters: UploadParameters, run_id: int
) -> Prepared[UploadParameters]:
    """The files that are to go. Raises UnknownParameter, ExportRefused where there are none; asks no store."""
    found = find_dataset(workspace, dataset)
    if not parameters.to:
        raise UnknownParameter("upload: to says where, as s3://BUCKET/PREFIX; it is empty.")
    path = Path(parameters.path).expanduser().resolve() if parameters.path else _written_by(workspace, parameters.job)
    files = files_in(path)
    todo = pa.table({"path": [file.path for file in files], "bytes": [file.n_bytes for file in files]})
    return Prepared(found.id, found.name, found.root, todo, parameters.changed(path=str(path)))


def compute(work: Work[UploadParameters]) -> Figures:
    """Bring all files, check them, write the manifest."""
    parameters, spec = work.parameters, work.spec
    about = {
        "made_by": f"Vitrine {code_version()}",
        "dataset": spec.dataset,
        "written_by_job": parameters.job or None,
        "job": spec.id,
        "run": spec.run_id,
    }
    brought = bring(
        Path(parameters.path),
        address_of(parameters.to),
        receipts=work.folder.path / RECEIPTS,
        about=about,
        say=lambda n, total, message: work.report(n, total=max(total, n), message=message),
        to_public=parameters.to_public,
        limits=Limits(part=parameters.part_mb * MIB),
        at_once=parameters.at_once,
    )
    work.report(work.n_todo, message="All of it is there")
    return brought.figures()


def land(cursor: duckdb.DuckDBPyConnection, job: Job[UploadParameters], table: pa.Table) -> None:
    """Nothing of it goes into the file."""
    raise LayoutError(f"{job.spec.id} has no rows to land.")


def finish(workspace: Workspace, job: Job[UploadParameters]) -> Figures:
    """Nothing to add."""
    return {}


def _written_by(workspace: Workspace, job_id: str) -> Path:
    """The file or the folder that a finished job wrote. Raises UnknownParameter, UnknownJob, NothingToDo."""
    if not job_id:
        raise UnknownParameter("upload: job names the job whose file or folder is meant, or path another one.")
    folder = job_folder(workspace.root, job_id)
    spec, (ended, figures) = folder.spec(), folder.ending() or ("", {})
    written = next((figures[name] for name in _WRITTEN if figures.get(name)), None)
    if ended != "done" or written is None:
        raise NothingToDo(f"{job_id} ({spec.kind}) has written no file or folder that could be brought anywhere.")
    path = Path(str(written))
    if not path.exists():
        raise ExportRefused(f"{path}, which {job_id} wrote, is not there any more.")
    return path


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
