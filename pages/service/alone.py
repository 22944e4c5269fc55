"""The service without the app: an index is written as a folder, and served by a command, here or elsewhere."""

import shlex

import streamlit as st

from jobs.engine.spec import DONE
from pages.ui import job_cards, job_wording, owner, session
from pages.ui.text import plain
from store.datasets import Dataset

KIND = "service-index"


def show(dataset: Dataset) -> None:
    """What to type, the button that writes the index, and what the last one holds."""
    st.markdown(
        "For a machine of its own: the index is a folder with vectors, thumbnails and the best network, people blurred "
        "where the dataset's rule says so. It can be copied anywhere; a service that runs takes up a new version by "
        "itself."
    )
    # where the workspace lies is for those who sit at this machine
    folder = shlex.quote(str(session.workspace().root)) if owner.is_local() else "WORKSPACE"
    st.code(command_lines(dataset.name, workspace=folder), language="bash")
    job_cards.show_active(kinds=(KIND,))
    st.button(
        "Write the index",
        icon=":material/dns:",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, KIND),
        kwargs={"dataset": dataset.name, "parameters": {}, "who": job_cards.who()},
    )
    jobs = session.supervisor().jobs()
    last = next((job for job in jobs if (job.kind, job.dataset_id, job.state) == (KIND, dataset.id, DONE)), None)
    if last is not None:
        st.caption(plain(job_wording.outcome(last, kinds=session.supervisor().kinds())))


def command_lines(dataset: str, *, workspace: str) -> str:
    """What is typed to write an index, to serve it, and to let others in."""
    return f"""\
vitrine index --dataset {shlex.quote(dataset)} --workspace {workspace}
vitrine serve --workspace {workspace}                      # http://127.0.0.1:8600/docs
vitrine key add "the annotation tool" --workspace {workspace}
vitrine serve --workspace {workspace} --address 0.0.0.0    # for other machines; they need a key"""
