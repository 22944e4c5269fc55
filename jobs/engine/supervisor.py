"""The owner's side of the jobs: it starts workers, lands their segments, and finds them again after a restart.

One thread does this, four times a second, and calls nothing of the user interface. Pages and the command line use
`start`, `cancel`, `resume`, `retry`, `jobs`. A worker that dies takes nothing with it: what it published is landed.
"""

import dataclasses
import logging
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from analytics.wording import count
from importers.archive import ArchiveRefused
from importers.types import LayoutError
from jobs.engine.errors import JobError, NotNow, UnknownJob
from jobs.engine.folder import ELSEWHERE, job_folder, read_json, tail
from jobs.engine.intake import Devices, Intake
from jobs.engine.kinds import Figures, JobKind, Order, all_kinds, load_kind
from jobs.engine.landing import land_published
from jobs.engine.mailbox import answer_requests
from jobs.engine.prepare import known_job, lay_out, new_spec, prepared_again
from jobs.engine.processes import end_worker, spawn_worker
from jobs.engine.query import Queries
from jobs.engine.spec import ACTIVE, CANCELLED, DONE, FAILED, HELD, INTERRUPTED, QUEUED, RESUMABLE, RUNNING, JobView
from jobs.engine.tracking import Tracked, job_row, job_view, save
from models.catalogue import ModelChoice, list_models
from models.detector_catalogue import DetectorChoice, list_detectors
from models.errors import ModelError
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.errors import StoreError
from store.ledger import landed_totals, list_jobs, save_job
from store.runs import finish_run, new_run_id

TICK_S = 0.25
KILL_AFTER_S = 3.0
# What a person asked for that cannot be; each says why and what to do.
REFUSALS = (JobError, LayoutError, ModelError, StoreError, ArchiveRefused)
SETBACKS = (*REFUSALS, OSError, duckdb.Error, pa.ArrowException)
log = logging.getLogger("vitrine.supervisor")


