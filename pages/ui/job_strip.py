"""The small strip on every page: what is running, how far, how long still; a quiet word when it has ended. What is
wrong with the machinery behind the jobs (a full disk, a thread that was started again) stands above it.

It looks every other second while a job is active and every five seconds otherwise, so that jobs started in
another tab or from the command line are noticed. When one ends, the page behind is drawn again, once.
"""

import datetime
from dataclasses import dataclass, field

import streamlit as st

from jobs.engine.spec import CANCELLED, DONE, JobView
from pages.ui import job_wording, session
from pages.ui.text import count, plain

BUSY_S, IDLE_S = 1.5, 5.0
MAX_SHOWN, MAX_NOTES = 3, 2
# These pages show the jobs themselves, at length.
SPEAKS_FOR_ITSELF = ("jobs", "import")


@dataclass
class _Seen:
    """What this visitor's strip showed last. drawn: active ids when the whole page was drawn."""

    generation: int = -1
    last_end: datetime.datetime | None = None
    drawn: frozenset[str] = frozenset()
    notes: list[JobView] = field(default_factory=list)


def show() -> None:
    """The strip; nothing where nothing runs and nothing has just ended."""
    seen = _seen()
    seen.notes = _notes(seen)
    active = session.active_jobs()
    seen.drawn = frozenset(job.id for job in active)
    st.fragment(_strip, run_every=BUSY_S if active else IDLE_S)()


def forget_notes() -> None:
    """Put the notes about ended jobs away: the visitor has been told."""
    _seen().notes = []


def _strip() -> None:
    seen = _seen()
    active = session.active_jobs()
    notes = _notes(seen)
    if frozenset(job.id for job in active) != seen.drawn or _ends(notes) != _ends(seen.notes):
        seen.notes = notes
        st.rerun()
    troubles = session.supervisor().troubles() if session.sees_all() else []
    for sentence in troubles[:MAX_SHOWN]:
        st.warning(plain(sentence), icon=":material/build:")
    if len(troubles) > MAX_SHOWN:
        st.caption(f"and {count(len(troubles) - MAX_SHOWN, 'more such note')}")
    if _here() in SPEAKS_FOR_ITSELF:
        return
    for job in active[:MAX_SHOWN]:
        _line(job)
    if len(active) > MAX_SHOWN:
        session.link(session.PAGES.jobs, label=f"and {count(len(active) - MAX_SHOWN, 'more job')}")
    for job in notes[:MAX_NOTES]:
        _note(job)


def _line(job: JobView) -> None:
    text = f"{job_wording.short_title(job, kinds=session.supervisor().kinds())}: {job_wording.at_a_glance(job)}"
    bar, link = st.columns([11, 1], vertical_alignment="center", wrap=False)
    bar.progress(job.progress.share, text=plain(text))
    with link:
        session.link(session.PAGES.jobs, label="Jobs")


def _note(job: JobView) -> None:
    state = job_wording.STATES[job.state]
    kinds = session.supervisor().kinds()
    sentence = plain(f"{job_wording.title(job, kinds=kinds)}: {job_wording.outcome(job, kinds=kinds)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":{state.colour}[:material/{state.icon}:] :small[{sentence}]", width="content")
        session.link(session.PAGES.jobs, label="Jobs")
        st.button(
            "Dismiss",
            key=f"strip-dismiss-{job.id}-{job.attempt}",
            icon=":material/close:",
            type="tertiary",
            on_click=forget_notes,
        )


def _notes(seen: _Seen) -> list[JobView]:
    """The jobs that ended since this visit began, newest first; read only when something was written."""
    generation = session.settled_generation()
    if generation == seen.generation:
        return seen.notes
    ends = [(job.finished_at, job) for job in session.jobs() if not job.is_active]
    ended = [(end, job) for end, job in ends if end is not None]
    before, seen.generation = seen.last_end, generation
    seen.last_end = max((end for end, _ in ended), default=datetime.datetime.min)
    if before is None:  # the visit begins: what ended earlier is no news
        return []
    fresh = [job for end, job in ended if end > before and _is_news(job)]
    fresh_ids = {job.id for job in fresh}
    return [*fresh, *(job for job in seen.notes if job.id not in fresh_ids)][:MAX_NOTES]


def _ends(notes: list[JobView]) -> list[tuple[str, datetime.datetime | None]]:
    return [(job.id, job.finished_at) for job in notes]


def _is_news(job: JobView) -> bool:
    """Trials that went well are told where they were asked for; who cancelled a job knows it."""
    is_trial = job_wording.kind_of(job, kinds=session.supervisor().kinds()) == job_wording.TRIAL
    return job.state != CANCELLED and not (job.state == DONE and is_trial)


def _here() -> str:
    return str(st.context.url or "").rstrip("/").rpartition("/")[2]


def _seen() -> _Seen:
    return st.session_state.setdefault("job_strip", _Seen())
