"""The project: what it is about, who does what until when, ethics and hindsight, and what happened when."""

import streamlit as st

from pages.project import sheet, timeline
from pages.ui import explain, job_cards, session
from pages.ui.text import plain
from store.datasets import Dataset

SHEET, TIMELINE = "Sheet", "Timeline"

dataset: Dataset = session.require_dataset()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"The project behind {plain(dataset.name)}")
    explain.how(
        "What no computation knows: what the project is about, who did what, what is right to do with these pictures. "
        "A [report](report) takes its words from here.",
        parameters=[
            "A field is saved when it is left; every wording stays in the file, with who wrote it and when.",
            "Words are Markdown. `{claim 3}` stands for that claim's sentence, with its numbers of now.",
        ],
        label="What is this for?",
    )
job_cards.show_refusal()
chosen = st.segmented_control(
    "Part",
    [SHEET, TIMELINE],
    default=SHEET,
    required=True,
    key="part",
    bind="query-params",
    label_visibility="collapsed",
)
if chosen == TIMELINE:
    timeline.show(dataset)
else:
    sheet.show(dataset)
