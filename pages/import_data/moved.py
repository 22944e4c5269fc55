"""A dataset whose folder is not there any more: say where it is now, and it is found by what its pictures hold."""

import streamlit as st

from pages.ui import job_cards, session
from pages.ui.text import LONGEST_PATH, plain
from store.datasets import Dataset


def is_there(dataset: Dataset) -> bool:
    """Whether the dataset's folder can be seen; points have none, and lack none."""
    return dataset.is_there


def ask(dataset: Dataset) -> str | None:
    """Ask where a dataset's folder is now; the id of the job that looks there, once it is said."""
    with (
        st.popover("It has moved", icon=":material/drive_file_move:"),
        st.form(f"moved-{dataset.id}", border=False),
    ):
        folder = st.text_input(
            "Where it is now",
            key=f"moved-to-{dataset.id}",
            placeholder="/media/disk/animals",
            max_chars=LONGEST_PATH,
            help="Every picture is looked for under the name that it had, and compared by its content.",
        )
        asked = st.form_submit_button("Find it again", type="primary")
    if not asked:
        return None
    if not folder.strip():
        st.error("Name the folder that holds the pictures now.", icon=":material/block:")
        return None
    return start(dataset, folder.strip())


def offer(dataset: Dataset, *, root: str) -> str | None:
    """Say that a folder holds the pictures of a dataset whose own is gone; the job's id, once that is what it is."""
    with st.container(border=True):
        st.markdown(
            f":material/drive_file_move: These look like the pictures of **{plain(dataset.name)}**, whose folder "
            f"{plain(dataset.root)} is not there any more. If it has moved here, its vectors, decisions and results "
            "stay with it; imported under another name it starts without them."
        )
        if st.button("It has moved here", key="moved_here", type="primary"):
            return start(dataset, root)
    return None


def start(dataset: Dataset, folder: str) -> str | None:
    """Start looking for a dataset's pictures in a folder; the job's id, None where it was refused, which is shown."""
    return job_cards.result_of(
        session.supervisor().start,
        "move",
        dataset=dataset.name,
        parameters={"folder": folder},
        who=job_cards.who(),
    )
