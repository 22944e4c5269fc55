"""When to stop: the ranking's precision by rank, the errors that remain, and what planted errors say."""

import streamlit as st

from analytics.stopping import Estimate
from figures.ranking import planted_found, precision_by_rank
from pages.review import queries
from pages.review.queue import BLIND
from pages.ui import charts, job_cards, keep, session
from pages.ui.session import Here, SettledGeneration
from pages.ui.text import count, share
from store.datasets import Dataset
from store.label_issues import LabelRun
from store.rows import JsonObject
from store.runs import newest_figures

_ENOUGH_BLIND, _ENOUGH_DOUBTED = 40, 10
_KIND = "planted-labels"


def show(dataset: Dataset, here: Here, run: LabelRun) -> None:
    """The three answers, one beside the other."""
    so_far = queries.load_stopping(*here, run.run_id)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(_advice(so_far), width="stretch")
        keep.offer(dataset, _claimable(so_far, has_planted=bool(_load_planted(*here))), page="review", key="review")
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("How often the ranking was right", anchor=False)
        _show_precision(so_far)
    with right:
        st.subheader("How many errors remain", anchor=False)
        _show_remaining(dataset, so_far)
    st.subheader("What share of errors this method finds", anchor=False)
    _show_planted(dataset, here)


def _claimable(so_far: queries.Stopping, *, has_planted: bool) -> list[keep.Proposal]:
    """The answers that there are, as claims of the newest check."""
    proposals = [keep.Proposal("precision-so-far")] if so_far.n_reviewed else []
    if so_far.plain.n_checked:
        proposals.append(keep.Proposal("errors-remaining", {"of": "plain"}))
    if so_far.flagged.n_checked >= _ENOUGH_DOUBTED:
        proposals.append(keep.Proposal("errors-remaining", {"of": "doubted"}))
    planted = [keep.Proposal("planted-found", {"kind": kind}) for kind in ("any", "alike")] if has_planted else []
    return [*proposals, *planted, keep.Proposal("labels-checked")]


def _advice(so_far: queries.Stopping) -> str:
    precision, plain = so_far.precision, so_far.plain
    if not len(precision.n):
        return "Nothing of the ranking has been reviewed yet. Review some, then come back."
    last = f"Of the last {precision.n[-1]:,} reviewed, {share(float(precision.share[-1]))} were really wrong"
    if plain.n_checked < _ENOUGH_BLIND:
        return f"{last}. A blind sample would tell how many errors are left among the pictures nobody doubts."
    base = plain.n_wrong / plain.n_checked
    if precision.high[-1] <= max(2 * base, 0.02):
        return (
            f"**The ranking has little more to give.** {last}, and among pictures drawn blind from those not doubted "
            f"it was {share(base)}: going on finds hardly more than chance does."
        )
    return f"**Going on pays.** {last}; among pictures drawn blind from those not doubted it was {share(base)}."


def _show_precision(so_far: queries.Stopping) -> None:
    precision = so_far.precision
    if not len(precision.n):
        st.info("Decide on some doubted labels first. “Label is right” is a false alarm.", icon=":material/info:")
        return
    charts.draw(precision_by_rank(precision))
    n, n_wrong = so_far.n_reviewed, so_far.n_wrong
    st.caption(
        f"{n_wrong:,} of {n:,} reviewed were really wrong ({share(n_wrong / n)}). Points: each step of the ranking, "
        "with its 95 % interval; dashed: all so far."
    )


def _show_remaining(dataset: Dataset, so_far: queries.Stopping) -> None:
    plain, flagged = so_far.plain, so_far.flagged
    if plain.n_checked:
        st.metric("Left among labels not doubted, about", _about(plain), help=_from(plain))
        st.caption(f"{_between(plain)}. {_from(plain)}")
    else:
        st.info(
            "Nobody has judged a blind sample yet, so nothing can be said of the "
            f"{count(so_far.totals.n_plain, 'picture')} that the check does not doubt. A hundred take five minutes.",
            icon=":material/visibility_off:",
        )
    if flagged.n_checked >= _ENOUGH_DOUBTED:
        st.metric("Left among those doubted and still open, about", _about(flagged), help=_from(flagged))
        st.caption(f"{_between(flagged)}. {_from(flagged)}")
    session.link(
        session.PAGES.review,
        label="Judge a blind sample",
        icon=":material/visibility_off:",
        query_params={"dataset": dataset.name, "queue": BLIND},
    )


def _about(estimate: Estimate) -> str:
    return f"{estimate.estimate:,.0f}"


def _between(estimate: Estimate) -> str:
    return f"95 % interval {estimate.low:,.0f} to {estimate.high:,.0f}"


def _from(estimate: Estimate) -> str:
    return (
        f"{estimate.n_wrong:,} wrong of {estimate.n_checked:,} drawn at random from "
        f"{count(estimate.n_population, 'picture')}; those found are put right and not counted."
    )


def _show_planted(dataset: Dataset, here: Here) -> None:
    figures = _load_planted(*here)
    job_cards.show_active(kinds=(_KIND,))
    if not figures:
        st.markdown(
            "Wrong labels can be planted in a copy of the labels, never in the data, and the check made again on the "
            "copy: how many of them does it find?"
        )
    else:
        with st.container(horizontal=True, gap="large"):
            for name, title in (("any", "Any other class"), ("alike", "A class likely to be mistaken")):
                figure = figures[name]
                st.metric(
                    f"{title}: found",
                    share(figure["share"]) if figure["n_planted"] else "–",
                    help=f"{figure['n_found']:,} of {figure['n_planted']:,}; 95 % interval {share(figure['low'])} to "
                    f"{share(figure['high'])}.",
                )
        st.caption(
            f"{count(figures['n_planted'], 'wrong label')} planted among pictures the check did not doubt, so somewhat "
            f"kinder than life; {count(figures['n_doubted'], 'label was', 'labels were')} doubted in all."
        )
        curve = figures["curve"]
        charts.draw(planted_found([point[0] for point in curve], found=[point[1] for point in curve]))
    if not session.may("start_job"):
        return
    st.button(
        "Plant again" if figures else "Plant wrong labels in a copy",
        icon=":material/science:",
        key="plant",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, _KIND),
        kwargs={"dataset": dataset.name, "who": job_cards.who()},
    )


@st.cache_data(max_entries=8, show_spinner=False)
def _load_planted(root: str, dataset_id: int, generation: SettledGeneration) -> JsonObject | None:
    return newest_figures(session.workspace(), dataset_id, kind=_KIND)
