"""Decisions to and from another workspace: a file to give away, and one to take in after seeing what it brings."""

import streamlit as st

from pages.ui import job_cards, session
from pages.ui.text import count, listed, plain
from store.datasets import Dataset
from store.decision_files import Merged, decisions_file, merge_decisions, preview_merge
from store.errors import StoreError

_CONFLICTS = {
    "list": "take it in, and list both opinions",
    "mine": "leave it out",
}


def show(dataset: Dataset) -> None:
    """The popover on bringing two curators' workspaces together."""
    with st.popover("Work with another workspace", icon=":material/group:"):
        st.markdown(
            "Two people can clean the same pictures on two machines. Each downloads a decisions file, the other takes "
            "it in: pictures are known by their bytes, classes by the names they were imported with."
        )
        workspace = session.workspace()
        st.download_button(
            "All decisions of this workspace",
            lambda: decisions_file(workspace, dataset.id, dataset=dataset.name),
            "decisions.json",
            "application/json",
            icon=":material/download:",
            on_click="ignore",
        )
        file = st.file_uploader("Decisions of another workspace", type="json", key="decisions_file")
        if file is not None:
            _offer(dataset, file.getvalue())


def _offer(dataset: Dataset, text: bytes) -> None:
    """What the file would bring, and the button that takes it in."""
    conflicts = st.selectbox(
        "Where somebody here decided otherwise",
        list(_CONFLICTS),
        format_func=_CONFLICTS.__getitem__,
        key="merge_conflicts",
    )
    try:
        found = preview_merge(session.workspace(), dataset.id, text, conflicts=conflicts)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.markdown(said(found))
    st.button(
        "Take these decisions in",
        type="primary",
        icon=":material/merge:",
        on_click=job_cards.attempt,
        args=(merge_decisions, session.workspace(), dataset.id, text),
        kwargs={"conflicts": conflicts},
        disabled=not (found.n_new or found.n_undone),
        key="merge_go",
    )


def said(found: Merged) -> str:
    """What a file brings, in a few lines of Markdown."""
    lines = []
    if found.n_new:
        lines.append(f"**{count(found.n_new, 'new decision')}** by {plain(listed(found.people))}.")
    else:
        lines.append("**Nothing new.**")
    if found.n_differ:
        lines.append(f"{count(found.n_differ, 'picture')} would stand under Two opinions, to be settled.")
    if found.n_left:
        lines.append(f"{count(found.n_left, 'decision')} left out: somebody here decided otherwise.")
    if found.n_undone:
        lines.append(f"{count(found.n_undone, 'decision')} taken back there since the last time, so here too.")
    if found.n_known:
        lines.append(f"{count(found.n_known, 'decision')} known here already.")
    if found.n_strange:
        lines.append(
            f"{count(found.n_strange, 'decision')} on pictures that are not here (the first: "
            f"{plain(found.first_strange)})."
        )
    return "  \n".join(lines)
