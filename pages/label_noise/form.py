"""The order for a label check: which embedding, which filter, how strict."""

import streamlit as st

from figures.names import one_line
from pages.detections import compare
from pages.ui import job_cards, order_fields, session
from pages.ui.text import count
from store.datasets import Dataset
from store.detections import NO_DETECTION, list_detection_runs
from store.vectors import Space

_NOBODY = "None"
FILTERS = {
    "prune_by_class": "Least confident of each class (prune_by_class)",
    "prune_by_noise_rate": "Largest margins of each pair of classes (prune_by_noise_rate)",
    "both": "Those that both of these pick (both)",
    "confident_learning": "Confidently of another class (confident_learning)",
    "predicted_neq_given": "Another class is likelier (predicted_neq_given)",
}


def show(dataset: Dataset, spaces: list[Space], *, label: str = "Check the labels") -> None:
    """The form and its button; without vectors, the way to some. spaces: those with vectors, the fullest first."""
    if not session.may_or_say("start_job"):
        return
    if dataset.task != "single":
        st.info(
            "Pictures of this dataset carry several labels each. The label check compares one label with the class a "
            "picture most likely has; it is for datasets with a single label.",
            icon=":material/label_off:",
        )
        return
    if not spaces:
        st.info("The check needs a vector for each picture, and this dataset has none yet.", icon=":material/rule:")
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    by_name = {one_line(f"{space.name} ({count(space.n_vectors, 'vector')})"): space.name for space in spaces}
    space = by_name[st.selectbox("Embedding", list(by_name), key="noise_space")]
    fields = order_fields.of("label-issues")
    chosen = fields.one_of(
        "filter",
        FILTERS,
        label="How confident learning picks",
        key="noise_filter",
        help="cleanlab's filters. A label is also doubted when its chance to be unrelated to the picture is high.",
    )
    with st.container(horizontal=True):
        folds = fields.whole(
            "folds",
            label="Folds",
            key="noise_folds",
            help="Each picture is judged by a classifier that learned from the other folds, not from it or its copies.",
        )
        min_chance = fields.number(
            "min_chance",
            label="Doubt from a chance of",
            step=0.05,
            key="noise_chance",
            help="The chance that a label has nothing to do with its picture. Lower: more is found, more in vain.",
        )
    parameters = {"space": space, "filter": chosen, "folds": folds, "min_chance": min_chance}
    parameters |= _detector(dataset)
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key="noise_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "label-issues"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _detector(dataset: Dataset) -> dict[str, int]:
    """The detection that is asked too, where there is one."""
    runs = list_detection_runs(session.workspace(), dataset.id)
    if not runs:
        return {}
    by_title = {compare.run_title(run): run.run_id for run in runs} | {_NOBODY: NO_DETECTION}
    title = st.selectbox(
        "Ask a detector",
        list(by_title),
        key="noise_detector",
        help="That it finds no cat in a “cat” counts against the label, on classes that it knows by their name and of "
        "which it finds nearly every one.",
    )
    return {"detection_run": by_title[title]}
