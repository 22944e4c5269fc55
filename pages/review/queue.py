"""Which pictures are reviewed: the choice of a queue with what it asks for, its ids, and its words."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from figures.names import one_line
from pages.compare import queries as compare_queries
from pages.compare import results
from pages.label_noise.queries import LabelData
from pages.review import queries as review_queries
from pages.ui import job_cards, links, session
from pages.ui.session import Here, SettledGeneration
from pages.ui.text import plain
from store.datasets import Dataset
from store.review import ReviewQueue

PLACE, ALIKE = "from", "alike"  # in the URL: the first place shown, from 1; the picture whose like is shown
DOUBTED, OUTLIERS, CLASS, UNLABELLED = "Doubted labels", "Outliers", "A class", "Without a label"
DUPLICATES, SELECTION, BLIND, ACTIVE = "Duplicates", "A saved selection", "Blind sample", "What teaches most"
LIKE, EVERY_RUN, AT_ODDS = "What looks alike", "Wrong by every run", "Where people differ"
NAMES = {
    DOUBTED: "doubted",
    OUTLIERS: "outliers",
    CLASS: "class",
    UNLABELLED: "unlabelled",
    DUPLICATES: "duplicates",
    SELECTION: "selection",
    BLIND: "blind",
    ACTIVE: "active",
    EVERY_RUN: "every-run",
    AT_ODDS: "spot-check",
}
_OPENED = "review_opened"
_LONGEST_NAME = 60  # of a reviewer, also where a link gives it
NEED_A_CHECK = (DOUBTED, OUTLIERS, BLIND, ACTIVE)
MEASURES = {"Entropy": "entropy", "Smallest margin": "margin", "Disagreement": "disagreement"}
ABOUT = {
    DOUBTED: "Labels that the newest check doubts, certain errors first.",
    OUTLIERS: "Pictures that lie further out than almost all whose labels are believed, the furthest first.",
    CLASS: "All pictures of a class, those whose label the check believes least first.",
    UNLABELLED: "Pictures that came without a label.",
    DUPLICATES: "Groups of copies, one after the other, those whose labels differ first.",
    SELECTION: "A selection drawn and saved on the map.",
    BLIND: "Drawn at random, doubted or not, without saying which. What you find here says how many errors remain.",
    LIKE: "The picture and its neighbours, nearest first. A chooses all of them, then one key decides.",
    EVERY_RUN: "Pictures that all compared runs get wrong, those first whose label they believe least.",
    AT_ODDS: "Pictures of a closed spot check that people called by different classes, without knowing the label.",
    ACTIVE: "Pictures whose label would teach a classifier most; medoids lead, so that no two questions are alike.",
}


@dataclass(frozen=True)
class Queue:
    """title: one of NAMES' keys. ids: (n,) in order. blind_run: whose blind sample it is. note: what is missing."""

    title: str
    ids: np.ndarray
    blind_run: int | None = None
    note: str = ""


def reviewer() -> str:
    """Draw who decides: the signed-in person, or a name that can be typed, which is in the URL as `by`."""
    signed_in = job_cards.who()
    if signed_in != "app":
        return signed_in
    typed = st.text_input(
        "You are",
        key="by",
        bind="query-params",
        placeholder="app",
        width=120,
        max_chars=_LONGEST_NAME,
        help="Decisions are kept under this name, so that two people can be told apart.",
    )
    return one_line(str(typed or "").strip())[:_LONGEST_NAME] or signed_in


def choose(dataset: Dataset, here: Here, data: LabelData) -> Queue:
    """Draw the choice of what to review; its pictures."""
    title = str(
        st.selectbox(
            "What to review",
            list(NAMES),
            key="queue",
            bind="query-params",
            on_change=to_start,
            width=190,
            index=0 if data.runs else list(NAMES).index(CLASS),
        )
    )
    if title in NEED_A_CHECK and not data.runs:
        return Queue(title, np.zeros(0, np.int64), note="check")
    run_id = data.runs[0].run_id if data.runs else 0
    if title == BLIND:
        n = links.whole_number(
            "Pictures",
            20,
            1000,
            100,
            step=20,
            key="sample",
            width=130,
            on_change=to_start,
            help="How many are drawn. A quarter of them are doubted.",
        )
        sample = review_queries.load_blind(*session.here_of_data(dataset.id), run_id, n)
        return Queue(title, sample.image_ids, blind_run=run_id)
    if title == ACTIVE:
        return _active(here, data)
    if title == SELECTION:
        return _selection(dataset, here)
    if title == EVERY_RUN:
        return _every_run(here)
    if title == AT_ODDS:
        return _at_odds(here)
    class_index = None
    if title != UNLABELLED:
        class_index = _class(data.names, required=title == CLASS)
    wanted = ReviewQueue(NAMES[title], run_id, class_index)
    if title in (DOUBTED, OUTLIERS):
        return Queue(title, review_queries.load_doubted(*session.here_of_data(dataset.id), wanted))
    return Queue(title, review_queries.load_queue(*here, wanted))


