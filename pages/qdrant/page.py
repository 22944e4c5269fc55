"""Qdrant: an embedding brought to a database of vectors that other programs search, and how far it lags behind."""

import streamlit as st

from pages.qdrant import form, view
from pages.qdrant.queries import load_collections, load_lag, load_spaces
from pages.ui import explain, job_cards, session
from pages.ui.text import plain
from store.datasets import Dataset


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "Each kept picture whose vector has a direction is a point: its vector, and its path, class, split, licence, "
        "open issues and versions. The workspace remembers of each point which vector and which payload Qdrant has "
        "acknowledged, and sends what is otherwise now: what is gone first, then labels and the like, then vectors. At "
        "the end the points are counted there, and a sample is read back whole.",
        parameters=[
            "Distance: cosine. A point's id is a UUID of version 5, of the dataset's name and the file's SHA-256.",
            "Sample: 100 pictures of all, and 100 of those that changed, drawn by the run's number; payloads must be "
            "the same, the cosine of the vectors at least 0.99999.",
            "A collection that is made otherwise is built beside the one there is; the alias leads to it once it is "
            "whole and compared.",
        ],
        sources=["Malkov and Yashunin, 2018 (HNSW)"],
    )


dataset: Dataset = session.require_dataset()
here = session.here(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Qdrant for {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
spaces = load_spaces(*here)
collections = load_collections(*here)
st.markdown(
    "Qdrant is a database of vectors that other programs search. A sync brings an embedding there, with what is known "
    "of each picture, and later what has changed."
)
job_cards.show_active(kinds=(form.KIND,))
view.show_unfinished(dataset)
by_name = {space.name: space for space in spaces}
for one in collections:
    space = by_name.get(one.space)
    view.show(dataset, one, load_lag(*here, dataset, space, one) if space else None)
if not spaces:
    st.info("There are no vectors to bring anywhere yet.", icon=":material/hourglass_empty:")
    session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
elif form.may_send():
    st.subheader("Bring vectors to Qdrant" if not collections else "To another place, or made otherwise", anchor=False)
    with st.container(border=True):
        form.show(dataset, spaces)
elif not collections:
    st.info(
        "Nothing has been brought to Qdrant. The owner can do it, at this machine.", icon=":material/hourglass_empty:"
    )
