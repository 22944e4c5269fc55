"""What happened when: drawn from imports, computations, decisions, versions and claims, with notes of people on it."""

import datetime

import streamlit as st

from pages.project.queries import here, load_timeline
from pages.ui import explain, job_cards, report_parts, session
from pages.ui.text import plain
from store.datasets import Dataset
from store.project import add_timeline_note, forget_timeline_note
from store.texts import REASON


def show(dataset: Dataset) -> None:
    """The chart, the notes, the log."""
    data = load_timeline(*here(dataset.id))
    if not data.chart:
        st.info("Nothing has happened yet.", icon=":material/hourglass_empty:")
        return
    report_parts.draw(data.chart, key="timeline", dataset=dataset.name)
    explain.how(
        "Every import, computation, version and claim is a dot; decisions are counted by day, act and person, and a "
        "larger dot stands for more of them. Times are UTC."
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader("Notes", anchor=False)
        for note in data.notes:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{note.day:%d %B %Y}** {plain(note.text)}", width="stretch")
                st.caption(plain(note.who), width="content")
                if not session.may("note_timeline"):
                    continue
                st.button(
                    "",
                    icon=":material/delete:",
                    help="Forget this note",
                    type="tertiary",
                    key=f"note_out_{note.id}",
                    on_click=job_cards.attempt,
                    args=(forget_timeline_note, session.workspace(), dataset.id),
                    kwargs={"note_id": note.id, "who": job_cards.who()},
                )
        if session.may("note_timeline"):
            _add(dataset)
    with right:
        st.subheader("Decisions by day and person", anchor=False)
        if data.log:
            report_parts.draw(data.log, key="log", dataset=dataset.name)
        else:
            st.caption("Nobody has decided on a picture yet.")


def _add(dataset: Dataset) -> None:
    with st.form("note", clear_on_submit=True, border=False):
        day = st.date_input("Day", value="today", key="note_day")
        text = st.text_input("Note", max_chars=REASON, key="note_text", placeholder="What happened on that day") or ""
        sent = st.form_submit_button("Add the note", icon=":material/push_pin:")
    if sent and text.strip() and isinstance(day, datetime.date):
        job_cards.attempt(add_timeline_note, session.workspace(), dataset.id, day=day, text=text, who=job_cards.who())
        st.rerun()
