"""Jobs for tests, done on the spot: ordered by a supervisor, computed in this process, landed."""

import dataclasses

from jobs.engine import worker
from jobs.engine.folder import job_folder
from jobs.engine.spec import JobView
from jobs.engine.supervisor import Supervisor
from store.connection import Workspace
from store.runs import finish_run
from tests.support.looking import looked_at_here


def run_job(workspace: Workspace, kind: str, dataset: str, /, **parameters: object) -> JobView:
    """Start a job, do its worker's part here, land it; the job as it ended, with all its figures."""
    supervisor = Supervisor(workspace)
    with looked_at_here():
        job_id = supervisor.start(kind, dataset=dataset, parameters=parameters, hold=True, trusted=True)
    folder = job_folder(workspace.root, job_id)
    assert worker.run(folder.path) == 0, folder.ending()
    (folder.path / "segments").rename(folder.path / "incoming")
    (folder.path / "segments").mkdir()
    supervisor.land(job_id)
    spec, job = folder.spec(), supervisor.job(job_id)
    figures = {**folder.ending()[1], **job.figures}  # the former are read by the owner of a living worker
    with workspace.writing(spec.dataset_id) as cursor:
        finish_run(cursor, spec.run_id, complete=True, seconds=1.0, figures=figures)
    return dataclasses.replace(job, figures=figures)
