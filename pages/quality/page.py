"""Quality: pictures that stand out by a measure, with a line that can be moved and both sides of it in view."""

import streamlit as st

from analytics.quality_checks import CHECKS
from pages.quality import gates, view
from pages.ui import explain, job_cards, picture, session
from pages.ui.session import Here
from pages.ui.text import plain
from pages.ui.undo import draw_undo
from store.datasets import Dataset


def draw_how() -> None:
    """The popover on the method."""
    lines = [
        f"**{check.name.capitalize()}**: {check.unit}; the line starts at a score of {check.threshold:g}."
        for check in CHECKS.values()
    ]
    explain.how(
        "Three steps, kept apart. The **raw value** was measured at import and never changes. The **score** lies "
        "between 0 and 1, lower is worse. The **threshold** is yours: what scores lower is shown left, what stays "
        "right. Nothing is removed until you say so, and no file is touched.",
        parameters=[
            *lines,
            "Blurry scores v / (v + 250) of the Laplacian's variance v; larger pictures are measured at 256 pixels.",
            "Odd sizes: 0.5 is three interquartile ranges beyond the quartiles; where nearly all have one size, half "
            "or twice of it scores 0.5.",
            "A picture that is dark on purpose, or of a plain thing, is flagged as well: look before you remove.",
        ],
        sources=[
            "CleanVision 0.3 (the same three steps; its flags and these are compared in the tests)",
            "Pech-Pacheco et al., ICPR 2000 (variance of the Laplacian)",
            "Shannon, 1948 (entropy)",
        ],
    )


dataset: Dataset = session.require_dataset()
here: Here = session.here(dataset.id)
of_data = session.here_of_data(dataset.id)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Quality of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
gates.show(dataset)
counts = view.load_counts(*of_data)
if not counts:
    st.info("There is no picture to measure.", icon=":material/image_not_supported:")
    st.stop()

check = view.choose_check(counts)
threshold = view.choose_threshold(check)

scored = view.load_scored(*of_data, check)
shown = view.show_sides(here, dataset, scored, check=check, threshold=threshold)

draw_undo(dataset)
picture.open_asked(dataset, names=view.load_names(*here), neighbours=shown)
