"""What the page Health reads of one generation of a dataset."""

import datetime
from dataclasses import dataclass

import streamlit as st

from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store import drift, health
from store.connection import utc_now
from store.datasets import class_table
from store.drift import DriftMeasure, DriftPicture, DriftPoint, DriftRun, DriftShare
from store.gates import GateResult, gate_history, latest_gates
from store.health import JobsOfDay, PicturesOfDay
from store.overview import split_counts

JOBS_OF_DAYS = 60


@dataclass(frozen=True)
class HealthData:
    """Class names, splits, the finished comparisons (the newest first), what came in and how jobs ended by day.

    gates: the newest result of each; gates_before: every one of the last days.
    """

    names: list[str]
    splits: list[str]
    runs: list[DriftRun]
    history: list[DriftPoint]
    pictures: list[PicturesOfDay]
    jobs: list[JobsOfDay]
    gates: list[GateResult]
    gates_before: list[GateResult]


@dataclass(frozen=True)
class Comparison:
    """What one comparison found."""

    measures: list[DriftMeasure]
    shares: list[DriftShare]
    pictures: list[DriftPicture]


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> HealthData:
    """What the page needs."""
    workspace = session.workspace()
    splits = [split for split in split_counts(workspace, dataset_id)["split"].to_pylist() if split is not None]
    since = utc_now() - datetime.timedelta(days=JOBS_OF_DAYS)
    return HealthData(
        filters.class_labels(class_table(workspace, dataset_id)),
        splits,
        drift.list_drift_runs(workspace, dataset_id),
        drift.drift_history(workspace, dataset_id),
        health.pictures_by_day(workspace, dataset_id),
        health.jobs_by_day(workspace, dataset_id, since=since),
        latest_gates(workspace, dataset_id),
        gate_history(workspace, dataset_id, since=since),
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_comparison(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> Comparison:
    """The measures, classes and pictures of a run."""
    workspace = session.workspace()
    return Comparison(
        drift.drift_measures(workspace, run_id),
        drift.drift_shares(workspace, run_id),
        drift.drift_pictures(workspace, run_id),
    )
