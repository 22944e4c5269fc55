"""A queue of the review to be looked at, by those who may not decide: its pictures and questions, without keys."""

import streamlit as st

from pages.review import queue
from pages.review.view import BATCH, Shown, item_of
from pages.ui import gallery, picture


def show(shown: Shown, *, n_all: int) -> None:
    """The batch, and the way to those before and behind it. n_all: how many pictures the queue has."""
    items = []
    for row in shown.rows:
        about = item_of(row, shown)
        items.append(gallery.Item(int(row["image_id"]), row["sha256"], str(about["caption"]), str(about["why"] or "")))
    gallery.show(
        [gallery.Section(items)], key="review_look", label="Review: pictures of the queue", on_open=picture.ask_for
    )
    if n_all <= BATCH:
        return
    with st.container(horizontal=True):
        st.button(
            "Before",
            key="review_before",
            icon=":material/arrow_back:",
            on_click=queue.go_to,
            args=(max(shown.first - BATCH, 0),),
            disabled=not shown.first,
        )
        st.button(
            "Behind",
            key="review_behind",
            icon=":material/arrow_forward:",
            on_click=queue.go_to,
            args=(shown.first + BATCH,),
            disabled=shown.first + BATCH >= n_all,
        )
