"""What was decided last, with the way back; on every page where one decides."""

import streamlit as st

from pages.ui import job_cards, session
from pages.ui.text import count
from store.datasets import Dataset
from store.decisions import latest_batch, recent_batches, undo


def draw_undo(dataset: Dataset) -> None:
    """Say what was decided last, with the button that takes it back."""
    if not session.may("undo"):
        return
    workspace = session.workspace()
    last = latest_batch(workspace, dataset.id, who=job_cards.who())
    if last is None:
        return
    about = next((row for row in recent_batches(workspace, dataset.id).to_pylist() if row["batch"] == last), None)
    if about is None:
        return
    words = {"relabel": "relabelled", "remove": "removed", "keep": "kept", "restore": "restored", "flag": "flagged"}
    done = " and ".join(words.get(act, act) for act in about["acts"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Last: {count(about['n_standing'], 'picture')} {done}, {about['decided_at']:%d %B, %H:%M} UTC.",
            width="content",
        )
        st.button(
            "Take it back",
            icon=":material/undo:",
            type="tertiary",
            key=f"undo_{last}",
            on_click=job_cards.attempt,
            args=(undo, workspace, dataset.id),
            kwargs={"who": job_cards.who(), "batch": last},
        )
