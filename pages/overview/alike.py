"""Classes that differ in nothing but how their names are written, and the way to make them one."""

import streamlit as st

from analytics.alike_names import alike_names
from pages.overview.queries import Figures
from pages.ui import job_cards, session, undo
from pages.ui.text import count, listed, plain
from store.class_names import ANOTHER_WRITING, merge_classes
from store.datasets import Dataset
from store.decisions import recent_batches

MOST_SHOWN = 5


def show(dataset: Dataset, figures: Figures) -> None:
    """Say of each group of such classes how many pictures each has, with a button that gives all of them one class."""
    n_of = figures.matrix.per_class
    groups = [
        [index for index in group if index not in figures.gone and n_of[index]] for group in alike_names(figures.names)
    ]
    groups = [group for group in groups if len(group) > 1]
    for group in groups[:MOST_SHOWN]:
        into, *others = sorted(group, key=lambda index: (-n_of[index], index))
        parts = [f"**{plain(figures.names[index])}** ({count(int(n_of[index]), 'picture')})" for index in group]
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            n_others = sum(int(n_of[index]) for index in others)
            st.markdown(
                f":material/spellcheck: {listed(parts, at_most=6)} differ only in how they are written. If they are "
                f"one class, {count(n_others, 'picture')} can be relabelled at once; it can be taken back.",
                width="stretch",
            )
            if not session.may("merge_classes"):
                continue
            st.button(
                f"Make them “{plain(figures.names[into])}”",
                key=f"merge_{into}",
                on_click=job_cards.attempt,
                args=(merge_classes, session.workspace(), dataset.id),
                kwargs={"into": into, "others": others, "who": job_cards.who()},
            )
    _draw_undo(dataset)
    if len(groups) > MOST_SHOWN:
        st.caption(f"{count(len(groups) - MOST_SHOWN, 'more group')} of such names.")


def _draw_undo(dataset: Dataset) -> None:
    """The way back, where classes were made one last."""
    newest = recent_batches(session.workspace(), dataset.id, n_rows=1).to_pylist()
    if newest and str(newest[0]["reason"] or "").startswith(ANOTHER_WRITING):
        undo.draw_undo(dataset)
