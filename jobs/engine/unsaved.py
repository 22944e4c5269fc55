"""How jobs ended that could not be written down yet: on a full disk, most likely. Each is tried again until it is."""

import threading

from jobs.engine.endings import why_unsaved
from jobs.engine.refusals import SETBACKS
from jobs.engine.spec import FAILED
from jobs.engine.tracking import Ended, job_row, save_end
from jobs.engine.troubles import Troubles, sentence_of
from store.connection import Workspace
from store.ledger import JobRow


class Unsaved:
    """The ends that are known and not written down, by job."""

    def __init__(self, workspace: Workspace, *, troubles: Troubles):
        self._workspace = workspace
        self._troubles = troubles
        self._lock = threading.Lock()
        self._ends: dict[str, Ended] = {}

    def of(self, job_id: str) -> Ended | None:
        """How a job ended that could not be written down so far, or None."""
        with self._lock:
            return self._ends.get(job_id)

    def all(self) -> dict[str, Ended]:
        """Every such end, by job."""
        with self._lock:
            return dict(self._ends)

    def add(self, ended: Ended) -> None:
        """Know from now on that a job has ended, whether or not that can be written down."""
        with self._lock:
            self._ends[ended.job.spec.id] = ended

    def as_it_is(self, row: JobRow, ended: Ended | None) -> JobRow:
        """A job's row, or what it would say had its end been written down."""
        return row if ended is None else job_row(self._workspace, ended.job, figures=ended.figures)

    def save(self, ended: Ended) -> None:
        """Write down how a job ended; where that fails every page says so, and the next round tries again."""
        job = ended.job
        try:
            save_end(self._workspace, ended)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a full disk, most likely; whatever it is, the job has ended
            self._troubles.log(f"{job.spec.id} ended as {job.state}, which could not be saved", error)
            self._troubles.lasting(
                job.spec.id,
                f"How {job.spec.id} ended ({job.state}) could not be saved yet: {why_unsaved(error)}. "
                "It is tried again all the time.",
            )
            if not isinstance(error, SETBACKS) and ended.figures:  # figures that cannot be kept are no figures
                ended.figures = {}
                job.state, job.message = FAILED, f"Its figures could not be saved: {sentence_of(error)}."
            return
        with self._lock:
            self._ends.pop(job.spec.id, None)
        self._troubles.over(job.spec.id)
