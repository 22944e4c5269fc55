"""The switch that blurs people in every gallery, report and export of a dataset."""

import streamlit as st

from pages.detections.queries import load_people
from pages.ui import job_cards, session
from pages.ui.session import Here
from pages.ui.text import count, plain
from store import privacy
from store.datasets import Dataset


def show(dataset: Dataset, here: Here) -> None:
    """What the switch does, how many pictures it concerns, and the switch."""
    workspace = session.workspace()
    now = privacy.privacy_of(workspace, dataset.id)
    knows = bool(privacy.people_runs(workspace).get(dataset.id))
    is_on = now is not None and now.blurs_people
    least = now.min_score if now is not None else privacy.MIN_SCORE
    if not knows:
        st.info(
            "No detection of this dataset knows people, so nothing can be counted or blurred.",
            icon=":material/person_off:",
        )
        return
    people = load_people(*here, round(least, 3))
    st.markdown(
        f"**{people.n_with:,} of {count(people.n_scanned, 'picture')}** {'shows' if people.n_with == 1 else 'show'} "
        f"people, from a score of {least:.2f} on, by any detection of this dataset."
    )
    n_unseen = people.n_images - people.n_scanned
    if n_unseen:
        st.caption(f"{count(n_unseen, 'picture')} that no detector has looked at would be blurred whole.")
    chosen = st.slider(
        "Blur people from a score of",
        0.05,
        0.9,
        float(round(least, 2)),
        0.05,
        key="privacy_score",
        help="Low is safe: more is blurred in vain, fewer people are missed.",
    )
    if is_on and now is not None:
        st.caption(f"On since {now.decided_at:%d %B %Y, %H:%M} UTC, by {plain(now.who)}.")
    with st.container(horizontal=True):
        if not is_on or abs(chosen - least) > 1e-6:
            label = "Blur the people" if not is_on else "Blur from this score"
            st.button(
                label, icon=":material/blur_on:", type="primary", key="blur_on", on_click=_switch, args=(dataset, True)
            )
        if is_on:
            st.button(
                "Show them again", icon=":material/blur_off:", key="blur_off", on_click=_switch, args=(dataset, False)
            )
    st.caption(
        "The server blurs before a picture is sent: galleries, the map and its exports, large pictures. Exports hold "
        "blurred copies of the pictures with people; crops of people are refused meanwhile. It follows the pictures: "
        "they are blurred in every other dataset too, saved anew or made smaller, and on the Import page. The files "
        "themselves stay as they are. A detector misses some people; look through the gallery before you share."
    )


def _switch(dataset: Dataset, blurs: bool) -> None:
    job_cards.attempt(
        privacy.switch_blur,
        session.workspace(),
        dataset.id,
        blurs=blurs,
        who=job_cards.who(),
        min_score=float(st.session_state.get("privacy_score", privacy.MIN_SCORE)),
    )
