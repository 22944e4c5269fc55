"""The owner's side of the jobs: it starts workers, lands their segments, and finds them again after a restart.

One thread does this, twenty times in five seconds, and calls nothing of the user interface. Pages and the command
line use `start`, `cancel`, `resume`, `jobs`. A worker that dies takes nothing with it: what it published is landed.
"""

import dataclasses
import datetime
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.errors import FolderNotAllowed, JobError, NotNow, UnknownJob
from jobs.folder import JobFolder, job_folder, tail
from jobs.kinds import Kind, Prepared, complete_parameters, load_kind
from jobs.layouts import LayoutError
from jobs.mailbox import answer_requests
from jobs.spec import (
    ACTIVE,
    CANCELLED,
    DONE,
    FAILED,
    HELD,
    INTERRUPTED,
    QUEUED,
    RESUMABLE,
    RUNNING,
    JobSpec,
    JobView,
    Progress,
    new_job_id,
)
from jobs.version import code_version
from store.connection import Workspace, utc_now
from store.errors import SegmentUnreadable, StoreError
from store.ledger import land_segment, landed_totals, list_jobs, save_job
from store.runs import RunStart, finish_run, new_run_id, start_run

TICK_S = 0.25
KILL_AFTER_S = 3.0
PROJECT = Path(__file__).parent.parent
LANDING_ERRORS = (StoreError, JobError, LayoutError, OSError, duckdb.Error, pa.ArrowException)
log = logging.getLogger("vitrine.supervisor")


@dataclass
class _Tracked:
    """A job that waits or runs, in memory; the table `job` has the same after every change."""

    spec: JobSpec
    state: str
    created_at: datetime.datetime
    message: str = ""
    started_at: datetime.datetime | None = None
    finished_at: datetime.datetime | None = None
    process: subprocess.Popen[bytes] | None = None
    cancelled_at: float | None = None
    n_bad_segments: int = 0
    laid_out_at: int = -1

    def worker_lives(self, folder: JobFolder) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return folder.worker() is not None


