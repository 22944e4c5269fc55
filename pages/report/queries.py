"""What the page reads: reports, their blocks with what they were drawn to, and the files that were written of them."""

from dataclasses import dataclass

import streamlit as st

from evidence.claims import as_recorded
from evidence.report.reports import Shown, shown
from pages.ui import session
from pages.ui.session import SettledGeneration
from store.report_blocks import BlockEdition, block_history
from store.reports import Report, ReportFile, list_report_files, list_reports


@dataclass(frozen=True)
class ReportData:
    """The dataset's reports, the one changed last first; files written of them, newest first; claims by number."""

    reports: list[Report]
    files: list[ReportFile]
    claims: dict[int, str]


def here(dataset_id: int) -> tuple[str, int, SettledGeneration]:
    """The key of the page's reads: reports are written without the dataset's own generation."""
    return str(session.workspace().root), dataset_id, session.settled_generation()


@st.cache_data(max_entries=8, show_spinner=False)
def load_reports(root: str, dataset_id: int, generation: SettledGeneration) -> ReportData:
    """All but blocks."""
    workspace = session.workspace()
    return ReportData(
        list_reports(workspace, dataset_id),
        list_report_files(workspace, dataset_id),
        {each.claim.id: each.now for each in as_recorded(workspace, dataset_id)},
    )


@st.cache_data(max_entries=4, show_spinner=False)
def load_blocks(root: str, dataset_id: int, generation: SettledGeneration, report_id: int) -> list[Shown]:
    """Every block of a report in order, hidden ones among them."""
    dataset = next(one for one in session.datasets() if one.id == dataset_id)
    return shown(session.workspace(), dataset, report_id=report_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_history(root: str, dataset_id: int, generation: SettledGeneration, block_id: int) -> list[BlockEdition]:
    """Every wording of a block, newest first."""
    return block_history(session.workspace(), block_id)
