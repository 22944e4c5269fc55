"""What the page reads: claims with what was measured of them last."""

from dataclasses import dataclass

import streamlit as st

from evidence.claims import as_recorded, is_behind
from evidence.verdicts import Judged
from pages.ui import session
from pages.ui.session import SettledGeneration
from store.claims import HistoryRow, value_history


@dataclass(frozen=True)
class ClaimData:
    """Claims with their verdicts, the oldest first; is_behind: something came since they were asked last."""

    claims: list[Judged]
    is_behind: bool


def here(dataset_id: int) -> tuple[str, int, SettledGeneration]:
    """The key of the page's reads: claims are written without the dataset's own generation, which results rest on."""
    return str(session.workspace().root), dataset_id, session.settled_generation()


@st.cache_data(max_entries=8, show_spinner=False)
def load_claims(root: str, dataset_id: int, generation: SettledGeneration) -> ClaimData:
    """Every claim of the dataset."""
    claims = as_recorded(session.workspace(), dataset_id)
    return ClaimData(claims, is_behind(session.workspace(), dataset_id, claims))


@st.cache_data(max_entries=16, show_spinner=False)
def load_history(root: str, dataset_id: int, generation: SettledGeneration, claim_id: int) -> list[HistoryRow]:
    """Every number that was measured of a claim."""
    return value_history(session.workspace(), dataset_id, claim_id=claim_id)
