"""Health: one look says whether all is well; drift of what came in lately; limits and who is told."""

import streamlit as st

from analytics.drift_measures import ALPHA
from analytics.forecast import LEAST_STEPS
from evidence.health import dataset_checks, workspace_checks
from pages.health import drift, limits, now
from pages.health.queries import load_data
from pages.ui import explain, job_cards, session
from pages.ui.text import plain

VIEWS = NOW, DRIFT, LIMITS = "Now", "Drift", "Limits"


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "Each check is a number with a limit; the owner's limits count before those that are there from the beginning. "
        "**Drift** compares what came in lately with what was there before, by class shares, labels against earlier "
        "neighbours, measures of the pictures, and vectors. Each measure has a p value, most by permutation; all of a "
        "comparison are adjusted together (Holm), so that the chance of any false alarm of a comparison is at most the "
        f"level, {100 * ALPHA:g} % unless the owner says otherwise. Drift is called what is no chance and is at its "
        "limit as well: of many pictures the smallest change is no chance.",
        parameters=[
            "Pictures of one burst are alike; a day of few bursts can look like drift.",
            "A level is a comparison's, not a year's: a comparison a day at 1 % errs some three or four times a year.",
            f"When the disk is full is a forecast of a walk with drift, with its 80 % interval, from {LEAST_STEPS + 1} "
            "samples on; one is taken an hour while the app runs.",
            "Limits are looked at once a minute while the app runs, and at the end of a command where somebody is to "
            "be told. Each crossing is noted and told once.",
        ],
        sources=["Lopez-Paz and Oquab, ICLR 2017", "Holm, 1979", "Mann and Whitney, 1947", "Chhikara and Folks, 1989"],
    )


dataset = session.require_dataset()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Health of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
data = load_data(*session.here(dataset.id))
checks = dataset_checks(session.workspace(), dataset)
of_workspace = workspace_checks(session.workspace()) if session.sees_all() else []
now.headline([*checks, *of_workspace])
view = st.segmented_control(
    "View", VIEWS, default=NOW, required=True, key="view", bind="query-params", label_visibility="collapsed"
)
if view == DRIFT:
    drift.show(dataset, data, checks)
elif view == LIMITS:
    limits.show(dataset, checks, of_workspace=of_workspace)
else:
    now.show(dataset, data, [*checks, *of_workspace])
