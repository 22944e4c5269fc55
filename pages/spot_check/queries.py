"""What the page reads: checks, what may be asked for, what came of a check."""

from dataclasses import dataclass

import streamlit as st

from evidence.spot_check_plan import Frame, read_frame
from evidence.spot_checks import Result, read_result
from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store import spot_checks
from store.datasets import class_names, class_table
from store.label_issues import list_label_runs
from store.spot_checks import SpotCheck
from store.versions import Version, list_versions


@dataclass(frozen=True)
class SpotData:
    """Checks and versions, the newest first; shown, names: of the classes as pages show and as the file has them.

    label_run: the newest label check, 0 without one.
    """

    checks: list[SpotCheck]
    versions: list[Version]
    shown: list[str]
    names: list[str]
    label_run: int


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> SpotData:
    """Checks, versions, names of classes."""
    workspace = session.workspace()
    runs = list_label_runs(workspace, dataset_id)
    return SpotData(
        spot_checks.list_checks(workspace, dataset_id),
        list_versions(workspace, dataset_id),
        filters.class_labels(class_table(workspace, dataset_id)),
        class_names(workspace, dataset_id),
        runs[0].run_id if runs else 0,
    )


@st.cache_data(max_entries=4, show_spinner=False)
def load_frame(root: str, dataset_id: int, generation: SettledGeneration, version_id: int, label_run: int) -> Frame:
    """The pictures that a check of this version may ask for."""
    return read_frame(session.workspace(), dataset_id, version_id=version_id, label_run=label_run)


@st.cache_data(max_entries=8, show_spinner=False)
def load_result(root: str, dataset_id: int, generation: SettledGeneration, check_id: int) -> Result:
    """What a check says by the answers so far."""
    workspace = session.workspace()
    return read_result(workspace, spot_checks.find_check(workspace, dataset_id, check_id=check_id))
