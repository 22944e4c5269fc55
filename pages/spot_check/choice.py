"""Which view and which check are shown; both are in the URL."""

from collections.abc import Sequence

import streamlit as st

from store.spot_checks import SpotCheck

VIEWS = PLAN, ANSWER, RESULT = "Plan", "Answer", "Result"
_VIEW, _CHECK = "view", "check"


def view(checks: Sequence[SpotCheck]) -> str:
    """Draw the choice of a view; without a check it begins with the plan, with an open one with answering."""
    first = PLAN if not checks else ANSWER if checks[0].is_open else RESULT
    picked = st.segmented_control(
        "View", VIEWS, default=first, required=True, key=_VIEW, bind="query-params", label_visibility="collapsed"
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
