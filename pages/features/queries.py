"""What the page reads."""

import pyarrow as pa
import streamlit as st

from pages.ui import session
from pages.ui.session import SettledGeneration
from store.points import VectorImport, vector_files, vector_imports, vector_problems


@st.cache_data(max_entries=16, show_spinner=False)
def load_imports(root: str, dataset_id: int, generation: SettledGeneration) -> list[VectorImport]:
    """The imports of features into a dataset, the newest first."""
    return vector_imports(session.workspace(), dataset_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_checks(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> tuple[pa.Table, pa.Table]:
    """What was seen of each file of an import, and its rows that were not taken."""
    opened = session.workspace()
    return vector_files(opened, run_id), vector_problems(opened, run_id)
