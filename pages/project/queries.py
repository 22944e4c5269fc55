"""What the page reads: the project sheet, the timeline with its notes, the decision log."""

from dataclasses import dataclass

import streamlit as st

from evidence.case import Case
from evidence.ethics import Answer, answers
from evidence.report.parts import Part
from evidence.report.topic import Settings, find_topic
from evidence.report.topics.story import timeline_parts
from pages.ui import session
from pages.ui.session import SettledGeneration
from store.project import ProjectText, TimelineNote, project_history, project_texts, timeline_notes


@dataclass(frozen=True)
class TimelineData:
    """The chart of what happened (without parts: nothing has), its notes, and the decision log."""

    chart: tuple[Part, ...]
    notes: list[TimelineNote]
    log: tuple[Part, ...]


here = session.here_of_sheet


@st.cache_data(max_entries=8, show_spinner=False)
def load_sheet(root: str, dataset_id: int, generation: SettledGeneration) -> dict[str, ProjectText]:
    """The sheet as it reads now, by field."""
    return project_texts(session.workspace(), dataset_id)


@st.cache_data(max_entries=8, show_spinner=False)
def load_answers(root: str, dataset_id: int, generation: SettledGeneration) -> list[Answer]:
    """The numbers that answer the questions of ethics."""
    return answers(Case(session.workspace(), next(one for one in session.datasets() if one.id == dataset_id)))


@st.cache_data(max_entries=16, show_spinner=False)
def load_history(root: str, dataset_id: int, generation: SettledGeneration, field: str) -> list[ProjectText]:
    """Every wording of a field, newest first."""
    return project_history(session.workspace(), dataset_id, field=field)


@st.cache_data(max_entries=8, show_spinner=False)
def load_timeline(root: str, dataset_id: int, generation: SettledGeneration) -> TimelineData:
    """What happened when."""
    dataset = next(one for one in session.datasets() if one.id == dataset_id)
    case = Case(session.workspace(), dataset)
    drawn = timeline_parts(case)
    log = find_topic("decision-log").draw(case, Settings())
    return TimelineData(drawn[:1], timeline_notes(session.workspace(), dataset_id), () if log.is_missing else log.parts)
