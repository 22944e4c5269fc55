"""Everything the map's page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.map import colours
from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store import projections, selections
from store.datasets import class_table
from store.overview import split_counts
from store.runs import list_runs
from store.selections import Selection
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class MapData:
    """What the page needs of one generation of the dataset."""

    names: list[str]
    spaces: list[Space]
    runs: list[projections.ProjectionRun]
    splits: list[str | None]
    selections: list[Selection]
    complete_kinds: frozenset[str]


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> MapData:
    """What the page needs; of the spaces, the one with most vectors first."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    runs = projections.list_projections(workspace, dataset_id)
    all_runs = list_runs(workspace, dataset_id)
    complete = frozenset(all_runs.filter(all_runs["complete"])["kind"].to_pylist())
    if any(run.figures.get("stability") is not None for run in runs):
        complete |= {colours.STABILITY}
    splits = split_counts(workspace, dataset_id)["split"].to_pylist()
    filled = [space for space in spaces if space.n_vectors]
    return MapData(names, filled, runs, splits, selections.list_selections(workspace, dataset_id), complete)


@st.cache_data(max_entries=8, show_spinner=False)
def n_newcomers(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, space: str) -> int:
    """How many kept images have a vector in `space` that the run has neither placed nor left out."""
    workspace = session.workspace()
    found = next((each for each in list_spaces(workspace, dataset_id) if each.name == space), None)
    if found is None:
        return 0
    return projections.images_to_project(workspace, dataset_id, space=found, run_id=run_id).num_rows


@st.cache_data(max_entries=8, show_spinner=False)
def load_balance(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int
) -> tuple[projections.Balance, pa.Table]:
    """How many images the map shows, and those that the run left out."""
    workspace = session.workspace()
    return projections.balance(workspace, dataset_id, run_id=run_id), projections.left_out(workspace, run_id)
