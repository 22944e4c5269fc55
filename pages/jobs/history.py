"""The history of jobs, narrowed by kind, state and dataset; the choice is in the URL."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from jobs.engine.spec import JobView
from pages.ui import job_wording, session


@dataclass(frozen=True)
class HistoryFilters:
    """What to show; None: everything."""

    kind: str | None = None
    state: str | None = None
    dataset: str | None = None


def history_filters(jobs: Sequence[JobView]) -> HistoryFilters:
    """Three selectors that offer what there is."""
    kinds = session.supervisor().kinds()
    names = sorted({job_wording.kind_of(job, kinds=kinds) for job in jobs})
    states = [state for state in job_wording.STATES if any(job.state == state for job in jobs)]
    datasets = sorted({job.dataset for job in jobs if job.dataset})
    left, middle, right = st.columns(3)
    with left:
        kind = _choose("Kind", names, key="job_kind", title=lambda name: job_wording.kind_title(name, kinds=kinds))
    with middle:
        state = _choose("State", states, key="job_state", title=lambda state: job_wording.STATES[state].word)
    with right:
        dataset = _choose("Of dataset", datasets, key="job_dataset", title=str)
    return HistoryFilters(kind, state, dataset)


def matching(jobs: Sequence[JobView], filters: HistoryFilters) -> list[JobView]:
    """The jobs that fit, in their order."""
    kinds = session.supervisor().kinds()
    return [
        job
        for job in jobs
        if filters.kind in (None, job_wording.kind_of(job, kinds=kinds))
        and filters.state in (None, job.state)
        and filters.dataset in (None, job.dataset)
    ]


def _first_page() -> None:
    st.session_state["job_page"] = 1


def _choose(label: str, options: Sequence[str], *, key: str, title: Callable[[str], str]) -> str | None:
    return st.selectbox(
        label,
        options,
        index=None,
        placeholder="All",
        format_func=title,
        key=key,
        bind="query-params",
        on_change=_first_page,
    )
