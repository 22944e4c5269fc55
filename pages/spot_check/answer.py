"""Answer: one picture large, and what it is; nothing of what anybody said of it before."""

from pathlib import Path

import streamlit as st

from pages.review.marks import class_choices
from pages.spot_check import choice, http
from pages.spot_check.http import Seat
from pages.ui import job_cards, session
from pages.ui.base_path import under
from pages.ui.filters import gone_classes
from pages.ui.text import count, plain
from store import spot_checks
from store.datasets import Dataset, class_table
from store.spot_checks import SpotCheck

_FOLDER = Path(__file__).parents[2] / "components" / "spot_check"
_COMPONENT = st.components.v2.component(
    "vitrine_spot_check",
    html=(_FOLDER / "spot_check.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "spot_check.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "spot_check.js").read_text(encoding="utf-8"),
)


def show(dataset: Dataset, check: SpotCheck, *, who: str) -> None:
    """The picture with its keys, or why there is none."""
    if not check.is_open:
        st.info(f"{choice.title(check.id)} is closed: nobody is asked any more.", icon=":material/lock:")
        return
    workspace = session.workspace()
    if any(each.reviewer == who for each in spot_checks.submissions(workspace, check.id)):
        st.success(f"{plain(who)} has handed in. Thank you.", icon=":material/check:")
        return
    desk = http.ahead(workspace, check, who)
    if not desk["n_all"]:
        people = count(check.n_reviewers, "person has", "people have")
        st.info(f"Every picture is answered: {people} seen each.", icon=":material/check:")
        return
    if not desk["items"]:
        _finish(dataset, check, who=who, n=int(str(desk["n_answered"])))
        return
    gone = gone_classes(class_table(workspace, dataset.id))
    _COMPONENT(
        data={
            "token": http.token_of(Seat(dataset.id, check.id, who)),
            "url": under(http.URL),
            "label": "Spot check: a picture to judge",
            "classes": class_choices(check.class_names, gone=gone),
            **desk,
        },
        key="spot_desk",
        on_finished_change=lambda: None,
    )


def _finish(dataset: Dataset, check: SpotCheck, *, who: str, n: int) -> None:
    """The end of the sample."""
    st.success(f"That was the whole sample: {count(n, 'answer')}.", icon=":material/done_all:")
    about = {"check_id": check.id, "reviewer": who}
    with st.container(horizontal=True):
        st.button(
            "Hand in",
            type="primary",
            icon=":material/send:",
            key="spot_submit",
            help="Your answers stay as they are from then on.",
            on_click=job_cards.attempt,
            args=(spot_checks.submit, session.workspace(), dataset.id),
            kwargs=about,
        )
        st.button(
            "Take the last answer back",
            icon=":material/undo:",
            key="spot_back",
            on_click=job_cards.attempt,
            args=(spot_checks.take_back, session.workspace(), dataset.id),
            kwargs=about,
        )
