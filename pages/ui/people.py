"""Who is at work: the person who is signed in, or a name that is typed once and kept for the visit."""

import streamlit as st

from figures.names import one_line
from pages.ui import job_cards

LONGEST_NAME = 60
_NAME = "typed_name"


def known() -> str:
    """Who is at work, as far as it is known; "" where nobody has said."""
    signed_in = job_cards.who()
    if signed_in != "app":
        return signed_in
    return str(st.session_state.get(_NAME) or _cleaned(st.query_params.get("by", "")))


def ask(key: str) -> str:
    """Who is at work; where nobody is signed in, a field for the name is drawn. key: tells it from others' fields."""
    signed_in = job_cards.who()
    if signed_in != "app":
        return signed_in
    typed = st.text_input(
        "Your name",
        value=known(),
        key=f"name_{key}",
        max_chars=LONGEST_NAME,
        width=220,
        help="What you write is kept under this name, and only this name can change it.",
    )
    name = _cleaned(str(typed or ""))
    st.session_state[_NAME] = name
    return name


def said(key: str) -> str:
    """Who is at work by the field of that key, for callbacks: they run before it is drawn anew."""
    typed = st.session_state.get(f"name_{key}")
    if job_cards.who() == "app" and typed is not None:
        st.session_state[_NAME] = _cleaned(str(typed))
    return known()


def _cleaned(typed: str) -> str:
    return one_line(typed.strip())[:LONGEST_NAME]
