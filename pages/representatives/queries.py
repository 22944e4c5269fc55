"""Everything the representatives' page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from pages.ui import filters, session
from pages.ui.rows import Row
from pages.ui.session import SettledGeneration
from store import medoids
from store.datasets import class_table
from store.projections import left_out
from store.runs import changed_since
from store.subjects import LABELS
from store.vectors import Space, list_spaces

CLASSES_A_SHEET = 6


@dataclass(frozen=True)
class RepresentativeData:
    """Class names, the spaces that have vectors (the fullest first), the finished runs (newest first)."""

    names: list[str]
    spaces: list[Space]
    runs: list[medoids.MedoidRun]


@dataclass(frozen=True)
class Clusters:
    """A run's clusters, each one's mix of classes, the worth of all choices, what is missing, and why."""

    sheet: list[Row]
    mixes: dict[int, list[Row]]
    choices: list[Row]
    balance: medoids.Balance
    left_out: list[Row]

    @property
    def own(self) -> Row:
        """What the medoids are worth."""
        return next(row for row in self.choices if row["chooser"] == "medoids")


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> RepresentativeData:
    """Names, spaces and runs."""
    workspace = session.workspace()
    names = filters.class_labels(class_table(workspace, dataset_id))
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    runs = medoids.list_medoid_runs(workspace, dataset_id)
    return RepresentativeData(names, [space for space in spaces if space.n_vectors], runs)


@st.cache_data(max_entries=8, show_spinner=False)
def load_clusters(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> Clusters:
    """The run's clusters and their worth."""
    workspace = session.workspace()
    mixes: dict[int, list[Row]] = {}
    for row in medoids.cluster_classes(workspace, run_id).to_pylist():
        mixes.setdefault(row["cluster"], []).append(row)
    return Clusters(
        medoids.cluster_sheet(workspace, run_id).to_pylist(),
        mixes,
        medoids.subset_choices(workspace, run_id).to_pylist(),
        medoids.balance(workspace, dataset_id, run_id=run_id),
        left_out(workspace, run_id).to_pylist(),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def labels_changed(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> bool:
    """Whether labels have changed since the run, by which it said who is typical; its clusters do not rest on them."""
    return LABELS in changed_since(session.workspace(), run_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_members(
    root: str,
    dataset_id: int,
    generation: SettledGeneration,
    run_id: int,
    cluster: int,
    farthest: bool,
    first: int,
    n_rows: int,
) -> pa.Table:
    """One page of a cluster's members."""
    return medoids.cluster_members(
        session.workspace(), run_id, cluster=cluster, farthest=farthest, first=first, n_rows=n_rows
    )


@st.cache_data(max_entries=8, show_spinner=False)
def load_curve(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> pa.Table:
    """The run's curve over k; maybe empty."""
    return medoids.elbow_curve(session.workspace(), run_id)


@st.cache_data(max_entries=32, show_spinner=False)
def load_coverage(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, percent: int) -> pa.Table:
    """Coverage over k at one cosine."""
    return medoids.coverage_curve(session.workspace(), run_id, percent=percent)


@st.cache_data(max_entries=8, show_spinner=False)
def load_pictures(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, n_rows: int) -> pa.Table:
    """What each way chose."""
    return medoids.subset_pictures(session.workspace(), run_id, n_rows=n_rows)


@st.cache_data(max_entries=16, show_spinner=False)
def load_typical(
    root: str, dataset_id: int, generation: SettledGeneration, run_id: int, sheet: int
) -> tuple[list[int], list[Row], list[Row]]:
    """All classes that were compared, and of those on one sheet (from 1) the most and the least typical pictures."""
    workspace = session.workspace()
    classes = medoids.typical_classes(workspace, run_id)
    shown = classes[(sheet - 1) * CLASSES_A_SHEET : sheet * CLASSES_A_SHEET]
    most, least = (
        medoids.typical_pictures(workspace, run_id, classes=shown, least=least).to_pylist() for least in (False, True)
    )
    return classes, most, least
