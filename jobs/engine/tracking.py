"""A job as its owner holds it in memory, and the same job in the table, in its folder and as a view."""

import dataclasses
import datetime
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.spec import RUNNING, JobSpec, JobView, Progress
from store.connection import Workspace
from store.ledger import landed_totals, save_job

COLUMNS = (
    "id",
    "kind",
    "dataset_id",
    "parameters",
    "state",
    "attempt",
    "n_todo",
    "n_done",
    "n_failed",
    "message",
    "who",
    "run_id",
    "created_at",
    "started_at",
    "finished_at",
)


@dataclass
class Tracked:
    """A job that waits or runs. `asked` are the parameters as they were given, to know a second asking by."""

    spec: JobSpec
    state: str
    created_at: datetime.datetime
    asked: Mapping[str, object]
    message: str = ""
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None
    process: subprocess.Popen[bytes] | None = None
    cancelled_at: float | None = None
    n_bad_segments: int = 0
    laid_out_at: int = -1

    def folder(self) -> JobFolder:
        """The job's folder."""
        return job_folder(Path(self.spec.workspace), self.spec.id)

    def worker_lives(self) -> bool:
        """Whether its process, started here or adopted, is still there."""
        if self.process is not None:
            return self.process.poll() is None
        return self.folder().worker() is not None


def job_row(workspace: Workspace, job: Tracked) -> dict[str, object]:
    """The job as a row of the table `job`, with its dataset's name."""
    spec = job.spec
    totals = landed_totals(workspace, spec.id)
    same = {name: getattr(spec, name) for name in ("id", "kind", "dataset_id", "dataset", "parameters", "attempt")}
    own = {name: getattr(job, name) for name in ("state", "message", "created_at", "started_at", "finished_at")}
    counts = {"n_todo": spec.n_todo, "n_done": totals.n_rows, "n_failed": totals.n_failed}
    return {**same, **own, **counts, "who": spec.who, "run_id": spec.run_id}


def save(workspace: Workspace, job: Tracked, *, figures: Mapping[str, object] | None = None) -> None:
    """Write the job's row, and leave the same in its folder for those who cannot open the database."""
    row = job_row(workspace, job)
    save_job(workspace, table_columns(row))
    job.folder().write_state({**row, "figures": dict(figures or {})})


def table_columns(row: Mapping[str, object]) -> dict[str, object]:
    """Only what the table `job` keeps."""
    return {name: row[name] for name in COLUMNS}


def job_view(root: Path, row: Mapping[str, Any]) -> JobView:
    """A row as pages show it, with the worker's progress while it runs."""
    names = {field.name for field in dataclasses.fields(JobView)}
    view = JobView(**{name: value for name, value in row.items() if name in names})
    if view.state != RUNNING:
        return view
    progress = job_folder(root, view.id).progress()
    return dataclasses.replace(view, progress=progress if progress.total else Progress(total=view.n_todo))
