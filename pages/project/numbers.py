"""What the workspace knows of what the ethics sheet asks, beside the fields."""

from collections.abc import Mapping

import streamlit as st

from pages.project.queries import here, load_answers
from pages.ui import explain, registry, session
from pages.ui.session import PAGES
from pages.ui.text import plain
from store.datasets import Dataset


def show(dataset: Dataset) -> None:
    """A line an answer, with the way to where it is shown; nothing of a dataset without pictures."""
    answers = load_answers(*here(dataset.id))
    if not answers:
        return
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("**What the numbers say**")
            _how()
        for each in answers:
            left, way = st.columns([5, 1.3], gap="small", vertical_alignment="center")
            left.markdown(f"{each.title}: {plain(each.sentence)}")
            with way:
                _link(each.page, {"dataset": dataset.name, **each.query})


def _link(page: str, query: Mapping[str, str]) -> None:
    if page in registry.all_pages():
        session.link(getattr(PAGES, page), label="Look", icon=":material/arrow_forward:", query_params=dict(query))


def _how() -> None:
    explain.how(
        "Counts over the pictures that are neither missing, removed nor taken down. People are those that a finished "
        "detection found whose model knows them (person, face and the like); who was not found is not counted. "
        "Licences are those that are said of a picture, else of its dataset. Numbers answer no question of ethics: "
        "they say what is to be asked.",
    )