class Supervisor:
    """Runs the jobs of one open workspace.

    import_roots: when given, folders outside them cannot be imported by `start(trusted=False)`.
    """

    def __init__(self, workspace: Workspace, *, import_roots: list[Path] | None = None):
        self.workspace = workspace
        self.import_roots = None if import_roots is None else [root.resolve() for root in import_roots]
        self._tracked: dict[str, _Tracked] = {}
        self._lock = threading.RLock()
        self._start_lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
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
        Raises JobError, LayoutError or StoreError with the reason when it cannot be started.
        """
        chosen = load_kind(kind)
        complete = complete_parameters(chosen, parameters or {})
        if not trusted:
            self._check_paths(complete)
        with self._start_lock:
            twin = self._active_twin(kind, dataset, complete)
            if twin is not None:
                return twin
            run_id = new_run_id(self.workspace)
            prepared = chosen.prepare(self.workspace, dataset, complete, run_id)
            spec = self._new_spec(chosen, prepared, who=who, run_id=run_id)
            job = _Tracked(spec, HELD if hold else QUEUED, utc_now())
            self._lay_out(job, prepared)
            if not hold:
                with self._lock:
                    self._tracked[spec.id] = job
                self._launch_waiting()
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
            else:
                _signal_tree(job.process.pid if job.process else _pid(self._folder(job_id)), kill=False)

    def resume(self, job_id: str) -> str:
        """Start a job that ended early again, for the rows still missing. Raises NotNow otherwise."""
        with self._start_lock:
            view = self.job(job_id)
            if view.state not in RESUMABLE:
                raise NotNow(f"{job_id} is {view.state}; only {', '.join(RESUMABLE)} jobs can be resumed.")
            folder = self._folder(job_id)
            job = _Tracked(folder.spec(), QUEUED, view.created_at)
            self._land_published(job)
            prepared = self._prepare_again(job)
            self._lay_out(job, prepared, again=view.state != HELD)
            with self._lock:
                self._tracked[job_id] = job
            self._launch_waiting()
            return job_id

    def land(self, job_id: str) -> str:
        """Take in the segments that lie in a job's `incoming` folder (computed elsewhere); the job's new state.

        The job is done when no row is missing any more, and can be resumed otherwise.
        """
        with self._start_lock:
            view = self.job(job_id)
            if view.is_active:
                raise NotNow(f"{job_id} is {view.state}; cancel it, or let it end, before bringing results back.")
            folder = self._folder(job_id)
            job = _Tracked(folder.spec(), view.state, view.created_at, started_at=view.started_at)
            folder.number_incoming(landed_totals(self.workspace, job_id).next_n)
            self._land_published(job)
            missing = self._prepare_again(job).todo.num_rows
            if missing:
                self._end(job, INTERRUPTED, f"{missing:,} rows are still missing; resume computes them.")
            else:
                figures = load_kind(job.spec.kind).finish(self.workspace, job.spec)
                self._end(job, DONE, "Computed elsewhere.", figures=figures)
            return job.state

    def retry(self, job_id: str, *, who: str = "") -> str:
        """Start a new job with the dataset and parameters of an ended one."""
        view = self.job(job_id)
        return self.start(view.kind, dataset=view.dataset, parameters=view.parameters, who=who, trusted=True)

    def jobs(self) -> list[JobView]:
        """Every job, newest first."""
        return [self._view(row) for row in list_jobs(self.workspace)]

    def job(self, job_id: str) -> JobView:
        """One job; raises UnknownJob."""
        job_folder(self.workspace.root, job_id)
        for view in self.jobs():
            if view.id == job_id:
                return view
        raise UnknownJob(f"There is no job {job_id!r} in this workspace; `python -m jobs list` shows those there are.")

    def active(self) -> list[JobView]:
        """The jobs that wait or run, from memory alone: cheap enough for every page."""
        with self._lock:
            tracked = list(self._tracked.values())
        return [self._view(self._row(job)) for job in tracked]

    def log_of(self, job_id: str) -> str:
        """The end of a job's log."""
        return tail(self._folder(job_id).log_path)

    def allowed_folder(self, folder: Path | str) -> Path:
        """`folder` resolved; raises FolderNotAllowed when it is outside the roots named at start."""
        resolved = Path(folder).expanduser().resolve()
        uploads = self.workspace.root / "uploads"
        if self.import_roots is None or any(resolved.is_relative_to(root) for root in [*self.import_roots, uploads]):
            return resolved
        named = ", ".join(str(root) for root in self.import_roots) or "none was named"
        raise FolderNotAllowed(
            f"{resolved} is outside the folders this server may import from ({named}). "
            "Whoever starts it can name more with --import-root DIR; a zip can be uploaded instead."
        )

    # The thread

    def run_in_background(self) -> None:
        """Start the thread that lands segments and starts waiting jobs."""
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; workers go on, and the next owner finds them."""
        self._stop.set()
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
            except LANDING_ERRORS:
                log.exception("The supervisor goes on after an error")

    def _advance(self, job: _Tracked) -> None:
        folder = self._folder(job.spec.id)
        lives = job.worker_lives(folder)  # asked before landing: what it published before it ended is landed below
        try:
            self._land_published(job)
        except LANDING_ERRORS as error:
            _signal_tree(_pid(folder), kill=True)
            self._end(job, FAILED, _sentence(error))
            return
        if lives:
            if job.cancelled_at is not None and time.monotonic() - job.cancelled_at > KILL_AFTER_S:
                _signal_tree(_pid(folder), kill=True)
            return
        self._conclude(job, folder)

    def _conclude(self, job: _Tracked, folder: JobFolder) -> None:
        ending = folder.ending()
        seconds = folder.progress().elapsed_s
        landed = landed_totals(self.workspace, job.spec.id).next_n - job.spec.first_segment
        if ending and ending[0] == "done" and landed < int(ending[1]["published"]):
            job.n_bad_segments = max(job.n_bad_segments, int(ending[1]["published"]) - landed)
        if ending and ending[0] == "done" and job.n_bad_segments == 0:
            try:
                figures = {**ending[1], **load_kind(job.spec.kind).finish(self.workspace, job.spec)}
            except LANDING_ERRORS as error:
                self._end(job, FAILED, _sentence(error), seconds=seconds)
                return
            self._end(job, DONE, str(figures.pop("message", "")), seconds=ending[1]["seconds"], figures=figures)
        elif job.n_bad_segments:
            text = f"{job.n_bad_segments} result file(s) could not be read and were put aside; resume computes them again."
            self._end(job, INTERRUPTED, text, seconds=seconds)
        elif job.cancelled_at is not None:
            self._end(job, CANCELLED, "Cancelled; what was finished is kept.", seconds=seconds)
        elif ending:
            self._end(job, FAILED, str(ending[1]["reason"]), seconds=seconds)
        else:
            self._end(job, INTERRUPTED, "The worker ended without a word (killed?); resume goes on.", seconds=seconds)

    # Landing

    def _land_published(self, job: _Tracked) -> None:
        folder = self._folder(job.spec.id)
        kind = load_kind(job.spec.kind)
        for n, path in folder.segments():
            try:
                self._land_one(job, kind, n, _read_segment(path))
            except (SegmentUnreadable, duckdb.CatalogException, duckdb.BinderException) as error:
                job.n_bad_segments += 1
                os.replace(path, path.with_name(f"bad-{path.name}"))
                log.warning("%s: segment %s was put aside: %s", job.spec.id, n, error)
                continue
            path.unlink(missing_ok=True)

    def _land_one(self, job: _Tracked, kind: Kind, n: int, table: pa.Table) -> None:
        spec = job.spec
        land_segment(
            self.workspace,
            job_id=spec.id,
            n=n,
            table=table,
            n_failed=table.num_rows - table["reason"].null_count if "reason" in table.column_names else 0,
            dataset_id=spec.dataset_id,
            changes_data=kind.changes_data,
            land=lambda cursor, rows: kind.land(cursor, spec, rows),
        )

    # Starting and ending

    def _new_spec(self, kind: Kind, prepared: Prepared, *, who: str, run_id: int) -> JobSpec:
        return JobSpec(
            id=new_job_id(kind.name),
            kind=kind.name,
            dataset_id=prepared.dataset_id,
            dataset=prepared.dataset,
            root=prepared.root,
            workspace=str(self.workspace.root),
            parameters=prepared.parameters,
            who=who,
            run_id=run_id,
            code_version=code_version(),
            input_generation=self.workspace.generation(prepared.dataset_id),
            created_at=utc_now().isoformat(timespec="seconds"),
            attempt=0,
        )

    def _prepare_again(self, job: _Tracked) -> Prepared:
        spec = job.spec
        return load_kind(spec.kind).prepare(self.workspace, spec.dataset, dict(spec.parameters), spec.run_id)

    def _lay_out(self, job: _Tracked, prepared: Prepared, *, again: bool = True) -> None:
        """Write the job's folder, its run and its row for the next attempt."""
        spec = job.spec
        first = landed_totals(self.workspace, spec.id).next_n
        generation = self.workspace.generation(spec.dataset_id)
        job.spec = spec.next_attempt(first_segment=first, n_todo=prepared.todo.num_rows, input_generation=generation)
        if not again:
            job.spec = dataclasses.replace(job.spec, attempt=spec.attempt)
        self._folder(spec.id).create(job.spec, prepared.todo)
        with self.workspace.writing(spec.dataset_id) as cursor:
            start_run(cursor, _run_start(job.spec, prepared))
        self._save(job)
        job.laid_out_at = self.workspace.generation(spec.dataset_id)

    def _launch_waiting(self) -> None:
        with self._lock:
            waiting = [job for job in self._tracked.values() if job.state == QUEUED and self._may_run(job)]
            for job in waiting:
                if self._may_run(job):  # the one before it may just have taken the lane
                    self._launch(job)

    def _may_run(self, job: _Tracked) -> bool:
        mine = load_kind(job.spec.kind)
        for other in self._tracked.values():
            if other is job or other.state != RUNNING:
                continue
            theirs = load_kind(other.spec.kind)
            same_data = other.spec.dataset_id == job.spec.dataset_id and (theirs.changes_data or mine.changes_data)
            if theirs.lane == mine.lane or same_data:
                return False
        return True

    def _launch(self, job: _Tracked) -> None:
        try:
            if self.workspace.generation(job.spec.dataset_id) != job.laid_out_at:  # it waited, and data changed
                self._lay_out(job, self._prepare_again(job), again=False)
            if job.spec.n_todo == 0:
                self._finish_empty(job)
                return
            job.process = _spawn(self._folder(job.spec.id))
        except LANDING_ERRORS as error:
            self._end(job, FAILED, _sentence(error))
            return
        job.state, job.started_at = RUNNING, utc_now()
        self._save(job)

    def _finish_empty(self, job: _Tracked) -> None:
        figures = load_kind(job.spec.kind).finish(self.workspace, job.spec)
        self._end(job, DONE, "Nothing to do: everything is up to date.", figures=figures)

    def _end(
        self,
        job: _Tracked,
        state: str,
        message: str,
        *,
        seconds: float = 0.0,
        figures: Mapping[str, object] | None = None,
    ) -> None:
        job.state, job.message, job.finished_at = state, message, utc_now()
        try:
            with self.workspace.writing(job.spec.dataset_id) as cursor:
                finish_run(
                    cursor, job.spec.run_id, complete=state == DONE, seconds=seconds, figures=figures or {}
                )
            self._save(job, figures=figures)
        except LANDING_ERRORS:  # a full disk, most likely: the folder and the next start tell the rest
            log.exception("%s ended as %s, which could not be saved", job.spec.id, state)
        with self._lock:
            self._tracked.pop(job.spec.id, None)

    def _adopt(self) -> None:
        for row in reversed(list_jobs(self.workspace)):
            if row["state"] not in ACTIVE:
                continue
            folder = self._folder(row["id"])
            try:
                spec = folder.spec()
            except UnknownJob:
                save_job(self.workspace, {**_job_columns(row), "state": FAILED, "message": "Its folder is gone."})
                continue
            job = _Tracked(spec, row["state"], row["created_at"], started_at=row["started_at"])
            self._tracked[spec.id] = job
            if row["state"] == RUNNING:
                self._advance(job)

    # Small things

    def _folder(self, job_id: str) -> JobFolder:
        return job_folder(self.workspace.root, job_id)

    def _check_paths(self, parameters: Mapping[str, object]) -> None:
        for name in ("folder", "labels", "weights"):
            if parameters.get(name):
                self.allowed_folder(str(parameters[name]))

    def _active_twin(self, kind: str, dataset: str, parameters: Mapping[str, object]) -> str | None:
        with self._lock:
            for job in self._tracked.values():
                same = {key: job.spec.parameters.get(key) for key in parameters} == dict(parameters)
                folder_only = kind == "import" and job.spec.dataset == dataset
                if job.spec.kind == kind and job.spec.dataset == dataset and (same or folder_only):
                    return job.spec.id
        return None

    def _row(self, job: _Tracked) -> dict[str, object]:
        totals = landed_totals(self.workspace, job.spec.id)
        return {
            "id": job.spec.id,
            "kind": job.spec.kind,
            "dataset_id": job.spec.dataset_id,
            "dataset": job.spec.dataset,
            "parameters": job.spec.parameters,
            "state": job.state,
            "attempt": job.spec.attempt,
            "n_todo": job.spec.n_todo,
            "n_done": totals.n_rows,
            "n_failed": totals.n_failed,
            "message": job.message,
            "who": job.spec.who,
            "run_id": job.spec.run_id,
            "created_at": job.created_at,
            "started_at": job.started_at,
            "finished_at": job.finished_at,
        }

    def _save(self, job: _Tracked, *, figures: Mapping[str, object] | None = None) -> None:
        row = self._row(job)
        save_job(self.workspace, _job_columns(row))
        self._folder(job.spec.id).write_state({**row, "figures": dict(figures or {})})

    def _view(self, row: Mapping[str, object]) -> JobView:
        known = {field.name for field in dataclasses.fields(JobView)}
        view = JobView(**{key: value for key, value in row.items() if key in known})
        if view.state != RUNNING:
            return view
        progress = self._folder(view.id).progress()
        return dataclasses.replace(view, progress=progress if progress.total else Progress(total=view.n_todo))


