"""People who sign in: their roles, from this page and from a file."""

import streamlit as st

from pages.ui import job_cards, session, tables, visitors
from pages.ui.text import plain
from store import access
from store.access import Grant
from store.access_file import Listed, written
from store.acts import CURATOR, OWNER, REVIEWER, VIEWER
from store.texts import NAME


def show() -> None:
    """Whether anybody can sign in, the form for a role, and the roles there are."""
    if not visitors.signs_in():
        st.info(
            "Nobody can sign in yet: name a provider of OpenID Connect in `.streamlit/secrets.toml` (docs/access.md). "
            "Roles that are given here count from then on.",
            icon=":material/login:",
        )
    _form()
    workspace = session.workspace()
    names = {each.id: each.name for each in session.datasets()}
    standing = [each for each in access.list_grants(workspace) if each.stands]
    listed = visitors.listed_people(workspace)
    for grant in standing:
        _card(grant, names, overruled=any(each.address == grant.address for each in listed))
    if not standing and not listed:
        st.caption("Nobody has a role yet.")
    if listed:
        st.markdown(f"**From {plain(visitors.access_file(workspace).name)}**, which counts before what is given here")
        tables.show([_row(each) for each in listed], hide_index=True)
    if standing:
        st.download_button(
            "As a file for a repository",
            written([_as_listed(each, names) for each in standing]),
            file_name="access.toml",
            icon=":material/download:",
            type="tertiary",
        )


def _form() -> None:
    with st.container(border=True):
        left, middle, right = st.columns(3)
        left.text_input("Address", key="grant_address", max_chars=NAME, placeholder="ana@uni.example or @uni.example")
        middle.selectbox("Role", [REVIEWER, VIEWER, CURATOR, OWNER], key="grant_role", format_func=str.capitalize)
        right.multiselect(
            "Datasets", [each.name for each in session.datasets()], key="grant_datasets", placeholder="All of them"
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Give this role", type="primary", icon=":material/person_add:", key="grant_give", on_click=_give)
            st.checkbox("People are not blurred for them", key="grant_people")


def _give() -> None:
    state = st.session_state
    ids = [each.id for each in session.datasets() if each.name in (state.get("grant_datasets") or ())]
    job_cards.attempt(
        access.grant,
        session.workspace(),
        address=str(state.get("grant_address") or ""),
        role=str(state["grant_role"]),
        dataset_ids=ids or None,
        sees_people=bool(state.get("grant_people")),
        who=job_cards.who(),
    )


def _card(grant: Grant, names: dict[int, str], *, overruled: bool) -> None:
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            shown = _datasets(grant, names)
            st.markdown(f"**{plain(grant.address)}** · {grant.role} · {plain(', '.join(shown) or 'all datasets')}")
            file = " · the file says otherwise, and counts" if overruled else ""
            st.caption(f"Given by {plain(grant.who)} on {grant.granted_at:%d %B %Y}{file}")
        st.space("stretch")
        st.button(
            "Take away",
            icon=":material/person_remove:",
            key=f"grant_withdraw_{grant.id}",
            on_click=job_cards.attempt,
            args=(access.withdraw, session.workspace()),
            kwargs={"grant_id": grant.id, "who": job_cards.who()},
        )


def _datasets(grant: Grant, names: dict[int, str]) -> list[str]:
    return [] if grant.dataset_ids is None else [names.get(each, "one that has gone") for each in grant.dataset_ids]


def _as_listed(grant: Grant, names: dict[int, str]) -> Listed:
    datasets = None if grant.dataset_ids is None else tuple(_datasets(grant, names))
    return Listed(grant.address, grant.role, datasets, grant.sees_people)


def _row(person: Listed) -> dict[str, object]:
    datasets = "all" if person.datasets is None else ", ".join(person.datasets)
    return {"Address": person.address, "Role": person.role, "Datasets": datasets, "Sees people": person.sees_people}
