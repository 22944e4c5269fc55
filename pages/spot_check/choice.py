"""Which view and which check are shown; both are in the URL."""

from collections.abc import Sequence

import streamlit as st

from pages.ui import session
from store.spot_checks import SpotCheck

VIEWS = PLAN, ANSWER, RESULT = "Plan", "Answer", "Result"
_VIEW, _CHECK = "view", "check"


def view(checks: Sequence[SpotCheck]) -> str:
    """Draw the choice of a view; without a check it begins with the plan, with an open one with answering.

    Who may not begin a check has no plan, and who may not answer no desk.
    """
    may = {
        PLAN: session.may("start_check") and session.version_id() is None,
        ANSWER: session.may("answer_check"),
        RESULT: True,
    }
    views = [each for each in VIEWS if may[each]]
    wished = PLAN if not checks else ANSWER if checks[0].is_open else RESULT
    first = wished if wished in views else views[0]
    picked = st.segmented_control(
        "View", views, default=first, required=True, key=_VIEW, bind="query-params", label_visibility="collapsed"
    )
    return str(picked)


def check(checks: Sequence[SpotCheck]) -> SpotCheck:
    """Draw the choice of a check, where there are several; the newest by default."""
    titles = {title(each.id): each for each in checks}
    if len(checks) == 1:
        return checks[0]
    picked = st.selectbox("Which", list(titles), key=_CHECK, bind="query-params", width=190)
    return titles.get(str(picked), checks[0])


def title(check_id: int) -> str:
    """What a check is called."""
    return f"Spot check {check_id}"


def go_to(check_id: int, *, view: str) -> None:
    """Show a check; a callback's work."""
    st.session_state[_VIEW] = view
    st.session_state[_CHECK] = title(check_id)
