"""What the page reads: words on labels, the rubric with its sheets, and when somebody looked last."""

import datetime

import streamlit as st

from evidence.rubric import RubricResult, rubric_result
from pages.ui import session
from pages.ui.session import SettledGeneration
from store.comments import last_look
from store.datasets import class_names
from store.reviews import Opinion, list_opinions
from store.rubric import Rubric, rubric_history


@st.cache_data(max_entries=8, show_spinner=False)
def load_opinions(root: str, dataset_id: int, generation: SettledGeneration) -> list[Opinion]:
    """The newest word of each reviewer on each picture's label; written without the dataset's own generation."""
    return list_opinions(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_names(root: str, dataset_id: int, generation: SettledGeneration) -> list[str]:
    """The classes' names by index."""
    return class_names(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_result(root: str, dataset_id: int, generation: SettledGeneration) -> RubricResult:
    """The rubric with every sheet and what comes of those that are submitted."""
    return rubric_result(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_rubrics(root: str, dataset_id: int, generation: SettledGeneration) -> list[Rubric]:
    """Every wording of the rubric, newest first."""
    return rubric_history(session.workspace(), dataset_id)


@st.cache_data(max_entries=16, show_spinner=False)
def load_look(root: str, dataset_id: int, generation: SettledGeneration, who: str) -> datetime.datetime | None:
    """When somebody said last that they have seen the inbox."""
    return last_look(session.workspace(), dataset_id, who=who)
