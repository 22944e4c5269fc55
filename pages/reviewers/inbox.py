"""The inbox: every thread of the dataset, filtered, with the way to what it is about and what is new since a look."""

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from figures.names import one_line
from pages.reviewers.queries import load_look
from pages.ui import job_cards, people, registry, session, threads
from pages.ui.comments import PARAMETER
from pages.ui.text import count, plain
from store.comments import note_look
from store.connection import utc_now
from store.datasets import Dataset
from store.pins import BLOCK, CLAIM, GENERAL, PAGE, PICTURE, VERSION, Comment, Pin, Thread

OPEN, RESOLVED, ALL, NEW = "Open", "Resolved", "All", "New"
STATES = (OPEN, RESOLVED, ALL, NEW)
ABOUT: Mapping[str, str] = {
    PICTURE: "Pictures",
    PAGE: "Pages",
    CLAIM: "Claims",
    BLOCK: "The report",
    VERSION: "Versions",
    GENERAL: "All of it",
}
A_PAGE = 20


@dataclass(frozen=True)
class Wanted:
    """state: of STATES; who: a person, "" for all; kind: of what, "" for everything."""

    state: str
    who: str
    kind: str

    def fits(self, thread: Thread, *, is_new: Callable[[Thread], bool]) -> bool:
        """Whether a thread is to be shown."""
        if self.who and self.who not in {one_line(each.who) for each in thread.comments}:
            return False
        if self.kind and thread.first.kind != self.kind:
            return False
        if self.state == NEW:
            return is_new(thread)
        return self.state == ALL or thread.state.resolved == (self.state == RESOLVED)


def show(dataset: Dataset) -> None:
    """The page's first view."""
    found = threads.every(dataset.id)
    if not found:
        if not session.may("take_in_review") or not threads.exists(Pin(kind=GENERAL)):
            st.info("Nobody has commented yet.", icon=":material/hourglass_empty:")
            _write_general(dataset)
            return
        st.markdown(
            "Nobody has commented yet. **Comment on this page** stands in the sidebar of every page, and a button for "
            "comments beside each picture, claim, block of the report and version. What reviewers write in a "
            "**bundle** (page Report, Take it along) comes in with their `review.json`, by **Take a review in**."
        )
        _write_general(dataset)
        return
    who = people.known()
    looked = load_look(*threads.here(dataset.id), who) if who else None
    _say_state(dataset, found, who=who, looked=looked)
    wanted = _choose(found)

    def is_new(thread: Thread) -> bool:
        return thread.is_new(to=who, since=looked)

    fitting = [each for each in found if wanted.fits(each, is_new=is_new)]
    if not fitting:
        st.info("No comment of that kind.", icon=":material/check:")
    marked = {each.first.id for each in fitting if looked is not None and is_new(each)}  # all new: no mark needed
    _draw(dataset, fitting, marked=marked)
    _write_general(dataset)


def link_of(comment: Pin, *, dataset: str) -> tuple[str, dict[str, str | list[str]]] | None:
    """The folder of the page that shows what a comment is about, and its address; None where there is none."""
    query: dict[str, str | list[str]] = {"dataset": dataset}
    if comment.kind == PICTURE:
        return "pictures", {**query, "image": str(comment.image_id)}
    if comment.kind == PAGE and comment.page in registry.all_pages():
        kept = {str(name): value for name, value in comment.query.items() if isinstance(value, str | list)}
        return comment.page, {**kept, **query, PARAMETER: comment.target}
    opens = {CLAIM: "claims", BLOCK: "report", VERSION: "versions"}
    if comment.kind not in opens:
        return None
    report = comment.query.get("report")
    of_report = {"report": report} if isinstance(report, str) else {}
    return opens[comment.kind], {**query, **of_report, PARAMETER: comment.target}


