"""The report: the whole story of a dataset, complete from the start, to read, to work on, to present, to take along."""

from collections.abc import Sequence

import streamlit as st

from evidence.report.reports import Shown, begin, refresh
from evidence.report.topic import CHAPTERS
from pages.report import edit, out, present, view
from pages.report.queries import ReportData, here, load_blocks, load_reports
from pages.ui import comments, explain, job_cards, links, picture, session
from pages.ui.filters import class_labels
from pages.ui.text import count, plain
from store.datasets import Dataset, class_table
from store.reports import Report, forget_report, rename_report
from store.texts import NAME

READ, EDIT = "Read", "Edit"


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A report is a list of **blocks**. A new one is complete: each chapter of a final report holds what the "
        "workspace knows of it, and says what to run where it knows nothing. A block keeps the numbers that it was "
        "drawn from, so that a report does not change under its reader; when something was decided, imported or "
        "computed since that it shows, it says so, and can be drawn anew.",
        parameters=[
            "Words are yours, in Markdown; `{claim 3}` stands for that claim's sentence with its numbers of now.",
            "A chart of any page comes in by **Add to report** (:material/post_add:) below it, with its filters; "
            "it stays as it was added.",
            "Galleries are drawn by a seed, so that they show the same pictures again.",
            "Nothing is deleted: each wording of each block stays in the file. Who saves second is told so, and "
            "overwrites nothing.",
        ],
    )


def begin_first(dataset: Dataset) -> None:
    """What a report is, where there is none; ends the page."""
    st.markdown(
        f"Nobody has begun a report on {plain(dataset.name)} yet. A new one starts **complete**: an outline with all "
        "that is known so far drawn in, and a line where something is still to run. Then it is yours to word, to "
        "arrange, to present and to take along as HTML, PDF, slides or Markdown."
    )
    st.caption(" · ".join(CHAPTERS))
    if session.may("begin_report"):
        _begin_button(dataset, key="first", is_first=True)
    st.stop()


def _begin_button(dataset: Dataset, *, key: str, is_first: bool = False) -> None:
    st.button(
        "Begin a report" if is_first else "Begin another",
        type="primary" if is_first else "secondary",
        icon=":material/note_add:",
        key=f"report_begin_{key}",
        disabled=not dataset.n_images,
        on_click=_begin,
        args=(dataset,),
    )


def _begin(dataset: Dataset) -> None:
    made = job_cards.result_of(begin, session.workspace(), dataset, who=job_cards.who())
    if made is not None:
        st.query_params["report"] = str(made)


def choose(data: ReportData) -> Report:
    """The report that the address names, else the one that was changed last."""
    asked = links.number_in_url("report")
    return next((each for each in data.reports if each.id == asked), data.reports[0])


def draw_more(dataset: Dataset, data: ReportData, report: Report) -> None:
    """Choose another; and for those who may: rename, begin another, forget."""
    others = [each for each in data.reports if each.id != report.id]
    if not others and not session.may("change_report"):
        return
    with st.popover("", icon=":material/more_horiz:", help="More"):
        if session.may("change_report"):
            _draw_changes(dataset, report)
        for other in others[:10]:
            session.link(
                session.PAGES.report,
                label=plain(other.title),
                icon=":material/description:",
                query_params={"dataset": dataset.name, "report": str(other.id)},
            )


def _draw_changes(dataset: Dataset, report: Report) -> None:
    """Rename it, begin another, forget it."""
    key = f"{report.id}_{report.edition}"
    title = st.text_input("Title", value=report.title, max_chars=NAME, key=f"report_title_{key}") or ""
    about = {"report_id": report.id, "edition": report.edition, "who": job_cards.who()}
    st.button(
        "Rename",
        key=f"report_rename_{key}",
        icon=":material/edit:",
        disabled=not title.strip() or title.strip() == report.title,
        on_click=job_cards.attempt,
        args=(rename_report, session.workspace(), dataset.id),
        kwargs={**about, "title": title},
    )
    _begin_button(dataset, key=key)
    st.button(
        "Forget this report",
        key=f"report_forget_{key}",
        icon=":material/delete:",
        help="It counts no more. Its wordings stay in the file.",
        on_click=job_cards.attempt,
        args=(forget_report, session.workspace(), dataset.id),
        kwargs=about,
    )


def draw_bar(dataset: Dataset, data: ReportData, report: Report, blocks: Sequence[Shown]) -> str:
    """What can be done with the report; READ or EDIT."""
    n_stale = sum(each.is_stale and each.row.kind != "figure" for each in blocks)
    chosen = READ
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if session.may("change_report"):
            chosen = _choose_view()
            st.space("stretch")
            st.button(
                f"Draw anew what is old ({n_stale})" if n_stale else "Draw all anew",
                key="report_refresh",
                icon=":material/refresh:",
                type="primary" if n_stale else "tertiary",
                on_click=job_cards.attempt,
                args=(refresh, session.workspace(), dataset),
                kwargs={
                    "report_id": report.id,
                    "only": [each.row.id for each in blocks if each.is_stale] if n_stale else None,
                },
            )
        present.button(report)
        if session.may("start_job"):
            out.choose(dataset, report)
        draw_more(dataset, data, report)
    n_shown = report.n_blocks - report.n_hidden
    hidden = f", {report.n_hidden:,} hidden" if report.n_hidden else ""
    st.caption(
        f"{count(n_shown, 'block')}{hidden}; begun by {plain(report.begun_by)} on {report.begun_at:%d %B %Y}, last "
        f"changed {report.changed_at:%d %B %Y, %H:%M} UTC."
    )
    return chosen


def _choose_view() -> str:
    """READ or EDIT; in the URL as `view`."""
    chosen = st.segmented_control(
        "View",
        [READ, EDIT],
        default=READ,
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    return str(chosen)


dataset: Dataset = session.require_dataset()
data = load_reports(*here(dataset.id))
report = choose(data) if data.reports else None
if report is not None and present.is_on():
    present.show(dataset, report, load_blocks(*here(dataset.id), report.id))
    st.stop()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(plain(report.title) if report is not None else f"Report on {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
if report is None:
    begin_first(dataset)
else:
    blocks = load_blocks(*here(dataset.id), report.id)
    chosen = draw_bar(dataset, data, report, blocks)
    job_cards.show_active(kinds=("report", "bundle"))
    out.files(dataset, data, report)
    if chosen == EDIT:
        edit.draw(dataset, report, blocks, claims=data.claims)
    else:
        view.contents(blocks)
        shown = view.blocks(dataset, blocks)
        names = class_labels(class_table(session.workspace(), dataset.id))
        picture.open_asked(dataset, names=names, neighbours=shown)
        comments.open_asked(dataset, [view.pin(each) for each in blocks if not each.row.hidden])
