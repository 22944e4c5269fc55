"""Everything the data budget's page knows of one generation of a dataset, and its cells added up."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from analytics.budget import Curve
from evidence.budget_curves import curves
from evidence.budget_curves import difference as difference  # the page takes them from here, beside its reads
from evidence.budget_curves import find as find
from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store.budget import BudgetRun, list_budgets, read_evaluation
from store.datasets import class_table
from store.label_issues import list_label_runs
from store.overview import split_counts
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class BudgetData:
    """Class names, embedding spaces (the fullest first), finished budgets (the newest first), splits, a label check."""

    names: list[str]
    spaces: list[Space]
    runs: list[BudgetRun]
    splits: list[str]
    has_check: bool


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> BudgetData:
    """What the page needs."""
    workspace = session.workspace()
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    splits = [split for split in split_counts(workspace, dataset_id)["split"].to_pylist() if split is not None]
    return BudgetData(
        filters.class_labels(class_table(workspace, dataset_id)),
        [space for space in spaces if space.n_vectors],
        list_budgets(workspace, dataset_id),
        splits,
        bool(list_label_runs(workspace, dataset_id)),
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_curves(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, part: str) -> list[Curve]:
    """The lines of a part of the grid, the best at its largest size first."""
    runs = {run.run_id: run for run in list_budgets(session.workspace(), dataset_id)}
    judged = load_evaluation(root, dataset_id, generation, run_id)
    return curves(session.workspace(), runs[run_id], part=part, judged=judged)


@st.cache_data(max_entries=4, show_spinner=False)
def load_evaluation(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> pa.Table:
    """The pictures that a run's classifiers were judged on."""
    return read_evaluation(session.workspace(), run_id)
