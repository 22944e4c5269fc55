"""The order for a map: method and parameters, with a sentence each on what they do."""

from collections.abc import Sequence

import streamlit as st

from figures.names import one_line
from pages.map import wording
from pages.ui import job_cards, order_fields, session
from pages.ui.order_fields import OrderFields
from pages.ui.text import count
from store.datasets import Dataset
from store.selections import Selection
from store.vectors import Space

MAX_DIRECT = 100_000  # what 0, the model's default, stands for


def show(dataset: Dataset, spaces: list[Space], saved: Sequence[Selection] = ()) -> None:
    """The form and its button; without vectors, the way to some. spaces: those with vectors, the fullest first.

    saved: selections that a map can be made of alone.
    """
    if not session.may_or_say("start_job"):
        return
    if not spaces:
        st.info("A map needs a vector for each picture, and this dataset has none yet.", icon=":material/scatter_plot:")
        session.link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    fields = order_fields.of("projection")
    method = st.segmented_control(
        "Method",
        list(wording.METHODS),
        format_func=wording.METHODS.__getitem__,
        default=fields.view("method").default,
        required=True,
        key="map_method",
    )
    st.markdown(wording.ABOUT[method])
    parameters: dict[str, object] = {"method": method, **_pictures(saved)}
    left, right = st.columns(2)
    with left:
        by_name = {one_line(f"{space.name} ({count(space.n_vectors, 'vector')})"): space.name for space in spaces}
        parameters["space"] = by_name[st.selectbox("Embedding", list(by_name), key="map_space")]
        parameters |= _method_parameters(method, fields)
    with right:
        parameters |= _common_parameters(method, fields)
    in_space = st.segmented_control(
        "Dimensions",
        ["2-D", "3-D"],
        default="2-D",
        required=True,
        key="map_dimensions",
        help="A map in three dimensions can be turned around. It keeps a few more neighbours, and is harder to read.",
    )
    parameters["dimensions"] = 3 if in_space == "3-D" else 2
    if method != "pca":
        parameters |= _more(method, fields)
    st.button(
        "Make the map",
        type="primary",
        icon=":material/play_arrow:",
        key="map_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "projection"),
        kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
    )


def _more(method: str, fields: OrderFields) -> dict[str, object]:
    with st.expander("Many pictures, and chance"):
        max_direct = fields.whole(
            "max_direct",
            label="Embed directly at most",
            low=1_000,
            high=10_000_000,
            default=MAX_DIRECT,
            step=10_000,
            key="map_most",
            help=f"Of more pictures than this, {wording.METHODS[method]} is given a sample that keeps small classes "
            "and small clusters; each of the others is then placed beside its nearest.",
        )
        twice = st.checkbox(
            "Measure how steady the map is",
            key="map_stability",
            help="Makes a second map from another seed and a random start, and says of each picture how many of its "
            "neighbours it has on both. Takes twice as long.",
        )
    return {"max_direct": max_direct, "stability": twice}


def _pictures(saved: Sequence[Selection]) -> dict[str, object]:
    if not saved:
        return {}
    titles = {one_line(f"{selection.name} ({selection.n_images:,})"): selection.name for selection in saved}
    picked = st.selectbox(
        "Pictures",
        list(titles),
        index=None,
        key="map_of",
        placeholder="All pictures",
        help="A saved selection gets a map of its own: differences inside it are not squeezed by all the rest.",
    )
    return {"selection": titles[picked]} if picked else {}


def _method_parameters(method: str, fields: OrderFields) -> dict[str, object]:
    if method == "tsne":
        perplexity = fields.number(
            "perplexity",
            label="Perplexity",
            key="map_perplexity",
            help="About how many neighbours each picture tries to keep near. Small: many little groups; large: the "
            "whole shape, more slowly.",
        )
        return {"perplexity": perplexity}
    if method == "umap":
        n_neighbours = fields.whole(
            "n_neighbours",
            label="Neighbours",
            key="map_neighbours",
            help="How many neighbours each picture tries to keep near. Small: detail; large: the whole shape.",
        )
        min_dist = fields.share(
            "min_dist",
            label="Least distance (min_dist)",
            key="map_min_dist",
            help="How tightly points may pack. 0: dense clumps; 1: an even spread.",
        )
        return {"n_neighbours": n_neighbours, "min_dist": min_dist}
    return {}


def _common_parameters(method: str, fields: OrderFields) -> dict[str, object]:
    metric = fields.one_of(
        "metric",
        wording.METRICS,
        label="Distance",
        key="map_metric",
        help="Cosine compares directions, which is what most encoders mean; Euclidean also counts lengths.",
    )
    parameters: dict[str, object] = {"metric": metric}
    if method == "pca":
        return parameters
    with st.container(horizontal=True):
        parameters["pca_dims"] = fields.whole(
            "pca_dims",
            label="PCA first, to",
            key="map_pca_dims",
            help="Dimensions kept before neighbours are searched: quicker, and less noise. 0: none is done.",
        )
        parameters["seed"] = fields.whole(
            "seed",
            label="Seed",
            key="map_seed",
            help="The same seed gives the same map. Another seed shows what of it was chance.",
        )
    return parameters
