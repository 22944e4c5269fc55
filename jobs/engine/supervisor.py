"""The owner's side of the jobs: it starts workers, lands their segments, and finds them again after a restart.

One thread does this, four times a second, and calls nothing of the user interface. Pages and the command line use
`start`, `cancel`, `resume`, `retry`, `jobs`. A worker that dies takes nothing with it: what it published is landed.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.wording import count
from jobs.engine.actors import dataset_by_name, dataset_of_job
from jobs.engine.adoption import left_by_another
from jobs.engine.analyses import Analyses
from jobs.engine.backends import checked_backend, clusters
from jobs.engine.backups import Backups
from jobs.engine.brought import check_incoming
from jobs.engine.endings import ending_of, why_failed
from jobs.engine.errors import NotNow, UnknownJob
from jobs.engine.folder import ELSEWHERE, job_folder, read_json, tail
from jobs.engine.following import Following, what_follows
from jobs.engine.health_watch import HealthWatch
from jobs.engine.intake import Devices, Intake
from jobs.engine.kinds import Figures, JobKind, Order, all_kinds, load_kind
from jobs.engine.landing import land_published
from jobs.engine.lanes import may_run, twin_of
from jobs.engine.loop import Loop
from jobs.engine.mailbox import Mailbox
from jobs.engine.prepare import known_job, lay_out, new_spec, prepared_again, require_pictures
from jobs.engine.processes import end_worker, spawn_worker, wait_until_left
from jobs.engine.query import Queries
from jobs.engine.refusals import REFUSALS as REFUSALS  # for pages
from jobs.engine.refusals import SETBACKS
from jobs.engine.spec import ACTIVE, CANCELLED, DONE, FAILED, HELD, INTERRUPTED, QUEUED, RESUMABLE, RUNNING, JobView
from jobs.engine.tracking import Ended, Tracked, job_row, job_view, save
from jobs.engine.troubles import Troubles
from jobs.engine.underway import left_out_sentence, oom_kills
from jobs.engine.unsaved import Unsaved
from models.catalogue import ModelChoice, list_models
from models.detector_catalogue import DetectorChoice, list_detectors
from store.acting import does
from store.connection import Workspace, utc_now
from store.datasets import list_datasets
from store.ledger import JobRow, find_job, landed_totals, list_jobs
from store.privacy import rule_mark
from store.runs import new_run_id

KILL_AFTER_S = 3.0
MOST_ACTIVE = 200  # jobs that visitors may have waiting or running


class Supervisor:
    """Runs the jobs of one open workspace.

    import_roots: when given, `start(trusted=False)` refuses folders and weights outside them.
    """

    def __init__(self, workspace: Workspace, *, import_roots: Sequence[Path | str] | None = None):
        self.workspace = workspace
        self.intake = Intake(workspace.root, import_roots=import_roots)
        self._devices = Devices()
        self.devices = self._devices.list
        self.queries = Queries()
        self._tracked: dict[str, Tracked] = {}
        self._lock = threading.RLock()
        self._start_lock = threading.Lock()
        self._troubles = Troubles()
        self._unsaved = Unsaved(workspace, troubles=self._troubles)
        self._mailbox = Mailbox(self, troubles=self._troubles)
        self._following = Following(workspace, troubles=self._troubles)
        self._backups = Backups(workspace, troubles=self._troubles)
        self.health = HealthWatch(workspace, troubles=self._troubles)
        self.analyses = Analyses(self, troubles=self._troubles)
        self._loop = Loop(lambda: self.tick(), troubles=self._troubles)
        with self._troubles.survived("Old uploads could not be cleared away"):
            self.intake.clear_unused([dataset.root for dataset in list_datasets(workspace)])
        self._adopt()

    # What pages and the command line call

    @does("start_job", dataset_of=dataset_by_name)
    def start(
        self,
        kind: str,
        *,
        dataset: str,
        parameters: Mapping[str, object] | None = None,
        who: str = "",
        hold: bool = False,
        trusted: bool = False,
        job_id: str = "",
        on: str = "",
    ) -> str:
        """Start a job and return its id; the same job asked for twice while it is active is one job.

        hold: prepare it only, to be packed or resumed later. trusted: the caller may name any folder.
        job_id: the one that it is to have, of whoever wrote it down before. on: where it is computed (backends.py).
        Raises one of REFUSALS with the reason when it cannot be started.
        """
        chosen = load_kind(kind)
        asked = chosen.read(parameters or {})
        on = checked_backend(on, chosen, asked)
        if not trusted:
            self.intake.check_paths(chosen, asked.as_json())
            self.intake.require_room()
            with self._lock:
                if len(self._tracked) >= MOST_ACTIVE:
                    raise NotNow(f"Enough is waiting: {count(len(self._tracked), 'job')}. Cancel some, or wait.")
        with self._start_lock:
            with self._lock:
                twin = twin_of(Order(dataset, asked), kind=chosen, among=self._tracked.values())
            if twin is not None:
                return twin
            require_pictures(self.workspace, chosen, asked, dataset=dataset)
            run_id = new_run_id(self.workspace)
            prepared = chosen.code().prepare(self.workspace, dataset, asked, run_id)
            spec = new_spec(self.workspace, chosen, prepared, who=who, run_id=run_id, job_id=job_id, on=on)
            job = Tracked(spec, HELD if hold else QUEUED, utc_now(), asked.as_json())
            lay_out(self.workspace, job, prepared, attempt=1)
            if not hold:
                self._track(job)
            return spec.id

    @does("cancel_job", dataset_of=dataset_of_job)
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

    @does("resume_job", dataset_of=dataset_of_job)
    def resume(self, job_id: str, *, on: str | None = None) -> str:
        """Start a job that ended early again, for the rows still missing. Raises NotNow otherwise.

        on: where they are computed; None where it was before. Raises NotInParts, UnknownParameter.
        """
        with self._start_lock:
            view = self.job(job_id)
            if view.state not in RESUMABLE:
                raise NotNow(f"{job_id} is {view.state}; only {', '.join(RESUMABLE)} jobs can be resumed.")
            job = known_job(self.workspace, view, QUEUED, on=on)
            self._require_left(job)
            land_published(self.workspace, job)
            attempt = job.spec.attempt + (view.state != HELD)
            lay_out(self.workspace, job, prepared_again(self.workspace, job), attempt=attempt)
            self._track(job)
            return job_id

    @does("land_job", dataset_of=dataset_of_job)
    def land(self, job_id: str) -> str:
        """Take in the segments that lie in a job's `incoming` folder (computed elsewhere); the job's new state.

        The job is done when no row is missing any more, and can be resumed otherwise.
        """
        with self._start_lock:
            view = self.job(job_id)
            if view.is_active:
                raise NotNow(f"{job_id} is {view.state}; cancel it, or let it end, before bringing results back.")
            job = known_job(self.workspace, view, view.state)
            self._require_left(job)
            check_incoming(self.workspace, job.folder())
            job.folder().number_incoming(landed_totals(self.workspace, job_id).next_n)
            land_published(self.workspace, job)
            missing = prepared_again(self.workspace, job).todo.num_rows
            if missing:
                self._end(job, INTERRUPTED, f"Still missing: {count(missing, 'row')}. Resume computes the rest.")
            else:
                brought = read_json(job.folder().path / ELSEWHERE) or {}
                figures = brought | self._finished(job)
                self._end_done(job, "Computed elsewhere.", figures=figures)
            return job.state

    @does("start_job", dataset_of=dataset_of_job)
    def retry(self, job_id: str, *, who: str = "") -> str:
        """Start a new job with the dataset and parameters of an ended one."""
        view, on = self.job(job_id), job_folder(self.workspace.root, job_id).spec().on
        return self.start(view.kind, dataset=view.dataset, parameters=view.parameters, who=who, trusted=True, on=on)

    def jobs(self) -> list[JobView]:
        """Every job, newest first."""
        unsaved = self._unsaved.all()  # before the rows: what is written down meanwhile is in them
        rows = [self._unsaved.as_it_is(row, unsaved.get(row.id)) for row in list_jobs(self.workspace)]
        return [job_view(self.workspace.root, row) for row in rows]

    def job(self, job_id: str) -> JobView:
        """One job; raises UnknownJob."""
        job_folder(self.workspace.root, job_id)
        unsaved = self._unsaved.of(job_id)
        row = find_job(self.workspace, job_id)
        if row is None:
            raise UnknownJob(f"There is no job {job_id!r} in this workspace; `vitrine list` shows those there are.")
        return job_view(self.workspace.root, self._unsaved.as_it_is(row, unsaved))

    def active(self) -> list[JobView]:
        """The jobs that wait or run: cheap enough for every page, each of which looks after the thread so, too."""
        self.keep_alive()
        with self._lock:
            tracked = list(self._tracked.values())
        return [job_view(self.workspace.root, job_row(self.workspace, job)) for job in tracked]

    def log_of(self, job_id: str) -> str:
        """The end of a job's log."""
        return tail(job_folder(self.workspace.root, job_id).log_path)

    def follower_of(self, job_id: str) -> JobView | None:
        """The job that was started because this one was done, or None."""
        order = what_follows(job_folder(self.workspace.root, job_id)) or {}
        return self.job(str(order["job"])) if "job" in order else None

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

    def clusters(self, kind: str) -> tuple[str, ...]:
        """What `start` may be told as `on` for a kind, besides this machine."""
        return clusters(load_kind(kind))

    def troubles(self) -> list[str]:
        """What every page is to say: a disk without room, an error beside the jobs, a thread that was started again."""
        return self._troubles.sentences()

    def unsaved(self, job_id: str) -> Ended | None:
        """How a job ended that could not be written down so far, or None."""
        return self._unsaved.of(job_id)

    # The thread

    def run_in_background(self) -> None:
        """Start the thread that lands segments and starts waiting jobs."""
        self._loop.start()

    def keep_alive(self) -> None:
        """Start the thread again if it has ended by itself."""
        self._loop.keep_alive()

    def stop(self) -> None:
        """End the thread; workers go on, and the next owner finds them."""
        self.queries.close()
        self._devices.close()
        self._loop.stop(timeout_s=30)
        with self._troubles.survived("The backup of the workspace could not be made"):
            self._backups.finish()
        self.health.finish()

    def tick(self) -> None:
        """Land what is published, notice what has ended, start what waits, answer requests; nothing ends it."""
        for step in (
            self._start_due,  # first: what was started for an order before is still active, and is known again
            self._advance_running,
            self._launch_waiting,
            self._save_again,
            self.analyses.look,
            self._mailbox.answer,
            self._backups.look,
            self.health.look,
        ):
            with self._troubles.survived("Looking after the jobs met an error"):
                step()

    def _start_due(self) -> None:
        self._following.start_due(self.start)

    def _advance_running(self) -> None:
        with self._lock:
            running = [job for job in self._tracked.values() if job.state == RUNNING]
        for job in running:
            self._for_one(job, self._advance)

    def _for_one(self, job: Tracked, step: Callable[[Tracked], None]) -> None:
        """Do a step for one job: an error in it, whichever it is, ends that job as failed, and nothing else."""
        with self._troubles.survived(f"{job.spec.id} could not be ended"):
            try:
                step(job)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - the boundary of one job: logged, and shown with it
                if not isinstance(error, SETBACKS):
                    self._troubles.log(f"{job.spec.id} met an error that nobody foresaw", error)
                self._end(job, FAILED, why_failed(error))
                end_worker(job.folder(), kill=True)

    def _advance(self, job: Tracked) -> None:
        lives = job.worker_lives()  # asked before landing: what it published before it ended is landed below
        land_published(self.workspace, job, waits=lives)
        if not lives:
            self._conclude(job)
        elif job.cancelled_at is not None and time.monotonic() - job.cancelled_at > KILL_AFTER_S:
            end_worker(job.folder(), kill=True)

    def _conclude(self, job: Tracked) -> None:
        """End a job whose worker has gone."""
        n_landed = landed_totals(self.workspace, job.spec.id).next_n - job.spec.first_segment
        ending = ending_of(job, n_landed=n_landed)
        if ending.state != DONE:
            self._end(job, ending.state, ending.message)
            return
        figures = {**ending.figures, **self._finished(job)}
        message = " ".join(filter(None, (str(figures.pop("message", "")), ending.message)))
        self._end_done(job, message, figures=figures)

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
                if job.state == QUEUED:
                    self._for_one(job, self._launch_if_free)

    def _launch_if_free(self, job: Tracked) -> None:
        if may_run(job, self._tracked.values()):
            self._launch(job)

    def _launch(self, job: Tracked) -> None:
        # It waited, and its data changed, or what is to be blurred of pictures that another dataset holds too.
        laid_out = job.laid_out_at, job.laid_out_under
        if (self.workspace.generation(job.spec.dataset_id), rule_mark(self.workspace)) != laid_out:
            lay_out(self.workspace, job, prepared_again(self.workspace, job), attempt=job.spec.attempt)
        if job.spec.n_todo == 0:
            figures = self._finished(job)
            message = left_out_sentence(job.folder()) or "Nothing to do: everything is up to date."
            self._end_done(job, message, figures=figures)
            return
        job.n_oom_kills = oom_kills()
        job.process = spawn_worker(job.folder())
        job.state, job.started_at = RUNNING, utc_now()
        save(self.workspace, job)

    def _require_left(self, job: Tracked) -> None:
        """Wait a moment for a job's last worker to be gone; raises NotNow where it stays, or its end is unsaved."""
        if self.unsaved(job.spec.id) is not None:
            raise NotNow(f"How {job.spec.id} ended could not be saved yet. Free some room on the disk, then try again.")
        wait_until_left(job.folder(), job.spec.id)

    def _end_done(self, job: Tracked, message: str, *, figures: Figures) -> None:
        """End a job that did all its rows. What is to follow is noted before, so that no end is seen without it."""
        with self._troubles.survived(f"What is to follow {job.spec.id} could not be noted"):
            self._following.note(job)
        self._end(job, DONE, message, figures=figures)

    def _end(self, job: Tracked, state: str, message: str, *, figures: Figures | None = None) -> None:
        seconds = float((figures or {}).get("seconds", job.folder().progress().elapsed_s))
        ended = Ended(job, figures or {}, seconds, since=time.monotonic())
        finished_at = utc_now()
        with self._lock:  # from here on it has ended, whether or not that can be written down
            job.state, job.message, job.finished_at = state, message, finished_at
            self._unsaved.add(ended)
            self._tracked.pop(job.spec.id, None)
        self._unsaved.save(ended)

    def _save_again(self) -> None:
        for ended in self._unsaved.all().values():
            self._unsaved.save(ended)

    def _adopt(self) -> None:
        """Take up what an owner before this one left: living workers go on, dead ones' segments are landed."""
        for row in reversed(list_jobs(self.workspace)):
            if row.state in ACTIVE:
                with self._troubles.survived(f"{row.id}, found at the start, could not be taken up"):
                    self._adopt_one(row)

    def _adopt_one(self, row: JobRow) -> None:
        job = left_by_another(self.workspace, row)
        if job is None:
            return
        self._tracked[row.id] = job
        if job.state == RUNNING:
            self._for_one(job, self._advance)