def alike(here: Here, data: LabelData) -> Queue | None:
    """The queue of what looks like the picture in the URL, with its slider; None where none is asked for."""
    asked = links.number_in_url(ALIKE)
    graph = review_queries.load_graph(*here)
    if asked is None or graph is None:
        return None
    reach = review_queries.load_reach(*here, graph.run_id, asked)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        least = st.slider(
            "Alike from a cosine of",
            0.5,
            1.0,
            reach,
            0.01,
            key="near",
            bind="query-params",
            width=260,
            on_change=to_start,
        )
        same = st.toggle("Only with the same label", key="same", bind="query-params", on_change=to_start)
        ids = review_queries.load_alike(*here, graph.run_id, asked, float(least), bool(same))
        st.button("Back to the queue", icon=":material/arrow_back:", on_click=_leave_alike)
    return Queue(LIKE, ids)


def ask_alike(image_id: int) -> None:
    """Show what looks like a picture; a callback's work."""
    st.session_state["review_back"] = st.query_params.get(PLACE)
    st.query_params[ALIKE] = str(image_id)
    st.query_params.pop(PLACE, None)


def to_start() -> None:
    """Begin a queue with its first open picture; a callback's work."""
    st.query_params.pop(PLACE, None)


def place() -> int | None:
    """The place in the URL, from 0; None where none is named."""
    asked = links.number_in_url(PLACE)
    return asked - 1 if asked else None


def go_to(first: int) -> None:
    """Put a place, from 0, into the URL."""
    st.query_params[PLACE] = str(first + 1)


def say_missing(queue: Queue) -> None:
    """Why a queue is empty, and what to do about it."""
    if queue.note == "check":
        st.info("This needs a check of the labels, which has not been made yet.", icon=":material/rule:")
        session.link(session.PAGES.label_noise, label="Check the labels", icon=":material/play_circle:")
    elif queue.note:
        st.info(queue.note, icon=":material/info:")
    elif queue.title == DOUBTED:
        st.success("The newest check doubts no label.", icon=":material/check:")
    else:
        st.info(f"There is nothing to review here: {plain(queue.title.lower())}, none.", icon=":material/check:")


def _leave_alike() -> None:
    st.query_params.pop(ALIKE, None)
    back = st.session_state.pop("review_back", None)
    if back:
        st.query_params[PLACE] = back
    else:
        st.query_params.pop(PLACE, None)


def _active(here: Here, data: LabelData) -> Queue:
    run = data.runs[0]
    picked = str(st.selectbox("By", list(MEASURES), key="measure", bind="query-params", width=160, on_change=to_start))
    unlabelled = False
    if run.figures.get("n_unlabelled"):
        unlabelled = st.toggle("Only without a label", key="unlabelled", bind="query-params", on_change=to_start)
    measure = MEASURES[picked]
    opened = _opened_at(here, (run.run_id, measure, bool(unlabelled)))
    ids = review_queries.load_active(*here[:2], opened, run.run_id, run.space, measure, bool(unlabelled))
    return Queue(ACTIVE, ids)


def _opened_at(here: Here, asked: tuple[object, ...]) -> SettledGeneration:
    """The generation at which this visit opened a queue: ranked anew after each decision, it would lose one's place."""
    opened: dict[tuple[object, ...], SettledGeneration] = st.session_state.setdefault(_OPENED, {})
    return opened.setdefault((here[1], *asked), here[2])


def _selection(dataset: Dataset, here: Here) -> Queue:
    saved = {one_line(one.name): one for one in review_queries.load_selections(*here)}
    if not saved:
        return Queue(SELECTION, np.zeros(0, np.int64), note="No selection has been saved on the map yet.")
    picked = st.selectbox("Selection", list(saved), key="selection", bind="query-params", on_change=to_start, width=190)
    wanted = ReviewQueue("selection", selection_id=saved[str(picked)].id)
    return Queue(SELECTION, review_queries.load_queue(*here, wanted))


def _every_run(here: Here) -> Queue:
    """What the runs in the URL (`wrong`, `wrong_on`, `wrong_labels`), as the page Compare links them, get wrong."""
    data = compare_queries.load_data(*here)
    asked = str(st.query_params.get("wrong", "")).split(",")
    runs = tuple(run.run_id for run in data.runs if str(run.run_id) in asked)
    source = data.sources.get(str(st.query_params.get("wrong_on", "")))
    basis = str(st.query_params.get("wrong_labels", compare_queries.NOW))
    if (
        not runs
        or source is None
        or basis not in (compare_queries.NOW, compare_queries.IMPORTED, compare_queries.FROZEN)
    ):
        return Queue(EVERY_RUN, np.zeros(0, np.int64), note="Choose runs on the page Compare; its link leads here.")
    wanted = compare_queries.Wanted(runs, source, basis)
    kept = st.session_state.get(EVERY_RUN)
    if kept is None or kept[0] != wanted:  # a decision changes what is wrong; a place in the queue stays a place
        kept = (wanted, results.load_all_wrong(*here, wanted))
        st.session_state[EVERY_RUN] = kept
    return Queue(EVERY_RUN, kept[1])


def _at_odds(here: Here) -> Queue:
    """What people differ on in the closed spot check of the URL's number (`spot`), else of the newest."""
    ids = review_queries.load_at_odds(*here, links.number_in_url("spot") or 0)
    note = "" if ids is not None else "No spot check has been closed yet."
    return Queue(AT_ODDS, np.zeros(0, np.int64) if ids is None else ids, note=note)


def _class(names: list[str], *, required: bool) -> int | None:
    picked = st.selectbox(
        "Class",
        list(names),
        index=0 if required and names else None,
        key="class",
        bind="query-params",
        width=160,
        placeholder="All classes",
        on_change=to_start,
    )
    return names.index(picked) if picked in names else None
