"""Service: where programs ask what is like a picture, what is in memory for them, keys, and the service alone."""

import streamlit as st

from pages.service import alone, examples, keys, state
from pages.ui import explain, job_cards, session
from pages.ui.text import plain
from service.dataset_index import HAMMING_BITS, MIN_COSINE
from service.layout import EXACT_UP_TO
from service.search import PROBED_LISTS
from store.datasets import Dataset


def draw_how() -> None:
    """The popover on the method."""
    explain.how(
        "How alike two pictures are is the cosine of their vectors in one embedding. Every vector is compared, in one "
        f"product of matrices for all who ask at the same time; above {EXACT_UP_TO:,} vectors an inverted file of "
        f"faiss is searched, {PROBED_LISTS} of its lists. A picture that is sent becomes a vector by the model of the "
        "embedding, is looked at in memory, and is not kept.",
        parameters=[
            "Words are compared by CLIP's text half, or by ConSE with the vectors of EfficientNet-Lite0.",
            "Classes: the trained network with the best score on pictures that it had not seen. Its probabilities are "
            "not calibrated.",
            f"In the dataset already: the same file, the same pixels, a perceptual hash that differs in at most "
            f"{HAMMING_BITS} of 64 bits, or a cosine from {MIN_COSINE} on; both can be asked otherwise.",
            "A key is 256 random bits; the workspace keeps its SHA-256.",
        ],
        sources=["Johnson, Douze and Jégou, 2017 (faiss)", "Norouzi et al., ICLR 2014 (ConSE)"],
    )


dataset: Dataset = session.require_dataset()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title(f"Service of {plain(dataset.name)}")
    draw_how()
job_cards.show_refusal()
address = state.address()
st.markdown(
    "Programs ask by HTTP what is like a picture, what it shows, and whether it is here already. "
    f"The service runs with this app, at `{address}`."
)
st.link_button("Try it: every address, with examples", f"{address}/docs", icon=":material/api:")
state.show(dataset)
st.subheader("Ask it")
examples.show(dataset, address=address)
if session.may("make_key"):
    st.subheader("Keys")
    keys.show()
st.subheader("Without this app")
alone.show(dataset)
