"""How a job ended whose worker has gone, by what it left behind: a state and a sentence."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.engine.folder import has_room
from jobs.engine.refusals import SETBACKS
from jobs.engine.spec import CANCELLED, DONE, FAILED, INTERRUPTED
from jobs.engine.tracking import Tracked
from jobs.engine.troubles import sentence_of
from jobs.engine.underway import after_crash, crash_of, left_out_sentence
from jobs.engine.worker import FOLDER_TAKEN, sentence_for
from store.errors import DiskFull
from store.workspace_file import is_disk_full


@dataclass(frozen=True)
class Ending:
    """figures: what the worker counted, of a job that is done."""

    state: str
    message: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def ending_of(job: Tracked, *, n_landed: int) -> Ending:
    """How a job ended of whose segments so many have landed; what was in hand at a crash is written down."""
    how, told = job.folder().ending() or ("", {})
    if how == "done":
        job.n_bad_segments = max(job.n_bad_segments, int(told["published"]) - n_landed)
    if job.n_bad_segments:
        text = f"{job.n_bad_segments} result file(s) could not be read; resume computes their rows again."
        return Ending(INTERRUPTED, text)
    if how == "done":
        return Ending(DONE, left_out_sentence(job.folder()), told)
    if job.cancelled_at is not None:
        return Ending(CANCELLED, "Cancelled; what was finished is kept.")
    if how == "failed":
        return Ending(FAILED, str(told["reason"]))
    return Ending(INTERRUPTED, _crashed(job) or _without_a_word(job))


def why_failed(error: BaseException) -> str:
    """An error that ended a job on the owner's side, in a sentence."""
    return sentence_of(error) if not isinstance(error, SETBACKS) else sentence_for(error)


def why_unsaved(error: BaseException) -> str:
    """Why something could not be saved, for every visitor: no path, which is for the log."""
    is_full = isinstance(error, DiskFull) or is_disk_full(error)
    return "the disk that holds the workspace is full" if is_full else f"{type(error).__name__}, which the log explains"


def _crashed(job: Tracked) -> str:
    """Write down what a crash shows, and say it; "" where the worker did not crash by itself."""
    exit_code = job.process.returncode if job.process is not None else None
    how = crash_of(job.folder(), exit_code=exit_code, n_oom_kills=job.n_oom_kills)
    if how:
        with contextlib.suppress(OSError):  # without room the next crash says it again
            return after_crash(job.folder(), how)
    return ""


def _without_a_word(job: Tracked) -> str:
    """Why a worker may have ended without done.json, failed.json or a crash."""
    if job.process is not None and job.process.returncode == FOLDER_TAKEN:
        return "Another worker was still at work in its folder; resume goes on when that one has ended."
    if not has_room(job.folder().path):
        return "The worker ended, and the disk that holds the workspace is full. Free some room, then resume."
    return "The worker ended without a word (was it killed?); resume goes on."