class Supervisor:
    """Runs the jobs of one open workspace.

    import_roots: when given, `start(trusted=False)` refuses folders and weights outside them.
    """

    def __init__(self, workspace: Workspace, *, import_roots: list[Path] | None = None):
        self.workspace = workspace
        self.intake = Intake(workspace.root, import_roots=import_roots)
        self.devices = Devices().list
        self.queries = Queries()
        self._tracked: dict[str, Tracked] = {}
        self._lock = threading.RLock()
        self._start_lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.intake.clear_unused([dataset.root for dataset in list_datasets(workspace)])
        self._adopt()

    # What pages and the command line call

    def start(
        self,
        kind: str,
        *,
        dataset: str,
        parameters: Mapping[str, object] | None = None,
        who: str = "",
        hold: bool = False,
        trusted: bool = False,
    ) -> str:
        """Start a job and return its id; the same job asked for twice while it is active is one job.

        hold: prepare it only, to be packed or resumed later. trusted: the caller may name any folder.
        Raises one of REFUSALS with the reason when it cannot be started.
        """
        chosen = load_kind(kind)
        asked = chosen.read(parameters or {})
        if not trusted:
            self._check_paths(chosen, asked.as_json())
        with self._start_lock:
            twin = self._active_twin(chosen, Order(dataset, asked))
            if twin is not None:
                return twin
            run_id = new_run_id(self.workspace)
            prepared = chosen.code().prepare(self.workspace, dataset, asked, run_id)
            spec = new_spec(self.workspace, chosen, prepared, who=who, run_id=run_id)
            job = Tracked(spec, HELD if hold else QUEUED, utc_now(), asked.as_json())
            lay_out(self.workspace, job, prepared, attempt=1)
            if not hold:
                self._track(job)
            return spec.id

    def cancel(self, job_id: str) -> None:
        """End a job's worker; what it published stays. Raises NotNow if the job is not active."""
        with self._lock:
            job = self._tracked.get(job_id)
            if job is None:
                raise NotNow(f"{job_id} is {self.job(job_id).state}: there is nothing to cancel.")
            job.cancelled_at = time.monotonic()
            if job.state == QUEUED:
                self._end(job, CANCELLED, "Cancelled before it began.")
        end_worker(job.folder(), kill=False)

    def resume(self, job_id: str) -> str:
        """Start a job that ended early again, for the rows still missing. Raises NotNow otherwise."""
        with self._start_lock:
            view = self.job(job_id)
            if view.state not in RESUMABLE:
                raise NotNow(f"{job_id} is {view.state}; only {', '.join(RESUMABLE)} jobs can be resumed.")
            job = known_job(self.workspace, view, QUEUED)
            land_published(self.workspace, job)
            attempt = job.spec.attempt + (view.state != HELD)
            lay_out(self.workspace, job, prepared_again(self.workspace, job), attempt=attempt)
            self._track(job)
            return job_id

    def land(self, job_id: str) -> str:
        """Take in the segments that lie in a job's `incoming` folder (computed elsewhere); the job's new state.

        The job is done when no row is missing any more, and can be resumed otherwise.
        """
        with self._start_lock:
            view = self.job(job_id)
            if view.is_active:
                raise NotNow(f"{job_id} is {view.state}; cancel it, or let it end, before bringing results back.")
            job = known_job(self.workspace, view, view.state)
            job.folder().number_incoming(landed_totals(self.workspace, job_id).next_n)
            land_published(self.workspace, job)
            missing = prepared_again(self.workspace, job).todo.num_rows
            if missing:
                self._end(job, INTERRUPTED, f"Still missing: {count(missing, 'row')}. Resume computes the rest.")
            else:
                brought = read_json(job.folder().path / ELSEWHERE) or {}
                figures = brought | self._finished(job)
                self._end(job, DONE, "Computed elsewhere.", figures=figures)
            return job.state

    def retry(self, job_id: str, *, who: str = "") -> str:
        """Start a new job with the dataset and parameters of an ended one."""
        view = self.job(job_id)
        return self.start(view.kind, dataset=view.dataset, parameters=view.parameters, who=who, trusted=True)

    def jobs(self) -> list[JobView]:
        """Every job, newest first."""
        return [job_view(self.workspace.root, row) for row in list_jobs(self.workspace)]

    def job(self, job_id: str) -> JobView:
        """One job; raises UnknownJob."""
        job_folder(self.workspace.root, job_id)
        for view in self.jobs():
            if view.id == job_id:
                return view
        raise UnknownJob(f"There is no job {job_id!r} in this workspace; `python -m jobs list` shows those there are.")

    def active(self) -> list[JobView]:
        """The jobs that wait or run: cheap enough for every page."""
        with self._lock:
            tracked = list(self._tracked.values())
        return [job_view(self.workspace.root, job_row(self.workspace, job)) for job in tracked]

    def log_of(self, job_id: str) -> str:
        """The end of a job's log."""
        return tail(job_folder(self.workspace.root, job_id).log_path)

    def curve(self, job_id: str) -> Figures:
        """What a training job has written of its curve so far: `of` (epochs in all) and `epochs`; {} before."""
        return read_json(job_folder(self.workspace.root, job_id).path / "curve.json") or {}

    def kinds(self) -> dict[str, JobKind[Any]]:
        """Every job kind by its name: titles, icons, and what can be said of its parameters."""
        return all_kinds()

    def models(self) -> list[ModelChoice]:
        """The encoders that are offered by name."""
        return list_models()

    def detectors(self) -> list[DetectorChoice]:
        """The detectors that are offered by name; what is not installed says how to get it."""
        return list_detectors()

    # The thread

    def run_in_background(self) -> None:
        """Start the thread that lands segments and starts waiting jobs."""
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; workers go on, and the next owner finds them."""
        self._stop.set()
        self.queries.close()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def tick(self) -> None:
        """Land what is published, notice what has ended, start what waits, answer requests."""
        with self._lock:
            running = [job for job in self._tracked.values() if job.state == RUNNING]
        for job in running:
            self._advance(job)
        self._launch_waiting()
        answer_requests(self)

    def _loop(self) -> None:
        while not self._stop.wait(TICK_S):
            try:
                self.tick()
            except SETBACKS:
                log.exception("The supervisor goes on after an error")

    def _advance(self, job: Tracked) -> None:
        lives = job.worker_lives()  # asked before landing: what it published before it ended is landed below
        try:
            land_published(self.workspace, job)
        except SETBACKS as error:
            end_worker(job.folder(), kill=True)
            self._end(job, FAILED, _sentence(error))
            return
        if not lives:
            self._conclude(job)
        elif job.cancelled_at is not None and time.monotonic() - job.cancelled_at > KILL_AFTER_S:
            end_worker(job.folder(), kill=True)

    def _conclude(self, job: Tracked) -> None:
        """Decide how a job whose worker has gone ended."""
        how, ending = job.folder().ending() or ("", {})
        if how == "done":
            landed = landed_totals(self.workspace, job.spec.id).next_n - job.spec.first_segment
            job.n_bad_segments = max(job.n_bad_segments, int(ending["published"]) - landed)
        if job.n_bad_segments:
            text = f"{job.n_bad_segments} result file(s) could not be read; resume computes their rows again."
            self._end(job, INTERRUPTED, text)
        elif how == "done":
            self._finish(job, ending)
        elif job.cancelled_at is not None:
            self._end(job, CANCELLED, "Cancelled; what was finished is kept.")
        elif how == "failed":
            self._end(job, FAILED, str(ending["reason"]))
        else:
            self._end(job, INTERRUPTED, "The worker ended without a word (was it killed?); resume goes on.")

    def _finish(self, job: Tracked, ending: Figures) -> None:
        try:
            figures = {**ending, **self._finished(job)}
        except SETBACKS as error:
            self._end(job, FAILED, _sentence(error))
            return
        self._end(job, DONE, str(figures.pop("message", "")), figures=figures)

    def _finished(self, job: Tracked) -> Figures:
        """What the job's kind adds to its figures, now that all its segments have landed."""
        kind = load_kind(job.spec.kind)
        return kind.code().finish(self.workspace, kind.job(job.spec))

    # Starting and ending

    def _track(self, job: Tracked) -> None:
        with self._lock:
            self._tracked[job.spec.id] = job
        self._launch_waiting()

    def _launch_waiting(self) -> None:
        with self._lock:
            for job in list(self._tracked.values()):
                if job.state == QUEUED and self._may_run(job):
                    self._launch(job)

    def _may_run(self, job: Tracked) -> bool:
        """One job a lane at a time, and nothing reads a dataset while another job changes it."""
        mine = load_kind(job.spec.kind)
        for other in self._tracked.values():
            if other is job or other.state != RUNNING:
                continue
            theirs = load_kind(other.spec.kind)
            same_data = other.spec.dataset_id == job.spec.dataset_id and (theirs.changes_data or mine.changes_data)
            if theirs.lane == mine.lane or same_data:
                return False
        return True

    def _launch(self, job: Tracked) -> None:
        try:
            if self.workspace.generation(job.spec.dataset_id) != job.laid_out_at:  # it waited, and data changed
                lay_out(self.workspace, job, prepared_again(self.workspace, job), attempt=job.spec.attempt)
            if job.spec.n_todo == 0:
                figures = self._finished(job)
                self._end(job, DONE, "Nothing to do: everything is up to date.", figures=figures)
                return
            job.process = spawn_worker(job.folder())
            job.state, job.started_at = RUNNING, utc_now()
            save(self.workspace, job)
        except SETBACKS as error:
            end_worker(job.folder(), kill=True)
            self._end(job, FAILED, _sentence(error))

    def _end(self, job: Tracked, state: str, message: str, *, figures: Figures | None = None) -> None:
        seconds = float((figures or {}).get("seconds", job.folder().progress().elapsed_s))
        job.state, job.message, job.finished_at = state, message, utc_now()
        try:
            with self.workspace.writing(job.spec.dataset_id) as cursor:
                finish_run(cursor, job.spec.run_id, complete=state == DONE, seconds=seconds, figures=figures or {})
            save(self.workspace, job, figures=figures)
        except SETBACKS:  # a full disk, most likely: the folder and the next start tell the rest
            log.exception("%s ended as %s, which could not be saved", job.spec.id, state)
        with self._lock:
            self._tracked.pop(job.spec.id, None)

    def _adopt(self) -> None:
        """Take up what an owner before this one left: living workers go on, dead ones' segments are landed."""
        for row in reversed(list_jobs(self.workspace)):
            if row.state not in ACTIVE:
                continue
            view = job_view(self.workspace.root, row)
            try:
                job = known_job(self.workspace, view, view.state)
            except UnknownJob:
                save_job(self.workspace, dataclasses.replace(row, state=FAILED, message="Its folder is gone."))
                continue
            self._tracked[view.id] = job
            if job.folder().was_started():  # the last owner may have died before it could save that it had started
                job.state = RUNNING
            if job.state == RUNNING:
                self._advance(job)

    def _check_paths(self, kind: JobKind[Any], parameters: Mapping[str, object]) -> None:
        for name in kind.paths():
            if parameters[name]:
                self.intake.allowed_folder(str(parameters[name]))

    def _active_twin(self, kind: JobKind[Any], asked: Order) -> str | None:
        """The active job that does what is asked for, by the kind's own measure."""
        with self._lock:
            for job in self._tracked.values():
                if job.spec.kind != kind.name:
                    continue
                if kind.same_order(asked, Order(job.spec.dataset, kind.read(job.asked), root=job.spec.root)):
                    return job.spec.id
        return None


def _sentence(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
