"""A job as its owner holds it in memory, and the same job in the table, in its folder and as a view."""

import dataclasses
import datetime
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.engine.folder import JobFolder, job_folder
from jobs.engine.spec import DONE, RUNNING, JobSpec, JobView, Progress
from store.connection import Workspace
from store.ledger import JobRow, landed_totals, save_job
from store.runs import finish_run


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
    n_oom_kills: int | None = None  # of the machine, when its worker was started
    laid_out_under: str = ""

    def folder(self) -> JobFolder:
        """The job's folder."""
        return job_folder(Path(self.spec.workspace), self.spec.id)

    def worker_lives(self) -> bool:
        """Whether its process, started here or adopted, is still there."""
        if self.process is not None:
            return self.process.poll() is None
        return not self.folder().is_left()


@dataclass
class Ended:
    """A job that has ended, with its run's figures and seconds. since: time.monotonic() of its end."""

    job: Tracked
    figures: Mapping[str, Any]
    seconds: float
    since: float


def job_row(workspace: Workspace, job: Tracked, *, figures: Mapping[str, Any] | None = None) -> JobRow:
    """The job as a row of the table `job`; figures: of its run, once it has ended."""
    spec = job.spec
    totals = landed_totals(workspace, spec.id)
    return JobRow(
        id=spec.id,
        kind=spec.kind,
        dataset_id=spec.dataset_id,
        dataset=spec.dataset,
        parameters=spec.parameters,
        state=job.state,
        attempt=spec.attempt,
        n_todo=spec.n_todo,
        n_done=totals.n_rows,
        n_failed=totals.n_failed,
        message=job.message,
        who=spec.who,
        run_id=spec.run_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        figures=dict(figures or {}),
    )


def save(workspace: Workspace, job: Tracked, *, figures: Mapping[str, Any] | None = None) -> None:
    """Write the job's row, and leave the same in its folder for those who cannot open the database."""
    row = job_row(workspace, job, figures=figures)
    save_job(workspace, row)
    job.folder().write_state(vars(row))


def save_end(workspace: Workspace, ended: Ended) -> None:
    """Write down how a job ended: its run, its row, its folder. Done twice, it says the same."""
    job = ended.job
    complete = job.state == DONE
    with workspace.writing(job.spec.dataset_id) as cursor:
        finish_run(cursor, job.spec.run_id, complete=complete, seconds=ended.seconds, figures=dict(ended.figures))
    save(workspace, job, figures=ended.figures)


def job_view(root: Path, row: JobRow) -> JobView:
    """A row as pages show it, with the worker's progress while it runs."""
    view = JobView(**vars(row))
    if view.state != RUNNING:
        return view
    progress = job_folder(root, view.id).progress()
    return dataclasses.replace(view, progress=progress if progress.total else Progress(total=view.n_todo))
