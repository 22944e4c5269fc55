"""Decisions to and from another workspace: a file to give away, and one to take in after seeing what it brings."""

import streamlit as st

from pages.ui import job_cards, session, uploads
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
        file = st.file_uploader(
            "Decisions of another workspace", type="json", key="decisions_file", max_upload_size=uploads.DECISIONS_MIB
        )
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
        preview = preview_merge(session.workspace(), dataset.id, text, conflicts=conflicts)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return
    st.markdown(describe(preview))
    st.button(
        "Take these decisions in",
        type="primary",
        icon=":material/merge:",
        on_click=job_cards.attempt,
        args=(merge_decisions, session.workspace(), dataset.id, text),
        kwargs={"conflicts": conflicts},
        disabled=not (preview.n_new or preview.n_undone),
        key="merge_go",
    )


def describe(preview: Merged) -> str:
    """What a file brings, in a few lines of Markdown."""
    lines = []
    if preview.n_new:
        lines.append(f"**{count(preview.n_new, 'new decision')}** by {plain(listed(preview.people))}.")
    else:
        lines.append("**Nothing new.**")
    if preview.n_differ:
        lines.append(f"{count(preview.n_differ, 'picture')} would stand under Two opinions, to be settled.")
    if preview.n_left:
        lines.append(f"{count(preview.n_left, 'decision')} left out: somebody here decided otherwise.")
    if preview.n_undone:
        lines.append(f"{count(preview.n_undone, 'decision')} taken back there since the last time, so here too.")
    if preview.n_known:
        lines.append(f"{count(preview.n_known, 'decision')} known here already.")
    if preview.n_repeated:
        lines.append(f"{count(preview.n_repeated, 'decision')} that the file has twice, counted once.")
    if preview.n_strange:
        lines.append(
            f"{count(preview.n_strange, 'decision')} on pictures that are not here (the first: "
            f"{plain(preview.first_strange)})."
        )
    return "  \n".join(lines)
