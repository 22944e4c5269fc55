"""What words are compared with: a space's vectors, or what its pictures are mixed of; kept while no vector changes."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.ui import session
from store.vectors import Space, read_vectors
from store.zero_shot import vectors_state


@dataclass(frozen=True)
class Readable:
    """image_ids (n,) ascending. One of: vectors (n, d) of an open_clip space, mixtures (classes, weights, lengths)."""

    image_ids: np.ndarray
    vectors: np.ndarray | None
    mixtures: dict[str, np.ndarray] | None


def load_readable(root: str, dataset_id: int, space: Space) -> Readable:
    """The pictures of a space that words can be compared in. Decisions do not touch it, new vectors do."""
    return _load(root, dataset_id, space.id, vectors_state(session.workspace(), space), _space=space)


@st.cache_resource(max_entries=2, show_spinner="Reading the vectors of all pictures, once…")
def _load(root: str, dataset_id: int, space_id: int, state: tuple[int, int], _space: Space) -> Readable:
    image_ids, vectors = read_vectors(session.workspace(), _space)
    queries = session.supervisor().queries
    if queries.reads_words(_space) == "clip":
        return Readable(image_ids, vectors, None)
    return Readable(image_ids, None, queries.conse_mixtures(_space, vectors))
