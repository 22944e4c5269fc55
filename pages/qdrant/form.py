"""The order for a sync: where Qdrant is, which vectors, and how the collection is made."""

from collections.abc import Sequence

import streamlit as st

from figures.names import one_line
from pages.ui import job_cards, order_fields, session
from pages.ui.text import LONGEST_LINE
from service.qdrant.address import KEY, key
from store import acting
from store.datasets import Dataset
from store.vectors import Space

KIND = "sync-qdrant"


def may_send() -> bool:
    """Whether whoever this page is drawn for may send something elsewhere with the credentials of this machine."""
    return session.supervisor().intake.import_roots is None and acting.current().is_at_least(acting.OWNER)


def show(dataset: Dataset, spaces: Sequence[Space]) -> None:
    """The form and its button."""
    fields = order_fields.of(KIND)
    help_of = {name: view.help for name, view in fields.views.items()}
    left, right = st.columns(2)
    with left:
        url = st.text_input(
            "Address",
            key="qdrant_url",
            max_chars=LONGEST_LINE,
            placeholder="http://localhost:6333",
            icon=":material/database:",
            help=help_of["url"],
        )
        st.caption(f"The key of the environment is sent ({KEY})." if key() else f"No key is sent: {KEY} is not set.")
    with right:
        by_name = {space.name: space for space in spaces}
        space = st.selectbox("Embedding", list(by_name), key="qdrant_space", format_func=one_line)
    parameters = {"url": url.strip(), "space": space, **_shape(fields, help_of)}
    st.button(
        "Sync",
        icon=":material/sync:",
        type="primary",
        disabled=not url.strip(),
        on_click=start,
        args=(dataset, parameters),
    )


def start(dataset: Dataset, parameters: dict[str, object]) -> None:
    """Order a sync; a refusal is shown on the page."""
    named = {"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()}
    job_cards.attempt(session.supervisor().start, KIND, **named)


def _shape(fields: order_fields.OrderFields, help_of: dict[str, str]) -> dict[str, object]:
    """What is asked of the collection, where a person wants it otherwise."""
    with st.expander("How the collection is made", icon=":material/tune:"):
        alias = st.text_input(
            "Alias (optional)",
            key="qdrant_alias",
            max_chars=200,
            placeholder="vitrine_DATASET_SPACE",
            help=help_of["alias"],
        )
        first, second = st.columns(2)
        with first:
            m = fields.whole("m", label="HNSW: links", key="qdrant_m")
        with second:
            ef_construct = fields.whole("ef_construct", label="HNSW: candidates", key="qdrant_ef")
        with st.container(horizontal=True, gap="medium"):
            quantised = st.toggle("One byte a number", key="qdrant_quantised", help=help_of["quantisation"])
            full = st.toggle("Anew, beside the one there is", key="qdrant_full", help=help_of["full"])
            take_over = st.toggle("Take over an alias of others", key="qdrant_take_over", help=help_of["take_over"])
    return {
        "alias": alias.strip(),
        "m": m,
        "ef_construct": ef_construct,
        "quantisation": "scalar" if quantised else "none",
        "full": full,
        "take_over": take_over,
    }
