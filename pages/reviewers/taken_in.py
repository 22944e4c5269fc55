"""A review.json of a bundle taken in: what reviewers wrote far away comes to the same place as what is written here."""

import streamlit as st

from pages.ui import job_cards, session, uploads
from pages.ui.text import count, listed, plain
from store.datasets import Dataset
from store.reviews import TakenIn, merge_review

_BROUGHT = "review_brought"


def offer(dataset: Dataset) -> None:
    """Draw the way to take a review.json in."""
    if not session.may("take_in_review"):
        return
    with st.popover("Take a review in", icon=":material/upload_file:"):
        file = st.file_uploader(
            "review.json of a bundle", type="json", key="review_file", max_upload_size=uploads.REVIEW_MIB
        )
        st.button(
            "Take it in",
            type="primary",
            icon=":material/merge:",
            key="review_take",
            disabled=file is None,
            on_click=_merge,
            args=(dataset, file.getvalue() if file is not None else b""),
        )
        st.caption("Twice is once, and nothing is overwritten: what somebody says anew stands beside what they said.")


def say_brought() -> None:
    """What the file that was taken in last brought, once."""
    brought: TakenIn | None = st.session_state.pop(_BROUGHT, None)
    if brought is not None:
        st.success(describe(brought), icon=":material/check:")


def _merge(dataset: Dataset, text: bytes) -> None:
    brought = job_cards.result_of(merge_review, session.workspace(), dataset.id, text, who=job_cards.who())
    if brought is not None:
        st.session_state[_BROUGHT] = brought


def describe(brought: TakenIn) -> str:
    """What a file brought, in a few lines of Markdown."""
    new = [
        count(brought.n_comments, "comment"),
        count(brought.n_scores, "score"),
        count(brought.n_opinions, "word on a label", "words on labels"),
    ]
    n = brought.n_comments + brought.n_scores + brought.n_opinions
    lines = [f"**{plain(brought.reviewer)}**: {listed(new)} came in." if n else "**Nothing new.**"]
    if brought.n_known:
        lines.append(f"{count(brought.n_known, 'entry', 'entries')} known here already.")
    if brought.n_unknown:
        lines.append(
            f"{count(brought.n_unknown, 'picture is', 'pictures are')} not here and what was said of them was left "
            f"out: {plain(listed(list(brought.unknown), at_most=5))}."
        )
    return "  \n".join(lines)
