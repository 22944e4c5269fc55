"""Who is here, said at the edge of every page; and what a stranger gets instead of one."""

import html

import streamlit as st

from pages.ui import gate, owner, visitors
from pages.ui.text import plain
from store import acting
from store.acting import HERE, LINK, OPEN, SIGN_IN, Actor
from store.seals import ENTER


def show(actor: Actor) -> None:
    """Say in the sidebar as whom somebody is here, and in red where everybody may do everything."""
    if owner.settings().open_to_all and not owner.listens_here():
        st.error(
            "**Open to all:** whoever reaches this address may decide, delete and start jobs, under any name. "
            "Share links or a sign-in would change that (`vitrine share`).",
            icon=":material/lock_open:",
        )
    if actor.how in (HERE, OPEN):
        return
    with st.sidebar:
        st.caption(f"You are here as **{plain(actor.name)}** ({actor.role}).")
        if actor.how == LINK:
            _link("Leave", f"{gate.base_path()}{ENTER}/leave")
        if actor.how == SIGN_IN:
            visitors.offer_sign_out()


def turn_away() -> None:
    """The page of somebody who is not let in, or not any more."""
    actor = acting.current()
    if actor.how == LINK and visitors.signs_in() and not actor.why:
        visitors.offer_sign_in()
        return
    st.title("Not open to you")
    st.write(actor.why or visitors.NOT_SET_UP)
    if actor.how == LINK and actor.link_id is not None:
        _link("Come in as somebody else", f"{gate.base_path()}{ENTER}/leave")
    if visitors.signs_in():
        visitors.offer_sign_in()


def _link(label: str, address: str) -> None:
    """A link that is followed in the same tab."""
    st.html(f'<a href="{html.escape(address)}" target="_self">{html.escape(label)}</a>')
