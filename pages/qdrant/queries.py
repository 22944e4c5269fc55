"""What the page reads, once a generation of the dataset."""

import streamlit as st

from pages.ui import session
from pages.ui.session import SettledGeneration
from store import qdrant
from store.datasets import Dataset
from store.qdrant import Collection, Lag
from store.vectors import Space, list_spaces


@st.cache_data(max_entries=8, show_spinner=False)
def load_spaces(root: str, dataset_id: int, generation: SettledGeneration) -> list[Space]:
    """Spaces with vectors, the fullest first."""
    spaces = sorted(list_spaces(session.workspace(), dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    return [space for space in spaces if space.n_vectors]


@st.cache_data(max_entries=8, show_spinner=False)
def load_collections(root: str, dataset_id: int, generation: SettledGeneration) -> list[Collection]:
    """Collections that a sync has completed, the newest first."""
    found = qdrant.list_collections(session.workspace(), dataset_id)
    return [one for one in found if one.synced_at is not None]


@st.cache_data(max_entries=8, show_spinner="Comparing with what was sent…")
def load_lag(
    root: str, dataset_id: int, generation: SettledGeneration, dataset: Dataset, space: Space, collection: Collection
) -> Lag:
    """What has changed since the last sync."""
    return qdrant.lag(session.workspace(), dataset, space, collection)
