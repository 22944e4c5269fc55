"""Reviewers: their comments in one inbox, a rubric with a sheet each, what comes of it, and words on labels."""

import streamlit as st

from pages.reviewers import criteria, inbox, labels, results, sheet, taken_in
from pages.reviewers.queries import load_names, load_result
from pages.ui import explain, job_cards, picture, session, threads
from pages.ui.text import plain
from store.datasets import Dataset

VIEWS = INBOX, SHEET, SUMMARY, LABELS = "Comments", "Your sheet", "Summary", "Words on labels"


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "A **comment** is pinned to a picture (or a place in it), a page with its filters, a claim, a block of the "
        "report, a version, or to nothing; what is written in a bundle comes to the same list. Whoever wrote one can "
        "edit or delete it, and every wording stays in the file. **New** is what others wrote, changed, resolved or "
        "reopened since you said that you have seen them. The **rubric** is scored on sheets; only submitted ones "
        "count. Means are of the scores given; a score of another scale is stretched to the criterion's.",
        parameters=[
            "Weighted total: the mean of each criterion as a share of the most there is, weighted; a criterion that "
            "nobody scored is left out.",
            "Spread: the standard deviation among reviewers (n - 1).",
            "Agreement: Krippendorff's alpha, ordinal, over all criteria and submitted sheets. 1: all alike; 0: as if "
            "by chance. From 0.8 on scores can be relied on, from 0.667 for tentative conclusions.",
            "Who came by a share link or a sign-in has a name of their own; on this machine a name is what was typed.",
        ],
        sources=["Krippendorff, 2011 (alpha)"],
    )


dataset: Dataset = session.require_dataset()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Reviewers of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
taken_in.say_brought()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    views = VIEWS if session.version_id() is None else VIEWS[:-1]  # the words are on labels as they are now
    view = st.segmented_control(
        "View", views, default=INBOX, required=True, key="view", bind="query-params", label_visibility="collapsed"
    )
    taken_in.offer(dataset)
shown: list[int] = []
if view == SHEET:
    result = load_result(*threads.here(dataset.id))
    sheet.show(dataset, result)
    if session.may("write_rubric"):
        criteria.show(dataset, result.rubric)
elif view == SUMMARY:
    results.show(dataset, load_result(*threads.here(dataset.id)))
elif view == LABELS:
    shown = labels.show(dataset)
else:
    inbox.show(dataset)
picture.open_asked(dataset, names=load_names(*threads.here(dataset.id)), neighbours=shown)
