"""The order for a map: method and parameters, with a sentence each on what they do."""

from collections.abc import Sequence

import streamlit as st

from figures.names import one_line
from pages.map import wording
from pages.ui import job_cards, session
from store.datasets import Dataset
from store.selections import Selection
from store.vectors import Space

MOST_DIRECT = 100_000


def show(dataset: Dataset, spaces: list[Space], saved: Sequence[Selection] = ()) -> None:
    """The form and its button; without vectors, the way to some. spaces: those with vectors, the fullest first.

    saved: selections that a map can be made of alone.
    """
    if not spaces:
        st.info("A map needs a vector for each picture, and this dataset has none yet.", icon=":material/scatter_plot:")
        st.page_link(session.PAGES.jobs, label="Embed the pictures first", icon=":material/play_circle:")
        return
    method = st.segmented_control(
        "Method",
        list(wording.METHODS),
        format_func=wording.METHODS.__getitem__,
        default="tsne",
        required=True,
        key="map_method",
    )
    st.markdown(wording.ABOUT[method])
    wanted: dict[str, object] = {"method": method, **_pictures(saved)}
    left, right = st.columns(2)
    with left:
        by_name = {one_line(f"{space.name} ({space.n_vectors:,} vectors)"): space.name for space in spaces}
        wanted["space"] = by_name[st.selectbox("Embedding", list(by_name), key="map_space")]
        wanted |= _method_parameters(method)
    with right:
        wanted |= _common_parameters(method)
    in_space = st.segmented_control(
        "Dimensions",
        ["2-D", "3-D"],
        default="2-D",
        required=True,
        key="map_dimensions",
        help="A map in three dimensions can be turned around. It keeps a few more neighbours, and is harder to read.",
    )
    wanted["dimensions"] = 3 if in_space == "3-D" else 2
    if method != "pca":
        wanted |= _more(method)
    st.button(
        "Make the map",
        type="primary",
        icon=":material/play_arrow:",
        key="map_start",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "projection"),
        kwargs={"dataset": dataset.name, "parameters": wanted, "who": job_cards.who()},
    )


def _more(method: str) -> dict[str, object]:
    with st.expander("Many pictures, and chance"):
        most = st.number_input(
            "Embed directly at most",
            1_000,
            10_000_000,
            MOST_DIRECT,
            10_000,
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
    return {"most_direct": int(most), "stability": twice}


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


def _method_parameters(method: str) -> dict[str, object]:
    if method == "tsne":
        perplexity = st.number_input(
            "Perplexity",
            2.0,
            500.0,
            30.0,
            key="map_perplexity",
            help="About how many neighbours each picture tries to keep near. Small: many little groups; large: the "
            "whole shape, more slowly.",
        )
        return {"perplexity": perplexity}
    if method == "umap":
        n_neighbours = st.number_input(
            "Neighbours",
            2,
            500,
            15,
            key="map_neighbours",
            help="How many neighbours each picture tries to keep near. Small: detail; large: the whole shape.",
        )
        min_dist = st.slider(
            "Least distance (min_dist)",
            0.0,
            1.0,
            0.1,
            key="map_min_dist",
            help="How tightly points may pack. 0: dense clumps; 1: an even spread.",
        )
        return {"n_neighbours": int(n_neighbours), "min_dist": min_dist}
    return {}


def _common_parameters(method: str) -> dict[str, object]:
    metric = st.selectbox(
        "Distance",
        ["cosine", "euclidean"],
        key="map_metric",
        help="Cosine compares directions, which is what most encoders mean; Euclidean also counts lengths.",
    )
    wanted: dict[str, object] = {"metric": metric}
    if method == "pca":
        return wanted
    with st.container(horizontal=True):
        wanted["pca_dims"] = st.number_input(
            "PCA first, to",
            0,
            1000,
            50,
            key="map_pca_dims",
            help="Dimensions kept before neighbours are searched: quicker, and less noise. 0: none is done.",
        )
        wanted["seed"] = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            801,
            key="map_seed",
            help="The same seed gives the same map. Another seed shows what of it was chance.",
        )
    return wanted
