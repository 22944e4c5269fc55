"""The order for representatives: how many, and by which distance."""

import streamlit as st

from figures.names import one_line
from pages.ui import job_cards, order_fields, session
from pages.ui.order_fields import OrderFields
from pages.ui.text import count
from store.datasets import Dataset
from store.vectors import Space

BY_CURVE, BY_HAND = "by the curve", "by hand"
METRICS = {"cosine": "cosine", "euclidean": "euclidean"}
MAX_K = 1000
K = 20  # by hand, at first
MANY = 10_000  # above, the job samples


def show(dataset: Dataset, spaces: list[Space]) -> None:
    """The form and its button; without vectors, the way to some. spaces: those with vectors, the fullest first."""
    if not session.may_or_say("start_job"):
        return
    if not spaces:
        st.info("Representatives need a vector for each picture, and this dataset has none yet.")
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    fields = order_fields.of("medoids")
    left, right = st.columns(2)
    with left:
        by_name = {one_line(f"{space.name} ({count(space.n_vectors, 'vector')})"): space for space in spaces}
        space = by_name[st.selectbox("Embedding", list(by_name), key="medoids_space")]
        how = st.segmented_control(
            "How many",
            [BY_CURVE, BY_HAND],
            default=BY_CURVE,
            required=True,
            key="medoids_how",
            help="By the curve: every k from 2 up is tried, and the k where the loss bends is taken; that is a "
            "heuristic, and you can take another k afterwards. By hand: one k, which is quicker.",
        )
    parameters: dict[str, object] = {"space": space.name}
    with right:
        parameters["metric"] = fields.one_of(
            "metric",
            METRICS,
            label="Distance",
            key="medoids_metric",
            help="Cosine compares directions, which is what most encoders mean; Euclidean also counts lengths.",
        )
        max_k = max(2, min(MAX_K, space.n_vectors))
        if how == BY_HAND:
            parameters["k"] = fields.whole(
                "k", label="Representatives (k)", low=1, high=max_k, default=K, key="medoids_k", help=""
            )
        else:
            parameters["k_max"] = fields.whole("k_max", label="Largest k", high=max_k, key="medoids_k_max")
    if space.n_vectors > MANY:
        parameters |= _sampling(fields)
    start_button("Find representatives", dataset, parameters, key="medoids_start")


def start_button(label: str, dataset: Dataset, parameters: dict[str, object], *, key: str) -> None:
    """A button that starts the job with `parameters`."""
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key=key,
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "medoids"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _sampling(fields: OrderFields) -> dict[str, object]:
    """Sizes that matter where not all distances fit into memory."""
    with st.container(horizontal=True):
        size = fields.whole(
            "sample_size",
            label="Sample",
            step=500,
            key="medoids_sample",
            help=f"Above {MANY:,} pictures, samples of so many are searched, each by itself.",
        )
        n_samples = fields.whole(
            "n_samples",
            label="Samples",
            key="medoids_samples",
            help="The medoids that serve all pictures best are kept. More samples: a little better, and slower.",
        )
    return {"sample_size": size, "n_samples": n_samples}
