"""The large run: its number and limits, what is new since, and what every run gave."""

from collections.abc import Sequence

import streamlit as st

from jobs.engine.spec import ACTIVE, JobView
from pages.collect import results
from pages.collect.plan import Plan
from pages.ui import job_cards, job_wording, order_fields, session
from pages.ui.text import plain
from store.connection import utc_now


def show(plan: Plan, runs: Sequence[JobView]) -> None:
    """The order, and what came of the runs there were."""
    if session.may("start_job"):
        if not any(results.is_pilot(job) for job in runs):
            st.info(
                "There was no pilot of this dataset. It costs minutes, and shows which queries are worth a large run.",
                icon=":material/science:",
            )
        _order(plan, runs)
    if not runs:
        st.caption("Nothing has been collected for this dataset yet.")
        return
    job = _choose(runs)
    st.subheader("What was found", anchor=False)
    results.show(job)
    results.explain_counts()
    if not job.is_active:
        job_cards.show_ended(job)


def _order(plan: Plan, runs: Sequence[JobView]) -> None:
    missing = plan.missing
    fields = order_fields.of(results.KIND)
    is_at_work = any(job.state in ACTIVE for job in runs)
    with st.container(border=True):
        st.markdown(plain(plan.in_words()) if not plan.lacking() else missing)
        left, right = st.columns(2)
        with left:
            most_requests = fields.whole(
                "max_requests", label="Requests at most", key="collect_requests", step=100, help=_LIMIT
            )
        with right:
            most_gb = fields.number("max_gb", label="Gigabytes at most", key="collect_gb", step=1.0, help=_LIMIT)
        asked = {**plan.parameters(), "max_requests": most_requests, "max_gb": most_gb}
        with st.container(horizontal=True):
            for label, icon, kind, more in (
                ("Collect", "download", "primary", {}),
                ("What is new since", "update", "secondary", {"new_only": True}),
            ):
                is_repeat = bool(more)
                if is_repeat and not runs:
                    continue
                st.button(
                    label,
                    type="primary" if kind == "primary" else "secondary",
                    icon=f":material/{icon}:",
                    disabled=bool(missing) or is_at_work,
                    help=_REPEAT if is_repeat else _COLLECT,
                    on_click=job_cards.attempt,
                    args=(session.supervisor().start, results.KIND),
                    kwargs={"dataset": plan.dataset.strip(), "parameters": {**asked, **more}, "who": job_cards.who()},
                )
        if missing and not plan.lacking():
            st.caption(missing)
        if is_at_work:
            st.caption("A collection of this dataset is at work.")


_LIMIT = "The run stops there, and can be gone on with. 0: no limit."
_COLLECT = "Fetches until each query has its number, its source has no more, or a limit is reached."
_REPEAT = "Asks the same again, and leaves a source once it has nothing that is not known from an earlier run."


def _choose(runs: Sequence[JobView]) -> JobView:
    """The run whose counts are shown: the newest, or another one."""
    if len(runs) == 1:
        return runs[0]
    titles = {job.id: _title(job) for job in runs}
    chosen = st.selectbox("Run", list(titles), format_func=titles.__getitem__, key="collect_run")
    return next(job for job in runs if job.id == chosen)


def _title(job: JobView) -> str:
    kind = "pilot" if results.is_pilot(job) else "what was new" if job.parameters.get("new_only") else "collection"
    when = job_wording.when(job_wording.started(job), zone=st.context.timezone, now=utc_now())
    return f"{when}, {kind}, {job_wording.STATES[job.state].word.lower()}"
