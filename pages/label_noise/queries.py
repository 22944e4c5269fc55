"""Everything the label noise page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store import label_issues
from store.datasets import class_table
from store.label_issues import Changes, IssueFilters, LabelRun
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class LabelData:
    """Class names, embedding spaces (the fullest first) and finished checks (the newest first)."""

    names: list[str]
    spaces: list[Space]
    runs: list[LabelRun]


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> LabelData:
    """Class names, spaces and checks."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    runs = label_issues.list_label_runs(workspace, dataset_id)
    return LabelData(names, [space for space in spaces if space.n_vectors], runs)


@st.cache_data(max_entries=8, show_spinner=False)
def load_changes(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> Changes:
    """What has changed since a check."""
    return label_issues.changes_since(session.workspace(), dataset_id, run_id=run_id)


@st.cache_data(max_entries=32, show_spinner=False)
def load_count(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, wanted: IssueFilters) -> int:
    """How many issues fit."""
    return label_issues.count_issues(session.workspace(), dataset_id, run_id=run_id, filters=wanted)


@st.cache_data(max_entries=32, show_spinner=False)
def load_issues(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    wanted: IssueFilters,
    first: int,
    n_rows: int,
) -> pa.Table:
    """A page of the issues that fit."""
    return label_issues.list_issues(
        session.workspace(), dataset_id, run_id=run_id, filters=wanted, first=first, n_rows=n_rows
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_noise(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> pa.Table:
    """label, suggested, n of the open label issues."""
    return label_issues.noise_counts(session.workspace(), dataset_id, run_id=run_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_range(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> tuple[float, float] | None:
    """The least and the largest outlier distance."""
    return label_issues.outlier_range(session.workspace(), run_id=run_id)


@st.cache_data(max_entries=32, show_spinner=False)
def load_outlier_counts(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, threshold: float
) -> pa.Table:
    """label, n, n_out at a threshold."""
    return label_issues.outlier_counts(session.workspace(), dataset_id, run_id=run_id, threshold=threshold)


@st.cache_data(max_entries=32, show_spinner=False)
def load_outliers(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    threshold: float,
    outside: bool,
    given: int | None,
    near_line: bool,
    first: int,
    n_rows: int,
) -> pa.Table:
    """Pictures on one side of the threshold."""
    return label_issues.list_outliers(
        session.workspace(),
        dataset_id,
        run_id=run_id,
        threshold=threshold,
        outside=outside,
        given=given,
        near_line=near_line,
        first=first,
        n_rows=n_rows,
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_typical(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, labels: tuple[int, ...], n_rows: int
) -> pa.Table:
    """Typical pictures of some labels."""
    return label_issues.typical_images(session.workspace(), dataset_id, run_id=run_id, labels=labels, n_rows=n_rows)
