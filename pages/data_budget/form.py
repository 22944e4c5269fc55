"""The order for a data budget: what to judge on, how many draws."""

import streamlit as st

from figures.names import one_line
from pages.data_budget.queries import BudgetData
from pages.ui import job_cards, order_fields, session
from pages.ui.text import count
from store.datasets import Dataset

BELIEVED = "believed"


def show(dataset: Dataset, data: BudgetData) -> None:
    """The form and its button; where something is lacking, the way to it."""
    if not session.may_or_say("start_job"):
        return
    if not data.spaces:
        st.info("A data budget needs a vector for each picture, and this dataset has none yet.")
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    offered = {one_line(f"The split {split}"): split for split in sorted(data.splits, key=_rank)}
    if data.has_check:
        offered["Pictures that the label check believes"] = BELIEVED
    else:
        st.info("Without a label check only copies can be taken out, and nothing says which labels are likely wrong.")
        session.link(session.PAGES.label_noise, label="Check the labels", icon=":material/rule:")
    if not offered:
        return
    fields = order_fields.of("data-budget")
    left, right = st.columns(2)
    with left:
        by_name = {one_line(f"{space.name} ({count(space.n_vectors, 'vector')})"): space for space in data.spaces}
        space = by_name[st.selectbox("Embedding", list(by_name), key="budget_space")]
        on = offered[
            st.selectbox(
                "Judge on",
                list(offered),
                key="budget_on",
                help="No classifier learns from these pictures or from a near duplicate of one.",
            )
        ]
    parameters: dict[str, object] = {"space": space.name, "evaluate_on": on}
    with right:
        parameters["seeds"] = fields.whole(
            "seeds", label="Draws of each size", key="budget_seeds", help="More draws: narrower intervals."
        )
        if on == BELIEVED:
            parameters["per_class"] = fields.whole(
                "per_class", label="Pictures of a class to judge on", step=10, key="budget_per_class"
            )
    st.button(
        "Compute the data budget",
        type="primary",
        icon=":material/play_arrow:",
        key="budget_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "data-budget"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _rank(split: str) -> tuple[int, str]:
    return (0 if split == "test" else 1 if split == "val" else 2, split)
