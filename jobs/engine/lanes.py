"""Which of the jobs that wait may run beside those that do, and which are asked for twice."""

from collections.abc import Iterable
from typing import Any

from jobs.engine.kinds import JobKind, Order, load_kind
from jobs.engine.spec import RUNNING
from jobs.engine.tracking import Tracked


def may_run(job: Tracked, among: Iterable[Tracked]) -> bool:
    """Whether a job may start: one a lane at a time, and nothing reads a dataset while another job changes it."""
    mine = load_kind(job.spec.kind)
    if job.folder().is_worked_in():  # by a worker that an owner before this one did not see end
        return False
    for other in among:
        if other is job or other.state != RUNNING:
            continue
        theirs = load_kind(other.spec.kind)
        same_data = other.spec.dataset_id == job.spec.dataset_id and (theirs.changes_data or mine.changes_data)
        if theirs.lane == mine.lane or same_data:
            return False
    return True


def twin_of(asked: Order, *, kind: JobKind[Any], among: Iterable[Tracked]) -> str | None:
    """The id of the job that does what is asked for, by the kind's own measure; None where none does."""
    for job in among:
        if job.spec.kind == kind.name and kind.same_order(
            asked, Order(job.spec.dataset, kind.read(job.asked), root=job.spec.root)
        ):
            return job.spec.id
    return None
