"""The small strip on every page: what is running, how far, how long still."""

import streamlit as st

from pages.parts import session


@st.fragment(run_every=2.0)
def show() -> None:
    """One line for each job that waits or runs."""
    for job in session.supervisor().active():
        st.progress(job.progress.share, text=f"{job.id}: {job.state}")
