"""Jobs drawn as cards: running ones alive, ended ones with what came of them and what can be done next."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from jobs.engine.spec import HELD, JobView
from jobs.engine.supervisor import REFUSALS
from pages.ui import job_wording, session
from pages.ui.text import facts_html, plain
from store import acting
from store.connection import utc_now

T = TypeVar("T")
LIVE_S = 1.0
LOG_LINES = 10
_CANCELLING = "jobs_being_cancelled"
_REFUSED = "job_refusal"


def who() -> str:
    """Who starts a job: the name by which a person is here, their signed-in address, or the app."""
    return acting.current().name or str(st.user.to_dict().get("email") or "app")


def attempt(action: Callable[..., object], *arguments: Any, **named: Any) -> None:
    """Do what the visitor asked; a refusal is kept and shown by `show_refusal`. For callbacks of widgets."""
    result_of(action, *arguments, **named)


def result_of(action: Callable[..., T], *arguments: Any, **named: Any) -> T | None:
    """What comes of what the visitor asked, None where it is refused; the refusal is shown by `show_refusal`."""
    st.session_state.pop(_REFUSED, None)
    try:
        return action(*arguments, **named)
    except (*REFUSALS, OSError) as error:
        st.session_state[_REFUSED] = str(error).strip() or type(error).__name__
        return None


def show_refusal() -> None:
    """Say why the last wish could not be met, once."""
    refusal = st.session_state.pop(_REFUSED, None)
    if refusal:
        st.error(plain(refusal), icon=":material/block:")


def show_active(*, kinds: Collection[str] = ()) -> None:
    """Cards of the jobs that wait or run (of some kinds, or all); they follow the job while there is one."""
    drawn = frozenset(job.id for job in _active(kinds))
    st.fragment(_active_cards, run_every=LIVE_S if drawn else None)(tuple(kinds), drawn)


def show_ended(job: JobView, *, expanded: bool = False) -> None:
    """A card of a job that has ended or was only prepared."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _heading(job)
            st.space("stretch")
            _buttons(job)
        st.markdown(plain(job_wording.outcome(job, kinds=session.supervisor().kinds())))
        _ended_caption(job)
        _details(job, expanded=expanded)


def _active_cards(kinds: tuple[str, ...], drawn: frozenset[str]) -> None:
    active = _active(kinds)
    if {job.id for job in active} != drawn:  # one has begun or ended: the lists around the cards change as well
        st.rerun()
    show_refusal()
    for job in active:
        _active_card(job)


