"""Comments in the dialog of a picture: threads below it, and the places in it that they are about."""

from collections.abc import Sequence

import streamlit as st

from pages.ui import job_cards, session, threads
from pages.ui.text import count
from store.datasets import Dataset
from store.pins import PICTURE, Pin, Thread

_DOT = (
    "position:absolute;transform:translate(-50%,-50%);width:1.5rem;height:1.5rem;border-radius:50%;"
    "border:2px solid #fff;box-shadow:0 0 0 1px #0009;display:flex;align-items:center;justify-content:center;"
    "font:600 .8rem/1 sans-serif;color:#fff;pointer-events:none;"
)


def places(dataset: Dataset, image_id: int) -> str:
    """HTML to lay over the picture: a numbered dot for each open comment on a place, a ring for the one being written.

    "" where there is neither.
    """
    dots = [
        _dot(thread.first.x or 0, thread.first.y or 0, words=str(number), colour="#2f6fb3")
        for number, thread in enumerate(_placed(_open_on(dataset, image_id)), 1)
    ]
    chosen = _chosen(image_id)
    return "".join([*dots, *([_dot(*chosen, words="", colour="#fff3")] if chosen is not None else [])])


def show(dataset: Dataset, image_id: int, *, has_places: bool) -> None:
    """The threads on a picture in an expander, which is open where something is."""
    found = threads.on(dataset.id, Pin(kind=PICTURE, image_id=image_id).target)
    if not found and not session.may("comment"):
        return
    still_open = [each for each in found if not each.state.resolved]
    label = count(len(still_open), "open comment") if still_open else "Comments"
    opened = st.expander(
        label,
        expanded=bool(still_open),
        key=f"comments_of_{image_id}",
        icon=":material/comment:",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        job_cards.show_refusal()
        placed = _placed(still_open)
        place = _choose(image_id) if has_places and session.may("comment") else None
        x, y = place if place is not None else (None, None)
        pin = Pin(kind=PICTURE, image_id=image_id, x=x, y=y)
        threads.show(dataset, pin, key=f"picture-{image_id}", note=lambda thread: _note(thread, placed))


def _choose(image_id: int) -> tuple[float, float] | None:
    """Draw the choice of a place; shares of width and height."""
    if not st.toggle("The next comment is on a place in the picture", key=_key(image_id, "on")):
        return None
    with st.container(horizontal=True):
        x = st.slider("From the left", 0, 100, 50, format="%d %%", key=_key(image_id, "x"), width=220)
        y = st.slider("From the top", 0, 100, 50, format="%d %%", key=_key(image_id, "y"), width=220)
    return x / 100, y / 100


def _chosen(image_id: int) -> tuple[float, float] | None:
    """The place that is chosen now: the picture is drawn before the sliders."""
    if not st.session_state.get(_key(image_id, "on")):
        return None
    x, y = (st.session_state.get(_key(image_id, axis), 50) for axis in ("x", "y"))
    return int(x) / 100, int(y) / 100


def _key(image_id: int, what: str) -> str:
    """Of a widget of the place; another one once a comment was saved, so that the next is on all of the picture."""
    return f"place_{what}_{image_id}_{threads.rounds()}"


def _open_on(dataset: Dataset, image_id: int) -> list[Thread]:
    found = threads.on(dataset.id, Pin(kind=PICTURE, image_id=image_id).target)
    return [each for each in found if not each.state.resolved]


def _placed(found: Sequence[Thread]) -> list[Thread]:
    """Those on a place, the oldest first: so their numbers stay as others come."""
    return sorted((each for each in found if each.first.x is not None), key=lambda each: each.first.begun_at)


def _note(thread: Thread, placed: Sequence[Thread]) -> str:
    """Which dot a thread has; where a resolved one was."""
    first = thread.first
    if first.x is None or first.y is None:
        return ""
    number = next((n for n, each in enumerate(placed, 1) if each.first.id == first.id), None)
    where = f"{100 * first.x:.0f} % from the left, {100 * first.y:.0f} % from the top"
    return f"{where};" if number is None else f":blue-badge[{number}] {where};"


def _dot(x: float, y: float, *, words: str, colour: str) -> str:
    return f'<span style="{_DOT}left:{100 * x:.2f}%;top:{100 * y:.2f}%;background:{colour}">{words}</span>'
