"""Jobs drawn as cards: running ones alive, ended ones with what came of them and what can be done next."""

from collections.abc import Callable, Collection

import streamlit as st

from jobs.spec import HELD, QUEUED, JobView
from jobs.supervisor import REFUSALS
from pages.parts import job_words, session
from pages.parts.text import plain
from store.connection import utc_now

LIVE_S = 1.0
_CANCELLING = "jobs_being_cancelled"
_REFUSED = "job_refusal"


def who() -> str:
    """Who starts a job: the signed-in person's address, or the app."""
    return str(st.user.to_dict().get("email") or "app")


def attempt(action: Callable[..., str | None], *arguments: object, **named: object) -> str | None:
    """Do what the visitor asked of the supervisor; a refusal is kept and shown by `show_refusal`."""
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
    busy = any(_wanted(job, kinds) for job in session.supervisor().active())
    st.fragment(_active_cards, run_every=LIVE_S if busy else None)(tuple(kinds))


def show_ended(job: JobView, *, expanded: bool = False) -> None:
    """A card of a job that has ended or was only prepared."""
    with st.container(border=True):
        _heading(job)
        st.markdown(plain(job_words.outcome(job)))
        _ended_caption(job)
        _buttons(job)
        _details(job, expanded=expanded)


def _active_cards(kinds: tuple[str, ...]) -> None:
    show_refusal()
    for job in session.supervisor().active():
        if _wanted(job, kinds):
            _active_card(job)


def _active_card(job: JobView) -> None:
    with st.container(border=True, key=f"card-{job.id}"):
        _heading(job)
        st.progress(job.progress.share, text=job_words.how_far(job))
        attempt_word = f"attempt {job.attempt}, what was finished before is kept" if job.attempt > 1 else ""
        message = f"{job.progress.message}." if job.progress.message else ""
        st.caption(
            plain(
                " ".join(filter(None, [message, _sentence(job_words.how_fast(job)), _sentence(attempt_word)]))
            )
        )
        cancelling: set[str] = st.session_state.setdefault(_CANCELLING, set())
        mark = f"{job.id}-{job.attempt}"
        label = "Cancelling…" if mark in cancelling else "Cancel"
        if st.button(label, key=f"cancel-{mark}", icon=":material/stop_circle:", disabled=mark in cancelling):
            attempt(session.supervisor().cancel, job.id)
            cancelling.add(mark)
            st.rerun(scope="app" if job.state == QUEUED else "fragment")
        _details(job)


def _heading(job: JobView) -> None:
    state = job_words.STATES[job.state]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(job_words.title(job))}**", width="content")
        st.badge(state.word, icon=f":material/{state.icon}:", color=state.colour)


def _ended_caption(job: JobView) -> None:
    parts = [job_words.when(job_words.started(job), zone=st.context.timezone, now=utc_now())]
    seconds = job_words.duration_s(job)
    if seconds is not None:
        parts.append(f"took {job_words.span(seconds)}")
    if job.attempt > 1:
        parts.append(f"{job.attempt} attempts")
    if job.n_failed:
        parts.append(f"{job.n_failed:,} failed")
    parts += [f"asked for by {job.who}"] if job.who else []
    st.caption(plain(", ".join([*parts, job.id])))


def _buttons(job: JobView) -> None:
    supervisor = session.supervisor()
    mark = f"{job.id}-{job.attempt}"
    with st.container(horizontal=True, gap="small"):
        if job.can_resume:
            label, icon = ("Start", "play_arrow") if job.state == HELD else ("Resume", "resume")
            st.button(
                label, key=f"resume-{mark}", icon=f":material/{icon}:", help="Goes on with what is still missing.",
                on_click=attempt, args=(supervisor.resume, job.id),
            )  # fmt: skip
        if job.state != HELD:
            label = "Import again" if job.kind == "import" else "Run again"
            st.button(
                label, key=f"retry-{mark}", icon=":material/replay:",
                help="A new job with the same parameters; only what is new, changed or missing is done.",
                on_click=attempt, args=(supervisor.retry, job.id), kwargs={"who": who()},
            )  # fmt: skip
        if job.kind == "import":
            at = {"dataset": job.dataset}
            st.page_link(
                session.PAGES.overview, label="Overview", icon=":material/dashboard:", query_params=at
            )
            st.page_link(
                session.PAGES.failures, label="Not taken in", icon=":material/broken_image:", query_params=at
            )


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
        left.table(_shown(job.parameters), border="horizontal", hide_header=True)
        if job.figures:
            right.caption("Figures")
            right.table(_shown(job.figures), border="horizontal", hide_header=True)
        st.caption("End of the log")
        st.code(
            session.supervisor().log_of(job.id) or "Nothing yet.", language=None, wrap_lines=True, height=220
        )
        if job.kind != "import" and not job.is_active:
            _elsewhere(job)


def _elsewhere(job: JobView) -> None:
    workspace = session.workspace().root
    st.caption(
        "To run it on another machine (a lab server, a Colab notebook), pack it with its pictures and code, "
        "and bring the results back:"
    )
    st.code(
        f"python -m jobs pack {job.id} --workspace '{workspace}'\n"
        f"python -m jobs unpack results.zip --job {job.id} --workspace '{workspace}'",
        language="bash",
        wrap_lines=True,
    )


def _shown(values: object) -> dict[str, list[str]]:
    """Names and values as two columns of text for st.table, which reads markdown: escaped."""
    pairs = [(name, value) for name, value in dict(values).items() if value not in ("", None)]
    return {
        "name": [plain(str(name).replace("_", " ")) for name, _ in pairs],
        "value": [plain(f"{value:,}" if type(value) is int else str(value)) for _, value in pairs],
    }


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _wanted(job: JobView, kinds: Collection[str]) -> bool:
    return not kinds or job_words.kind_of(job) in kinds
