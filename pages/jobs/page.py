"""Jobs: start an embedding, watch what runs, and go back to what has run."""

import streamlit as st

from pages.jobs import embed_form
from pages.jobs.history import history_filters, matching
from pages.ui import job_cards, job_strip, session

JOBS_A_PAGE = 10

job_strip.forget_notes()
st.title("Jobs")
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(
        "Work that takes longer than a click. It goes on when you leave this page, or close it.",
        width="content",
    )
    with st.popover("How does this work?", type="tertiary"):
        st.markdown(
            "Each job is a process of its own. It hands its results over in batches; a batch that has been "
            "handed over stays, whatever happens to the job: cancelled, killed, computer switched off. "
            "*Resume* computes only what is still missing. Images a second are those of the last ten "
            "seconds, time left is the rest at that speed. "
            "The same from a terminal: `vitrine list`, `run`, `cancel`, `resume`, `pack`."
        )

jobs = session.jobs()
job_cards.show_refusal()
job_cards.show_active()
embed_form.show(jobs)

st.subheader("History")
past = [job for job in jobs if not job.is_active]
if not past:
    st.caption("Nothing has run in this workspace yet.")
    st.stop()
shown = matching(past, history_filters(past))
n_pages = max(1, -(-len(shown) // JOBS_A_PAGE))
slot = st.container()
number = st.pagination(n_pages, key="job_page", bind="query-params") if n_pages > 1 else 1
with slot:
    first = (number - 1) * JOBS_A_PAGE
    for job in shown[first : first + JOBS_A_PAGE]:
        job_cards.show_ended(job)
    st.caption(f"{len(shown[first : first + JOBS_A_PAGE])} of {len(shown):,} jobs drawn ({len(past):,} in all).")
