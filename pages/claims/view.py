"""A claim as a card: the sentence, then and now, the verdict with its reasons, and the ways on."""

import datetime

import streamlit as st

from evidence.verdicts import GONE, HOLDS, MOVED, Compared, Judged
from evidence.wording import in_words
from pages.claims import form
from pages.ui import comments, registry, session
from pages.ui.text import plain
from store.datasets import Dataset
from store.pins import CLAIM, Pin

BADGES = {
    HOLDS: ("holds", "check", "green"),
    MOVED: ("moved", "trending_up", "orange"),
    GONE: ("cannot be recomputed", "link_off", "red"),
}


def card(dataset: Dataset, judged: Judged) -> None:
    """One claim."""
    claim = judged.claim
    word, icon, colour = BADGES[judged.verdict]
    with st.container(border=True, gap="small", key=f"claim_{claim.id}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=f":material/{icon}:", color=colour)  # type: ignore[arg-type]  # one of Streamlit's
            st.caption(f"{claim.id}", width="content")
            st.space("stretch")
            _link(dataset, judged)
            comments.button(dataset, pin(judged), key=f"claim_{claim.id}")
            if session.may("edit_claim"):
                form.button(dataset, judged)
        st.markdown(f"**{plain(judged.then)}**")
        if judged.verdict == MOVED:
            st.markdown(f"Now: {plain(judged.now)}")
        for number in judged.numbers:
            st.caption(_then_and_now(number, is_alone=len(judged.numbers) == 1))
        if judged.why:
            st.caption(f"Since then: {plain('; '.join(judged.why))}.")
        for sentence in judged.weak:
            st.caption(f":orange[:material/warning:] {plain(sentence)}")


def pin(judged: Judged) -> Pin:
    """The claim as comments are pinned to it."""
    return Pin(kind=CLAIM, claim_id=judged.claim.id, title=comments.titled(judged.now))


def when(moment: datetime.datetime) -> str:
    """A time of a claim in words."""
    return f"{moment:%d %B %Y, %H:%M} UTC"


def _then_and_now(number: Compared, *, is_alone: bool) -> str:
    name = "" if is_alone else f"{plain(number.name.replace('_', ' '))}: "
    kept = f"{when(number.then.measured_at)}, {plain(number.then.who)}"
    if number.verdict == GONE:
        text = f"{name}then {in_words(number.then)} ({kept}). {plain(number.said)}"
    elif not number.by:
        text = f"{name}then and now {in_words(number.now)}{_ground(number)}. Kept {kept}."
    else:
        how = "" if number.verdict == MOVED else number.said.partition(number.by)[2].rstrip(".")
        now = f"now {in_words(number.now)}{_ground(number)}"
        text = f"{name}then {in_words(number.then)} ({kept}); {now}: moved {number.by}{how}."
    return text[0].upper() + text[1:]


def _ground(number: Compared) -> str:
    """What the number of now rests on: " on Test, n = 3,196, run 12"."""
    on = f" on {plain(number.now.evaluation_set)}" if number.now.evaluation_set else ""
    runs = f", run {', '.join(map(str, number.now.run_ids))}" if number.now.run_ids else ""
    n = f", n = {number.now.n:,}" if number.now.unit not in ("count", "bytes") else ""
    return f"{on}{n}{runs}"


def _link(dataset: Dataset, judged: Judged) -> None:
    """The way to the page that shows the number, with its filters; none where there is no such page any more."""
    claim = judged.claim
    if claim.page not in registry.all_pages():
        return
    query = {str(name): value for name, value in claim.query.items() if isinstance(value, str | list)}
    session.link(
        getattr(session.PAGES, claim.page),
        label="Show",
        icon=":material/arrow_forward:",
        query_params={**query, "dataset": dataset.name},
    )
