"""Everything the map's page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.parts import filters, session
from store import projections
from store.datasets import class_table
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class Known:
    """What the page needs of one generation of the dataset."""

    names: list[str]
    spaces: list[Space]
    runs: list[projections.ProjectionRun]


@st.cache_data(max_entries=8, show_spinner=False)
def load_known(root: str, dataset_id: int, generation: int) -> Known:
    """Class names, spaces (the one with most vectors first) and finished maps."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    runs = projections.list_projections(workspace, dataset_id)
    return Known(names, [space for space in spaces if space.n_vectors], runs)


@st.cache_data(max_entries=8, show_spinner=False)
def load_balance(root: str, dataset_id: int, generation: int, run_id: int) -> tuple[projections.Balance, pa.Table]:
    """How many images the map shows, and those that the run left out."""
    workspace = session.workspace()
    return projections.balance(workspace, dataset_id, run_id=run_id), projections.left_out(workspace, run_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_selected(root: str, dataset_id: int, generation: int, run_id: int, image_ids: tuple[int, ...]) -> pa.Table:
    """The selected images that the gallery shows."""
    return projections.selected_images(session.workspace(), dataset_id, run_id=run_id, image_ids=list(image_ids))
