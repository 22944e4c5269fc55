"""The order for representatives: how many, and by which distance."""

import streamlit as st

from figures.names import one_line
from pages.ui import job_cards, session
from store.datasets import Dataset
from store.vectors import Space

BY_CURVE, BY_HAND = "by the curve", "by hand"
MANY = 10_000  # above, the job samples


def show(dataset: Dataset, spaces: list[Space]) -> None:
    """The form and its button; without vectors, the way to some. spaces: those with vectors, the fullest first."""
    if not spaces:
        st.info("Representatives need a vector for each picture, and this dataset has none yet.")
        st.page_link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    left, right = st.columns(2)
    with left:
        by_name = {one_line(f"{space.name} ({space.n_vectors:,} vectors)"): space for space in spaces}
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
    wanted: dict[str, object] = {"space": space.name}
    with right:
        wanted["metric"] = st.selectbox(
            "Distance",
            ["cosine", "euclidean"],
            key="medoids_metric",
            help="Cosine compares directions, which is what most encoders mean; Euclidean also counts lengths.",
        )
        most = max(2, min(1000, space.n_vectors))
        if how == BY_HAND:
            wanted["k"] = int(st.number_input("Representatives (k)", 1, most, min(20, most), key="medoids_k"))
        else:
            wanted["k_max"] = int(st.number_input("Largest k", 2, most, min(100, most), key="medoids_k_max"))
    if space.n_vectors > MANY:
        wanted |= _sampling()
    start_button("Find representatives", dataset, wanted, key="medoids_start")


def start_button(label: str, dataset: Dataset, wanted: dict[str, object], *, key: str) -> None:
    """A button that starts the job with `wanted`."""
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key=key,
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "medoids"),
        kwargs={"dataset": dataset.name, "parameters": wanted, "who": job_cards.who()},
    )


def _sampling() -> dict[str, object]:
    """Sizes that matter where not all distances fit into memory."""
    with st.container(horizontal=True):
        size = st.number_input(
            "Sample",
            100,
            10_000,
            5000,
            500,
            key="medoids_sample",
            help=f"Above {MANY:,} pictures, samples of so many are searched, each by itself.",
        )
        n_samples = st.number_input(
            "Samples",
            1,
            20,
            3,
            key="medoids_samples",
            help="The medoids that serve all pictures best are kept. More samples: a little better, and slower.",
        )
    return {"sample_size": int(size), "n_samples": int(n_samples)}
