"""A job that an owner before this one left."""

import dataclasses

from jobs.engine.errors import JobError
from jobs.engine.kinds import load_kind
from jobs.engine.prepare import known_job
from jobs.engine.spec import FAILED, RUNNING, JobView
from jobs.engine.tracking import Tracked
from store.connection import Workspace
from store.ledger import JobRow, save_job


def left_by_another(workspace: Workspace, row: JobRow) -> Tracked | None:
    """The job of an active row, to be gone on with; None where that cannot be, which is then noted as its end."""
    try:
        load_kind(row.kind)
        job = known_job(workspace, JobView(**vars(row)), row.state)
    except JobError as error:
        is_gone = not (workspace.root / "jobs" / row.id).is_dir()
        message = "Its folder is gone." if is_gone else str(error)
        save_job(workspace, dataclasses.replace(row, state=FAILED, message=message))
        return None
    if job.folder().was_started():  # the last owner may have died before it could save that it had started
        job.state = RUNNING
    return job
