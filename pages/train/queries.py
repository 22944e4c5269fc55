"""Everything the Train page knows of one generation of a dataset, read at once and kept."""

from dataclasses import dataclass

import streamlit as st

from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store import training
from store.datasets import class_table
from store.training import EpochRow, EvaluationSet, TrainingRun
from store.vectors import Space, list_spaces
from store.versions import Version, list_versions


@dataclass(frozen=True)
class Counts:
    """Labelled pictures: n as labels are now (removed ones left out), n_given as imported; the splits' names."""

    n: int
    n_given: int
    splits: list[str]


@dataclass(frozen=True)
class TrainData:
    """Class names, spaces (the fullest first); evaluation sets, finished runs, versions (newest first); pictures."""

    names: list[str]
    spaces: list[Space]
    sets: list[EvaluationSet]
    runs: list[TrainingRun]
    versions: list[Version]
    counts: Counts


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> TrainData:
    """What there is to train on, and what has been trained."""
    workspace = session.workspace()
    rows = training.trainable_counts(workspace, dataset_id).to_pylist()
    counts = Counts(
        sum(row["n"] for row in rows),
        sum(row["n_given"] for row in rows),
        [row["split"] for row in rows if row["split"] and row["n_given"]],
    )
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    return TrainData(
        filters.class_labels(class_table(workspace, dataset_id)),
        [space for space in spaces if space.n_vectors],
        training.list_evaluation_sets(workspace, dataset_id),
        training.list_training_runs(workspace, dataset_id),
        list_versions(workspace, dataset_id),
        counts,
    )


@st.cache_data(max_entries=32, show_spinner=False)
def load_epochs(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> list[EpochRow]:
    """The curve of a finished run."""
    return training.read_epochs(session.workspace(), run_id=run_id)