def _say_state(
    dataset: Dataset, found: Sequence[Thread], *, who: str, looked: datetime.datetime | None
) -> None:  # fmt: skip
    """How many are open and new, and the button that says they were seen."""
    n_open = sum(not each.state.resolved for each in found)
    n_new = sum(each.is_new(to=who, since=looked) for each in found)
    since = f" since you looked last, {threads.when(looked)}" if looked is not None else ""
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.markdown(
            f"**{count(len(found), 'thread')}**, {n_open:,} open; {n_new:,} new{since}.", width="content"
        )  # fmt: skip
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            if not session.may("note_look"):
                return
            people.ask("inbox")
            st.button(
                "I have seen these",
                icon=":material/done_all:",
                key="inbox_seen",
                disabled=not n_new,
                help="What others do from now on is new. It changes nothing for anybody else.",
                on_click=_seen,
                args=(dataset, utc_now()),
            )


def _seen(dataset: Dataset, at: datetime.datetime) -> None:
    """at: when the list was drawn, so that what came in meanwhile stays new."""
    job_cards.attempt(note_look, session.workspace(), dataset.id, who=people.said("inbox"), at=at)


def _choose(found: Sequence[Thread]) -> Wanted:
    names = sorted({one_line(comment.who) for thread in found for comment in thread.comments})
    kinds = [kind for kind in ABOUT if any(each.first.kind == kind for each in found)]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        state = st.segmented_control(
            "Show", STATES, default=OPEN, required=True, key="state", bind="query-params", on_change=_to_start
        )
        who = st.selectbox(
            "By whom",
            names,
            index=None,
            placeholder="Everybody",
            key="of",
            bind="query-params",
            width=200,
            on_change=_to_start,
        )
        about = st.selectbox(
            "About what",
            [ABOUT[kind] for kind in kinds],
            index=None,
            placeholder="Everything",
            key="about",
            bind="query-params",
            width=180,
            on_change=_to_start,
        )
    kind = next((kind for kind in kinds if ABOUT[kind] == about), "")
    return Wanted(str(state or OPEN), str(who or ""), kind)


def _to_start() -> None:
    st.session_state["page"] = 1


def _draw(dataset: Dataset, fitting: Sequence[Thread], *, marked: Collection[str]) -> None:
    """A page of threads."""
    n_pages = -(-len(fitting) // A_PAGE)
    page = min(max(st.pagination(n_pages, key="page", bind="query-params"), 1), n_pages) if n_pages > 1 else 1
    shown = fitting[(page - 1) * A_PAGE : page * A_PAGE]
    if n_pages > 1:
        st.caption(f"{len(shown)} of {count(len(fitting), 'thread')}")
    for thread in shown:
        with st.container(gap=None):
            _about(dataset, thread.first)
            threads.card(dataset, thread, key="inbox", is_new=thread.first.id in marked)


def _about(dataset: Dataset, comment: Comment) -> None:
    """What a thread is about, as the way there."""
    leads = link_of(comment, dataset=dataset.name)
    words = in_words(comment)
    if leads is None or not session.has_page(leads[0]):
        st.caption(words)
        return
    folder, query = leads
    session.link(
        getattr(session.PAGES, folder),
        label=words,
        icon=f":material/{registry.all_pages()[folder].icon}:",
        query_params=query,
    )


def in_words(comment: Comment) -> str:
    """What a comment is about, as Markdown: "Picture cats/1.png", "Claim 3: The dataset has ..."."""
    title = comment.title if len(comment.title) <= 90 else f"{comment.title[:89]}…"
    if comment.kind == PICTURE:
        at = "" if comment.x is None else ", a place in it"
        return f"Picture {plain(comment.path or comment.image_id)}{at}"
    if comment.kind == CLAIM:
        return f"Claim {comment.claim_id}" + (f": {plain(title)}" if title else "")
    if comment.kind == BLOCK:
        return f"Report: {plain(title)}" if title else "A block of the report"
    if comment.kind == VERSION:
        return f"Version {plain(title or comment.version_id)}"
    if comment.kind == PAGE:
        filters = f", with {', '.join(sorted(map(str, comment.query)))}" if comment.query else ""
        return f"Page {plain(title or comment.page)}{plain(filters)}"
    return "All of it"


def _write_general(dataset: Dataset) -> None:
    if not session.may("comment") or not threads.exists(Pin(kind=GENERAL)):
        return
    with st.expander("Comment on all of it", icon=":material/add_comment:", key="comment_on_all"):
        threads.write(dataset, Pin(kind=GENERAL), key="general")
