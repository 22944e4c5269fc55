"""Who is here, said at the edge of every page; and what a stranger gets instead of one."""

import html

import streamlit as st

from pages.ui import owner, sign_in, visitors
from pages.ui.base_path import under
from pages.ui.identity import Identity, read_cookies
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
            _link("Leave", under(f"{ENTER}/leave"))
    if actor.how == SIGN_IN:
        sign_in.offer_sign_out()


def turn_away() -> None:
    """The page of somebody who is not let in, or not any more."""
    actor = acting.current()
    if actor.how == LINK and actor.link_id is not None:
        st.title("Not open to you")
        st.write(actor.why)
        _link("Come in as somebody else", under(f"{ENTER}/leave"))
    elif visitors.signs_in():
        sign_in.offer(unlisted=_signed_in() if actor.how == SIGN_IN else None)
    else:
        st.title("Not open to you")
        st.write(actor.why or visitors.NOT_SET_UP)


def _signed_in() -> Identity | None:
    found = read_cookies(st.context.cookies)
    return found if isinstance(found, Identity) else None


def _link(label: str, address: str) -> None:
    """A link that is followed in the same tab."""
    st.html(f'<a href="{html.escape(address)}" target="_self">{html.escape(label)}</a>')
