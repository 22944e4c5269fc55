"""Share links: made, shown once, listed with who came by them, revoked."""

import datetime
from collections.abc import Mapping
from urllib.parse import urlsplit

import streamlit as st

from pages.ui import job_cards, owner, session
from pages.ui.base_path import base_path
from pages.ui.text import count, listed, plain
from store import access
from store.access import Guest, ShareLink
from store.acts import CURATOR, OWNER, REVIEWER, VIEWER, WORDS_OF_ROLES
from store.connection import utc_now
from store.datasets import Dataset
from store.seals import share_path
from store.texts import NAME
from store.versions import list_versions

ENDS = {"In a day": 1, "In a week": 7, "In two weeks": 14, "In a month": 30, "In three months": 91}
ALL, AS_IT_IS = "All of them", "As it is"
_MADE = "access_link_made"


def show() -> None:
    """The form for a new link, the one that was just made, and those there are."""
    if owner.listens_here() and not owner.names_elsewhere():
        st.info(
            "The app listens to this machine alone, so a link works here alone. To let others reach it, start it with "
            "`vitrine open --address 0.0.0.0 --host NAME`, or put a proxy before it (docs/access.md).",
            icon=":material/lan:",
        )
    _form()
    _just_made()
    workspace = session.workspace()
    links, guests = access.list_links(workspace), access.list_guests(workspace)
    if not links:
        st.caption("No link has been made yet.")
    names = {each.id: each.name for each in session.datasets()}
    for link in links:
        _card(link, [guest for guest in guests if guest.link_id == link.id], names)


def _form() -> None:
    datasets = {each.name: each for each in session.datasets()}
    with st.container(border=True):
        left, middle, right = st.columns(3)
        left.text_input("Whom it is for", key="link_title", max_chars=NAME, placeholder="Reviewers of the course")
        roles = [REVIEWER, VIEWER, CURATOR, OWNER]
        role = middle.selectbox("Role", roles, key="link_role", format_func=str.capitalize)
        right.selectbox("Ends", list(ENDS), index=2, key="link_ends")
        st.caption(f"{str(role).capitalize()}: {WORDS_OF_ROLES[str(role)]}.")
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        chosen = left.selectbox("Dataset", [ALL, *datasets], key="link_dataset", disabled=role == OWNER)
        dataset = datasets.get(str(chosen)) if role != OWNER else None
        frozen = [] if dataset is None else list_versions(session.workspace(), dataset.id)
        version = middle.selectbox("Version", [AS_IT_IS, *(each.name for each in frozen)], key="link_version")
        right.checkbox("People are not blurred for them", key="link_people", disabled=role in (OWNER, CURATOR))
        version_id = next((each.id for each in frozen if each.name == version), None)
        st.button(
            "Make a link",
            type="primary",
            icon=":material/add_link:",
            key="link_make",
            on_click=_make,
            args=(dataset, version_id),
        )


def _make(dataset: Dataset | None, version_id: int | None) -> None:
    state = st.session_state
    role = str(state["link_role"])
    made = job_cards.result_of(
        access.share,
        session.workspace(),
        title=str(state.get("link_title") or "").strip() or f"{role.capitalize()}s",
        role=role,
        expires_at=utc_now() + datetime.timedelta(days=ENDS[str(state["link_ends"])]),
        dataset_id=None if dataset is None else dataset.id,
        version_id=version_id,
        sees_people=bool(state.get("link_people")),
        who=job_cards.who(),
    )
    if made is not None:
        state[_MADE] = share_path(session.workspace(), *made)


def _just_made() -> None:
    path = st.session_state.pop(_MADE, None)
    if path is None:
        return
    with st.container(border=True):
        st.markdown(
            "**The link.** It is shown this once: copy it now. Whoever has it may come in, under a name of theirs."
        )
        st.code(f"{_address()}{path}", language=None, wrap_lines=True)


def _address() -> str:
    """Where the owner's browser reaches the app; behind a proxy others may reach it by another name."""
    parts = urlsplit(st.context.url or "")
    here = f"{parts.scheme}://{parts.netloc}" if parts.netloc else "http://localhost:8501"
    return f"{here}{base_path()}"


def _card(link: ShareLink, guests: list[Guest], names: Mapping[int, str]) -> None:
    shows = "all datasets" if link.dataset_id is None else plain(names.get(link.dataset_id, "a dataset that has gone"))
    if link.version_id is not None:
        shows += ", one version"
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{plain(link.title)}** · {link.role} · {shows} {_badge(link)}")
            st.caption(
                f"Made by {plain(link.who)} on {link.made_at:%d %B %Y}; ends {link.expires_at:%d %B %Y, %H:%M} UTC"
            )
            if guests:
                st.caption(
                    f"{count(len(guests), 'guest')}: {plain(listed([guest.name for guest in guests], at_most=8))}"
                )
        st.space("stretch")
        if link.is_open:
            st.button(
                "Revoke",
                icon=":material/link_off:",
                key=f"link_revoke_{link.id}",
                on_click=job_cards.attempt,
                args=(access.revoke, session.workspace()),
                kwargs={"link_id": link.id, "who": job_cards.who()},
            )


def _badge(link: ShareLink) -> str:
    if link.revoked_at is not None:
        return f":red-badge[revoked by {plain(link.revoked_by or '')}]"
    return ":green-badge[open]" if link.is_open else ":gray-badge[ended]"
