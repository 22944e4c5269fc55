"""Comments beside what they are about: a button with a count, and the dialog with the threads behind `?comments=`."""

from collections.abc import Iterable

import streamlit as st

from pages.ui import job_cards, keep, picture, registry, session, threads
from pages.ui.text import plain
from store.datasets import Dataset
from store.pins import PAGE, Pin, Thread
from store.texts import NAME

PARAMETER = "comments"
_SILENT = ("reviewers",)  # pages that show comments themselves


def button(dataset: Dataset, pin: Pin, *, key: str, label: str = "Comments") -> None:
    """Draw the button that opens the threads on something; it says how many are open. label "": the icon alone."""
    counts = threads.load_counts(*threads.here(dataset.id)).get(pin.target)
    if not threads.exists(pin) or (counts is None and not session.may("comment")):
        return
    n = counts.n_open if counts is not None else 0
    number = f"({n})" if label and n else f"{n}" if n else ""
    st.button(
        " ".join(filter(None, [label, number])),
        key=f"comments_{key}",
        icon=":material/comment:",
        type="tertiary",
        help=None if label else "Comments",
        on_click=_ask,
        args=(pin.target,),
    )


def open_asked(dataset: Dataset, pins: Iterable[Pin]) -> None:
    """Open the dialog where the address names one of these; once a page. A picture's dialog goes first."""
    asked = st.query_params.get(PARAMETER)
    if asked is None or picture.PARAMETER in st.query_params:
        return
    pin = next((each for each in pins if each.target == asked and threads.exists(each)), None)
    if pin is not None:
        _dialog(dataset, pin)


def offer_on_page(folder: str) -> None:
    """In the sidebar: the button for comments on the page that is open, with its filters; and their dialog."""
    dataset = session.dataset_or_none()
    if dataset is None or folder not in registry.all_pages() or folder in _SILENT:
        return
    title = registry.all_pages()[folder].title
    pin = Pin(kind=PAGE, page=folder, query=keep.address(), title=title)
    with st.sidebar:
        label = "Comment on this page" if session.may("comment") else "Comments on this page"
        button(dataset, pin, key="page", label=label)
    open_asked(dataset, [pin])


def titled(text: str) -> str:
    """A title as a comment keeps it."""
    return text if len(text) <= NAME else f"{text[: NAME - 1]}…"


def _ask(target: str) -> None:
    st.query_params[PARAMETER] = target


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


@st.dialog("Comments", icon=":material/comment:", width="medium", on_dismiss=_close)
def _dialog(dataset: Dataset, pin: Pin) -> None:
    if PARAMETER not in st.query_params:
        st.rerun()
    job_cards.show_refusal()
    if pin.title:
        st.markdown(f"**{plain(pin.title)}**")
    if pin.kind == PAGE:
        filters = ", ".join(sorted(pin.query))
        st.caption(
            f"Kept with the page's filters as they are now: {plain(filters)}." if filters else "The page as it opens."
        )
    threads.show(dataset, pin, key=pin.target, note=_filters_of if pin.kind == PAGE else None)


def _filters_of(thread: Thread) -> str:
    """With which filters a comment on a page was written, where they are others than now."""
    if thread.first.query == keep.address():
        return ""
    names = ", ".join(sorted(thread.first.query)) or "none"
    return f":material/filter_alt: other filters: {plain(names)};"
