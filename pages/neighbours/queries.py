"""What the Neighbours page reads, once a generation of the dataset."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics import words
from pages.ui import filters, session
from pages.ui.readable import load_readable
from pages.ui.session import SettledGeneration
from store import neighbours
from store.datasets import class_table
from store.neighbours import GraphRun, ImageRow
from store.overview import embedded
from store.vectors import Space, SpaceVector, image_vector, list_spaces, nearest_images

MOST_PAIRS = 500


@dataclass(frozen=True)
class NeighbourData:
    """names: of the classes. spaces: with vectors, the fullest first. graphs: by the name of their space."""

    names: list[str]
    spaces: list[Space]
    graphs: dict[str, GraphRun]
    n_without: int


@dataclass(frozen=True)
class Near:
    """Images near something, nearest first. rows: facts of each. how: the way they were found, in words."""

    rows: list[ImageRow]
    similarities: list[float]
    how: str


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration, n_images: int) -> NeighbourData:
    """Names, spaces, graphs, and how many images have no vector."""
    workspace = session.workspace()
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    graphs = {graph.space: graph for graph in reversed(neighbours.list_graphs(workspace, dataset_id))}
    return NeighbourData(
        filters.class_labels(class_table(workspace, dataset_id)),
        [space for space in spaces if space.n_vectors],
        graphs,
        embedded(workspace, dataset_id, n_images=n_images).n_without,
    )


@st.cache_data(max_entries=64, show_spinner=False)
def load_near(
    root: str, dataset_id: int, generation: SettledGeneration, space: Space, graph_run: int, image_id: int, n: int
) -> Near | None:
    """The `n` nearest of an image, from the graph or else by comparing all vectors; None where it has no vector."""
    workspace = session.workspace()
    if graph_run:
        table = neighbours.neighbours_of(workspace, graph_run, image_id, n=n)
        if table.num_rows >= n:
            return near_by(dataset_id, table, how=f"from the neighbour graph, run {graph_run}")
    vector = image_vector(workspace, space, image_id)
    if vector is None:
        return None
    table = nearest_images(workspace, space, vector, n=n + 1)
    table = table.filter(pa.compute.not_equal(table["image_id"], image_id)).slice(0, n)
    return near_by(dataset_id, table, how="by comparing all vectors")


def near_vector(dataset_id: int, space: Space, vector: SpaceVector, *, n: int) -> Near:
    """The `n` images nearest to a vector of the space."""
    table = nearest_images(session.workspace(), space, vector, n=n)
    return near_by(dataset_id, table, how="by comparing all vectors")


def near_words(here: tuple[str, int, int], space: Space, scores: np.ndarray, *, n: int) -> Near:
    """The `n` images nearest to a text by ConSE. scores: (1000,) its cosine with each ImageNet class."""
    readable = load_readable(here[0], here[1], space)
    image_ids, mixed = readable.image_ids, readable.mixtures or {}
    found = words.similarities(mixed["classes"], mixed["weights"], mixed["lengths"], scores)
    places = words.best(found, n=2 * n + 50)  # removed ones among them fall out below
    rows = _kept(here[1], image_ids[places].tolist())
    cosine = dict(zip(image_ids[places].tolist(), found[places].tolist(), strict=True))
    rows = rows[:n]
    return Near(rows, [cosine[row.image_id] for row in rows], "by comparing all pictures")


@st.cache_data(max_entries=8, show_spinner="Ranking the most similar pairs…")
def load_pairs(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    graph_run: int,
    other_label: bool,
    other_split: bool,
    other_file: bool,
) -> pa.Table:
    """The most similar pairs of the graph."""
    return neighbours.ranked_pairs(
        session.workspace(),
        graph_run,
        n=MOST_PAIRS,
        other_label=other_label,
        other_split=other_split,
        other_file=other_file,
    )


def near_by(dataset_id: int, table: pa.Table, *, how: str) -> Near:
    """What was found, as it is shown. table: image_id, similarity, nearest first; removed ones are left out."""
    cosine = dict(zip(table["image_id"].to_pylist(), table["similarity"].to_pylist(), strict=True))
    rows = _kept(dataset_id, list(cosine))
    return Near(rows, [cosine[row.image_id] for row in rows], how)


def _kept(dataset_id: int, image_ids: list[int]) -> list[ImageRow]:
    rows = neighbours.image_rows(session.workspace(), dataset_id, image_ids)
    return [row for row in rows if not row.removed and not row.missing]
