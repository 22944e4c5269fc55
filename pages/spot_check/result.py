"""Result: how many labels are wrong before and after cleaning, how far people agree, and where they do not."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics.kappa import Kappa
from analytics.stratified import Share
from evidence.report.topics.spot_check import MOST_CLASSES, chart_data
from evidence.spot_checks import NONE_OF_THESE, Differing, Result
from figures.confusion import confusion
from figures.drawn import draw_by_name
from pages.review.queue import AT_ODDS
from pages.spot_check import choice
from pages.ui import charts, gallery, job_cards, keep, picture, session, tables
from pages.ui.filters import name_of
from pages.ui.text import count, listed, percent, plain
from store import spot_checks
from store.datasets import Dataset
from store.spot_checks import SpotCheck

MOST_SHOWN = 60
_MOST_CONFUSED = 40
_BY = {"class": "class", "doubted": "doubted or not", "changed": "changed or not"}


def show(dataset: Dataset, result: Result) -> list[int]:
    """All of it; the ids that are drawn. Of an open check only how far it is, until somebody wants to know."""
    check = result.check
    _about(result)
    if check.is_open:
        if not session.may("close_check"):
            st.caption("What it says is shown once it is closed: whoever knows it answers no longer blind.")
            return []
        _close(dataset, check)
        _people(result)
        if not st.toggle("Show the result so far", key="peek"):
            st.caption(
                "Who has seen the result answers no longer blind, and a check that ends when its number is pleasant "
                "says less than its interval. Better close it first."
            )
            return []
    if not result.n_judged:
        st.info("Nobody has judged a picture yet.", icon=":material/hourglass_empty:")
        return []
    _facts(dataset, result)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("By class", anchor=False)
        _by_class(result)
    with right:
        st.subheader("What people say, by label", anchor=False)
        _confusion(result)
    if not check.is_open:
        _people(result)
    return _differing(dataset, result)


def _about(result: Result) -> None:
    check = result.check
    by = listed([_BY[each] for each in check.design.get("by") or [] if each in _BY])
    strata = f", strata by {by}" if by else ""
    of = f"version {plain(check.version)}" if check.version else "the labels as they stood then"
    state = f"closed by {plain(check.closed_by)} on {check.closed_at:%d %B %Y}" if check.closed_at else "open"
    st.caption(
        f"{choice.title(check.id)}, begun by {plain(check.who)} on {check.started_at:%d %B %Y}, {state}. "
        f"{count(result.n_judged, 'picture')} judged of {check.n_pictures:,} drawn at random{strata}; {of}."
    )


def _close(dataset: Dataset, check: SpotCheck) -> None:
    st.button(
        "Close the spot check",
        icon=":material/lock:",
        key="spot_close",
        help="No more answers are taken, and its numbers can be claimed.",
        on_click=job_cards.attempt,
        args=(spot_checks.close, session.workspace(), dataset.id),
        kwargs={"check_id": check.id, "who": job_cards.who()},
    )


def _facts(dataset: Dataset, result: Result) -> None:
    """The numbers, each with its interval, and the way to claim them."""
    with st.container(horizontal=True, gap="medium"):
        _share("Labels wrong as imported", result.before)
        _share("Labels wrong after cleaning", result.after)
        if result.doubts is not None:
            _share("Doubts that were right", result.doubts)
        _kappa(f"Agreement, {result.method}'s kappa", result.between, "judged by several people")
        _kappa("With oneself, Cohen's kappa", result.self_kappa, "judged twice by one person")
    with st.container(horizontal=True, vertical_alignment="center"):
        left_out = f"{count(result.n_cannot_tell, 'answer')} “cannot tell” left out. " if result.n_cannot_tell else ""
        none = f"{count(result.n_none, 'answer')} “{NONE_OF_THESE}”, which is a wrong label. " if result.n_none else ""
        st.caption(f"95 % intervals below each number. {left_out}{none}", width="stretch")
        if not result.check.is_open:
            proposals = _claimable(result)
            number = {"check": choice.title(result.check.id), "view": choice.RESULT}
            keep.offer(dataset, proposals, page="spot_check", key="spot_check", query=number)


def _share(label: str, found: Share) -> None:
    if not found.is_known:
        _fact(label, percent(None), "nothing judged")
        return
    ends = f"{percent(found.low)} to {percent(found.high)}"
    _fact(label, percent(found.share), ends, about=f"{count(found.n, 'picture')} of {found.n_population:,} judged.")


def _kappa(label: str, found: Kappa, what: str) -> None:
    if not found.is_known:
        _fact(label, percent(None), f"too few {what}")
        return
    about = f"{count(found.n, 'picture')}; {percent(found.same)} of pairs of answers are the same."
    _fact(label, f"{found.kappa:.2f}", f"{found.low:.2f} to {found.high:.2f}", about=about)


def _fact(label: str, value: str, below: str, *, about: str | None = None) -> None:
    st.metric(label, value, below, delta_color="off", delta_arrow="off", width="content", help=about)


def _claimable(result: Result) -> list[keep.Proposal]:
    number = {"check": result.check.id}
    sides = (("before", result.before), ("after", result.after))
    proposals = [keep.Proposal("spot-check-wrong", {**number, "when": when}) for when, share in sides if share.is_known]
    if result.doubts is not None and result.doubts.is_known:
        proposals.append(keep.Proposal("spot-check-doubts", number))
    for of, kappa in (("others", result.between), ("self", result.self_kappa)):
        if kappa.is_known:
            proposals.append(keep.Proposal("spot-check-kappa", {**number, "of": of}))
    return proposals


def _by_class(result: Result) -> None:
    data = chart_data(result)
    n_known = sum(each.before.is_known or each.after.is_known for each in result.classes)
    charts.draw(draw_by_name("spot-check", data))
    if n_known > MOST_CLASSES:
        st.caption(f"The {MOST_CLASSES} worst of {count(n_known, 'class', 'classes')} of which a picture was judged.")


def _confusion(result: Result) -> None:
    names = [*result.names, NONE_OF_THESE]
    counts = result.confusion
    used = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    if len(used) > _MOST_CONFUSED:
        wrong = counts - np.diag(np.diag(counts))
        used = np.sort(np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[:_MOST_CONFUSED])
    charts.draw(confusion(counts[np.ix_(used, used)], names=[names[place] for place in used]))
    more = f" The {_MOST_CONFUSED} classes with most differences." if len(used) == _MOST_CONFUSED else ""
    st.caption(f"Answers by label after cleaning (rows) and what people said.{more}")


def _people(result: Result) -> None:
    if not result.reviewers:
        return
    st.subheader("Who answered", anchor=False)
    rows = [
        {
            "Who": each.name,
            "Answers": each.n,
            "Cannot tell": each.n_cannot_tell,
            "Seconds a picture": None if each.seconds is None else round(each.seconds, 1),
            "Handed in": f"{each.submission.submitted_at:%Y-%m-%d %H:%M}" if each.submission else "",
        }
        for each in result.reviewers
    ]
    tables.show(rows, hide_index=True, height="content" if len(rows) <= 12 else 420)
    st.caption(
        f"{result.n_complete:,} of {count(result.n_asked, 'picture')} seen by as many people as planned "
        f"({result.check.n_reviewers:,})."
    )


def _differing(dataset: Dataset, result: Result) -> list[int]:
    """Pictures that people see differently."""
    if not result.differing:
        return []
    st.subheader("Where people differ", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        n = len(result.differing)
        st.caption(f"Showing {min(n, MOST_SHOWN):,} of {count(n, 'picture')}, with the label and each answer.")
        if not result.check.is_open:
            session.link(
                session.PAGES.review,
                label="Settle them in Review",
                icon=":material/fact_check:",
                query_params={"dataset": dataset.name, "queue": AT_ODDS, "spot": str(result.check.id)},
            )
    shown = result.differing[:MOST_SHOWN]
    items = [
        gallery.Item(each.image_id, each.sha256, _label(each, result.names), _said(each, result.names))
        for each in shown
    ]
    gallery.show([gallery.Section(items)], key="spot_differ", label="Where people differ", on_open=picture.ask_for)
    return [each.image_id for each in shown]


def _label(each: Differing, names: Sequence[str]) -> str:
    return "no label" if each.label is None else name_of(each.label, names=names)


def _said(each: Differing, names: Sequence[str]) -> str:
    every = [*names, NONE_OF_THESE]
    return ", ".join(f"{who}: {every[code]}" for who, code in each.said)
