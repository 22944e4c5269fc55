"""Keys of the service: made, shown once, listed, revoked."""

import datetime

import streamlit as st

from pages.ui import job_cards, session, tables
from pages.ui.text import count, plain
from service.keys import hash_of, new_secret
from store.connection import utc_now
from store.service_keys import ServiceKey, add_service_key, list_service_keys, revoke_service_key
from store.texts import NAME

_SECRET = "new_service_key"
LIFETIMES = {"30 days": 30, "a year": 365, "no end": 0}


def show() -> None:
    """The key that was just made, the form that makes one, and all that there are."""
    _show_new()
    made = list_service_keys(session.workspace())
    now = utc_now()
    valid = [key for key in made if key.is_valid(now)]
    st.markdown(
        f"{count(len(valid), 'key')} can be used now. This machine itself needs none; everybody else does."
        if made
        else "There is no key yet. This machine itself needs none; everybody else does."
    )
    with st.expander("Make a key", icon=":material/key:", expanded=not made):
        _form()
    if made:
        _table(made, now=now)
    for key in valid:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(key.name)}** (key {key.id})", width="content")
            st.button(
                "Revoke",
                key=f"revoke-{key.id}",
                icon=":material/block:",
                on_click=job_cards.attempt,
                args=(revoke_service_key, session.workspace(), key.id),
                kwargs={"who": job_cards.who()},
            )


def _show_new() -> None:
    """The secret, once: it is gone with the next thing that the visitor does."""
    secret = st.session_state.pop(_SECRET, None)
    if secret:
        st.success("This is the key. Copy it now: it is shown this once, and kept nowhere.", icon=":material/key:")
        st.code(secret, language=None)


def _form() -> None:
    names = {dataset.name: dataset.id for dataset in session.datasets()}
    with st.form("service_key", border=False, clear_on_submit=True):
        name = st.text_input("Whose it is, or what it is for", max_chars=NAME, placeholder="the annotation tool")
        chosen = st.multiselect("Datasets", list(names), placeholder="All, those to come as well")
        life = st.segmented_control("It can be used for", list(LIFETIMES), default="30 days", required=True)
        if st.form_submit_button("Make the key", type="primary"):
            days = LIFETIMES[str(life)]
            ids = [names[each] for each in chosen] or None
            job_cards.attempt(_make, name, ids, days)
            st.rerun()


def _make(name: str, dataset_ids: list[int] | None, days: int) -> None:
    secret = new_secret()
    expires = utc_now() + datetime.timedelta(days=days) if days else None
    add_service_key(
        session.workspace(),
        name=name,
        sha256=hash_of(secret),
        dataset_ids=dataset_ids,
        who=job_cards.who(),
        expires_at=expires,
    )
    st.session_state[_SECRET] = secret


def _table(made: list[ServiceKey], *, now: datetime.datetime) -> None:
    rows = [
        {
            "key": key.id,
            "name": key.name,
            "datasets": "all" if key.datasets is None else ", ".join(key.datasets) or "none any more",
            "made": key.made_at,
            "by": key.made_by,
            "until": key.expires_at,
            "used": key.last_used_at,
            "state": state_of(key, now=now),
        }
        for key in made
    ]
    times = {name: st.column_config.DatetimeColumn(title, format="D MMM YYYY, HH:mm") for name, title in _TIMES.items()}
    tables.show(rows, hide_index=True, column_config={"key": "Key", **times, **_TEXTS})


_TIMES = {"made": "Made", "until": "Until", "used": "Last used"}
_TEXTS = {"name": "Name", "datasets": "Datasets", "by": "By", "state": "State"}


def state_of(key: ServiceKey, *, now: datetime.datetime) -> str:
    """Whether a key can be used, in a word or two."""
    if key.revoked_at is not None:
        return f"revoked by {key.revoked_by}"
    return "can be used" if key.is_valid(now) else "expired"