def _spawn(folder: JobFolder) -> subprocess.Popen[bytes]:
    """Start a worker in a session of its own, so that it outlives its owner. Never a fork of this process's memory."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"}
    with folder.log_path.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.worker", str(folder.path)],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    folder.mark_worker(process.pid)
    return process


def _signal_tree(pid: int | None, *, kill: bool) -> None:
    """Ask a worker and its children to end, or make them."""
    if pid is None:
        return
    try:
        worker = psutil.Process(pid)
        family = [*worker.children(recursive=True), worker]
    except psutil.NoSuchProcess:
        return
    for process in family:
        try:
            process.kill() if kill else process.terminate()
        except psutil.NoSuchProcess:
            continue


def _pid(folder: JobFolder) -> int | None:
    worker = folder.worker()
    return None if worker is None else worker.pid


def _read_segment(path: Path) -> pa.Table:
    try:
        return pq.read_table(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise SegmentUnreadable(f"{path.name} cannot be read: {error}") from error


def _run_start(spec: JobSpec, prepared: Prepared) -> RunStart:
    return RunStart(
        id=spec.run_id,
        dataset_id=spec.dataset_id,
        job_id=spec.id,
        kind=spec.kind,
        model=prepared.model,
        parameters=spec.parameters,
        seed=spec.parameters.get("seed"),
        code_version=spec.code_version,
        input_generation=spec.input_generation,
        device=spec.parameters.get("device"),
    )


def _job_columns(row: Mapping[str, object]) -> dict[str, object]:
    columns = ("id", "kind", "dataset_id", "parameters", "state", "attempt", "n_todo", "n_done", "n_failed", "message")
    return {name: row[name] for name in (*columns, "who", "run_id", "created_at", "started_at", "finished_at")}


def _sentence(error: BaseException) -> str:
    return str(error).strip() or type(error).__name__
