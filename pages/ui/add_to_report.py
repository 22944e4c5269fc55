"""“Add to report”: a chart as it is drawn on a page, with the page's filters, as a block of a report."""

from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from evidence.report.reports import add, add_figure, as_plotly, begin
from figures.chart import Chart
from pages.ui import job_cards, keep, registry, session
from pages.ui.text import plain
from store.datasets import Dataset
from store.report_blocks import BlockDraft
from store.reports import list_reports
from store.texts import NAME

_ASKED, _ADDED = "add_to_report_asked", "add_to_report_added"
NEW = 0


def offer(chart: Chart, *, key: str) -> None:
    """Draw the button below a chart, and its dialog while it is open. key: tells the chart from the page's others."""
    dataset = session.dataset_or_none()
    if dataset is None or chart.is_empty or not session.may("change_report"):
        return
    if st.session_state.get(_ADDED) == key:
        del st.session_state[_ADDED]
        st.toast("Added at the end of the report: page Report.", icon=":material/post_add:")
    with st.container(horizontal=True, horizontal_alignment="right", height="content", gap=None):
        st.button(
            "",
            key=f"to_report_{key}",
            icon=":material/post_add:",
            type="tertiary",
            help="Add to report",
            on_click=_ask,
            args=(key,),
        )
    if st.session_state.get(_ASKED) == key:
        _dialog(dataset, chart, key)


def offer_topic(dataset: Dataset, draft: BlockDraft, *, key: str) -> None:
    """Draw a button that puts what a topic draws at the end of the newest report, or of a new one."""
    if not session.may("change_report"):
        return
    if st.session_state.get(_ADDED) == key:
        del st.session_state[_ADDED]
        st.toast("Added at the end of the report: page Report.", icon=":material/post_add:")
    st.button(
        "Add to report",
        key=f"to_report_{key}",
        icon=":material/post_add:",
        type="tertiary",
        on_click=_add_topic,
        args=(dataset, draft, key),
    )


def _add_topic(dataset: Dataset, draft: BlockDraft, key: str) -> None:
    def act(who: str) -> int:
        workspace = session.workspace()
        reports = list_reports(workspace, dataset.id)
        report_id = reports[0].id if reports else begin(workspace, dataset, who=who)
        asked = replace(draft, query=urlencode(keep.address(), doseq=True))
        return add(workspace, dataset, asked, report_id=report_id, who=who)

    if job_cards.result_of(act, job_cards.who()) is not None:
        st.session_state[_ADDED] = key


def _ask(key: str) -> None:
    st.session_state[_ASKED] = key


def _close() -> None:
    st.session_state.pop(_ASKED, None)


@st.dialog("Add to report", icon=":material/post_add:", width="medium", on_dismiss=_close)
def _dialog(dataset: Dataset, chart: Chart, key: str) -> None:
    if st.session_state.get(_ASKED) != key:
        st.rerun()
    job_cards.show_refusal()
    reports = {each.id: each.title for each in list_reports(session.workspace(), dataset.id)}
    offered = reports or {NEW: "a new report, complete"}
    chosen = st.selectbox(
        "Report", list(offered), format_func=lambda each: plain(offered[each]), key=f"to_report_which_{key}"
    )
    title = st.text_input("Title", value=chart.alt[:NAME], max_chars=NAME, key=f"to_report_title_{key}") or ""
    caption = st.text_area("Caption", max_chars=2_000, height=80, key=f"to_report_caption_{key}") or ""
    st.button(
        "Add",
        type="primary",
        icon=":material/post_add:",
        key=f"to_report_add_{key}",
        on_click=_add,
        args=(dataset, chart, int(chosen or NEW), title, caption, key),
    )
    st.caption("It stays as it is drawn now, and says so when something was decided or computed since.")


def _add(dataset: Dataset, chart: Chart, report_id: int, title: str, caption: str, key: str) -> None:
    def act(who: str) -> int:
        workspace = session.workspace()
        return add_figure(
            workspace,
            dataset,
            figure=as_plotly(chart.figure.to_json()),
            alt=chart.alt,
            title=title,
            caption=caption,
            page=_folder(),
            query=urlencode(keep.address(), doseq=True),
            report_id=report_id or begin(workspace, dataset, who=who),
            who=who,
        )

    if job_cards.result_of(act, job_cards.who()) is not None:
        _close()
        st.session_state[_ADDED] = key


def _folder() -> str:
    """The folder of the page that is open."""
    current = st.session_state.get(registry.CURRENT, "")
    return current if current in registry.all_pages() else ""