def _active_card(job: JobView) -> None:
    with st.container(border=True, key=f"card-{job.id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _heading(job)
            st.space("stretch")
            if session.may("cancel_job"):
                _cancel_button(job)
        st.progress(job.progress.share, text=job_wording.how_far(job))
        attempt_word = f"attempt {job.attempt}, what was finished before is kept" if job.attempt > 1 else ""
        message = f"{job.progress.message}." if job.progress.message else ""
        st.caption(
            plain(" ".join(filter(None, [message, _sentence(job_wording.how_fast(job)), _sentence(attempt_word)])))
        )
        if session.may("start_job"):  # a log names files of this machine
            _details(job)


def _cancel_button(job: JobView) -> None:
    cancelling: set[str] = st.session_state.setdefault(_CANCELLING, set())
    mark = f"{job.id}-{job.attempt}"
    label = "Cancelling…" if mark in cancelling else "Cancel"
    st.button(
        label,
        key=f"cancel-{mark}",
        icon=":material/stop_circle:",
        disabled=mark in cancelling,
        on_click=_cancel,
        args=(job.id, mark),
    )


def _cancel(job_id: str, mark: str) -> None:
    attempt(session.supervisor().cancel, job_id)
    st.session_state[_CANCELLING].add(mark)


def _heading(job: JobView) -> None:
    state = job_wording.STATES[job.state]
    st.markdown(f"**{plain(job_wording.title(job, kinds=session.supervisor().kinds()))}**", width="content")
    st.badge(state.word, icon=f":material/{state.icon}:", color=state.colour)


def _ended_caption(job: JobView) -> None:
    parts = [job_wording.when(job_wording.started(job), zone=st.context.timezone, now=utc_now())]
    seconds = job_wording.duration_s(job)
    if seconds is not None:
        parts.append(f"took {job_wording.span(seconds)}")
    if job.attempt > 1:
        parts.append(f"{job.attempt} attempts")
    if job.n_failed and job.kind != "import":
        parts.append(f"{job.n_failed:,} failed")
    parts += [f"asked for by {job.who}"] if job.who else []
    st.caption(plain(", ".join([*parts, job.id])))


def _buttons(job: JobView) -> None:
    supervisor = session.supervisor()
    mark = f"{job.id}-{job.attempt}"
    if job.can_resume and job_wording.kind_of(job, kinds=supervisor.kinds()) != job_wording.TRIAL:
        label, icon = ("Start", "play_arrow") if job.state == HELD else ("Resume", "resume")
        clusters = supervisor.clusters(job.kind) if job.kind in supervisor.kinds() else ()
        st.button(
            label,
            key=f"resume-{mark}",
            icon=f":material/{icon}:",
            help="Goes on with what is still missing.",
            on_click=attempt,
            args=(supervisor.resume, job.id),
            kwargs={"on": job_wording.HERE if clusters else None},  # where there is a choice, the button makes it
        )
        for on in clusters:
            st.button(
                f"{label} on Ray",
                key=f"resume-{on}-{mark}",
                icon=":material/hub:",
                type="tertiary",
                help="What is still missing, in parts by the nodes of the Ray cluster that this machine belongs to.",
                on_click=attempt,
                args=(supervisor.resume, job.id),
                kwargs={"on": on},
            )
    if job.state != HELD:
        label = "Import again" if job.kind == "import" else "Run again"
        st.button(
            label,
            key=f"retry-{mark}",
            icon=":material/replay:",
            help="A new job with the same parameters; only what is new, changed or missing is done.",
            on_click=attempt,
            args=(supervisor.retry, job.id),
            kwargs={"who": who()},
        )
    if job.kind == "import":
        for page in (session.PAGES.overview, session.PAGES.failures):
            st.button(
                page.title,
                key=f"to-{page.title}-{mark}",
                icon=page.icon,
                type="tertiary",
                on_click=_go,
                args=(page, job.dataset),
            )


def _go(page: StreamlitPage, dataset: str) -> None:
    """Open a page about a dataset; a link could not turn the dataset selector, which is on every page."""
    st.session_state["dataset"] = dataset
    st.switch_page(page)


def _details(job: JobView, *, expanded: bool = False) -> None:
    """Parameters, figures, log, and how to run it elsewhere; read only while open."""
    details = st.expander(
        "Details and log",
        expanded=expanded,
        key=f"details-{job.id}-{job.attempt}",
        on_change="rerun",
        type="compact",
    )
    if not details.open:
        return
    with details:
        left, right = st.columns(2)
        left.caption("Parameters")
        left.html(facts_html(_shown(job.parameters)))
        if job.figures:
            right.caption("Figures")
            right.html(facts_html(_shown(job.figures)))
        st.caption("End of the log")
        log = session.supervisor().log_of(job.id).strip() or "Nothing yet."
        height: int | Literal["content"] = 220 if log.count("\n") > LOG_LINES else "content"
        st.code(log, language=None, wrap_lines=True, height=height)
        kind = session.supervisor().kinds().get(job.kind)
        if kind is not None and not kind.here_only and not job.is_active:
            _elsewhere(job)


def _elsewhere(job: JobView) -> None:
    workspace = session.workspace().root
    st.caption(
        "To run it on another machine (a lab server, a Colab notebook), pack it with its pictures and code, "
        "and bring the results back:"
    )
    st.code(
        f"vitrine pack {job.id} --workspace '{workspace}'\n"
        f"vitrine unpack results.zip --job {job.id} --workspace '{workspace}'",
        language="bash",
        wrap_lines=True,
    )


def _shown(values: Mapping[str, object]) -> list[tuple[str, object]]:
    """Names and values that say something, for facts_html."""
    facts = []
    for name, value in values.items():
        if value in ("", None) or value is False or (name, value) == ("trial", 0):
            continue
        automatic = name in ("batch_size", "processes") and value == 0
        shown = "automatic" if automatic else f"{value:,}" if type(value) is int else value
        facts.append((name.replace("_", " "), shown))
    return facts


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _active(kinds: Collection[str]) -> list[JobView]:
    active = session.active_jobs()
    if not kinds or not active:
        return active
    told_apart = session.supervisor().kinds()
    return [job for job in active if job_wording.kind_of(job, kinds=told_apart) in kinds]
