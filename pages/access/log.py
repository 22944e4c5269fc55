"""What was done: the audit log, newest first."""

import json

import streamlit as st

from pages.ui import session, tables
from store import audit
from store.acts import ACTS
from store.audit import Noted

ROWS = 200
ANYBODY, ANYTHING = "Anybody", "Anything"
_BEFORE = "access_log_before"


def show() -> None:
    """Filters, the log as a table, and a way to older lines."""
    workspace = session.workspace()
    people = {
        ANYBODY: "",
        **{f"{each.who or 'nobody said'} ({each.n:,})": each.who for each in audit.audit_people(workspace)},
    }
    acts = {ANYTHING: "", **{act.words.capitalize(): name for name, act in ACTS.items()}}
    left, right = st.columns(2)
    who = left.selectbox("Who", list(people), key="log_who", on_change=_from_the_newest)
    act = right.selectbox("What", list(acts), key="log_act", on_change=_from_the_newest)
    before = st.session_state.get(_BEFORE)
    lines = audit.list_audit(workspace, who=people[str(who)], act=acts[str(act)], before=before, n_rows=ROWS)
    if not lines:
        st.caption("Nothing of that kind was done." if before is None else "There is nothing older.")
    else:
        tables.show([_row(line) for line in lines], hide_index=True, height="content" if len(lines) < 20 else 600)
    with st.container(horizontal=True):
        if before is not None:
            st.button("The newest", icon=":material/first_page:", on_click=_from_the_newest, key="log_newest")
        if len(lines) == ROWS:
            st.button("Older", icon=":material/history:", on_click=_older, args=(lines[-1].id,), key="log_older")
    st.caption("Times are UTC. What jobs do by themselves once they are started is on the page Jobs.")


def _row(line: Noted) -> dict[str, object]:
    about = ", ".join(f"{name} {value}" for name, value in json.loads(line.about).items())
    by = f"link “{line.link}”" if line.link else line.how
    return {
        "When": f"{line.noted_at:%Y-%m-%d %H:%M:%S}",
        "Who": line.who or "nobody said",
        "Role": line.role,
        "Did": line.words,
        "Dataset": line.dataset or "",
        "About": about,
        "Came by": by,
        "From": line.came_from,
    }


def _older(before: int) -> None:
    st.session_state[_BEFORE] = before


def _from_the_newest() -> None:
    st.session_state.pop(_BEFORE, None)
