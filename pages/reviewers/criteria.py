"""The criteria of the rubric, to be worded anew; every wording stays."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.reviewers.queries import load_rubrics
from pages.ui import job_cards, people, session, tables, threads
from pages.ui.text import count
from store.datasets import Dataset
from store.rubric import MOST_SCALE, MOST_WEIGHT, Criterion, Rubric, new_name, write_rubric
from store.texts import NAME, REASON

COLUMNS = {"title": "Criterion", "about": "What it asks", "most": "Scale from 1 to", "weight": "Weight"}


def show(dataset: Dataset, rubric: Rubric) -> None:
    """An expander with the criteria as a table to edit."""
    with st.expander("The criteria", icon=":material/tune:", key="criteria"):
        st.caption(
            "Rows can be added, changed and taken out. Scores know their criterion, so a new title keeps them; one "
            "that is taken out keeps its scores in the file, and counts in no total."
        )
        key = f"criteria_{rubric.edition}"
        st.data_editor(
            pd.DataFrame([{name: getattr(each, name) for name in COLUMNS} for each in rubric.criteria]),
            key=key,
            num_rows="dynamic",
            hide_index=True,
            width="stretch",
            column_config={
                "title": st.column_config.TextColumn(COLUMNS["title"], required=True, max_chars=NAME),
                "about": st.column_config.TextColumn(COLUMNS["about"], max_chars=REASON, width="large", default=""),
                "most": st.column_config.NumberColumn(
                    COLUMNS["most"], min_value=2, max_value=MOST_SCALE, step=1, default=5, required=True
                ),
                "weight": st.column_config.NumberColumn(
                    COLUMNS["weight"], min_value=0.0, max_value=float(MOST_WEIGHT), default=1.0, required=True
                ),
            },
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            people.ask("criteria")
            st.button(
                "Save the criteria",
                type="primary",
                icon=":material/save:",
                key="criteria_save",
                on_click=_save,
                args=(dataset, rubric, key),
            )
        _history(dataset)


def changed(criteria: Sequence[Criterion], edits: Mapping[str, Any]) -> list[Criterion]:
    """The criteria after what Streamlit's editor says was done: edited_rows, added_rows, deleted_rows."""
    edited = {int(row): values for row, values in dict(edits.get("edited_rows", {})).items()}
    deleted = {int(row) for row in edits.get("deleted_rows", [])}
    kept = [
        _criterion(each.name, {**vars(each), **edited.get(row, {})})
        for row, each in enumerate(criteria)
        if row not in deleted
    ]
    for values in edits.get("added_rows", []):
        taken = [each.name for each in (*criteria, *kept)]
        kept.append(_criterion(new_name(str(values.get("title") or ""), taken), values))
    return kept


def _criterion(name: str, values: Mapping[str, Any]) -> Criterion:
    most, weight = values.get("most"), values.get("weight")
    return Criterion(
        name,
        str(values.get("title") or "").strip(),
        str(values.get("about") or "").strip(),
        5 if most is None else int(most),
        1.0 if weight is None else float(weight),
    )


def _save(dataset: Dataset, rubric: Rubric, key: str) -> None:
    edits = st.session_state.get(key) or {}
    job_cards.attempt(
        write_rubric,
        session.workspace(),
        dataset.id,
        changed(rubric.criteria, edits),
        edition=rubric.edition,
        who=people.said("criteria"),
    )


def _history(dataset: Dataset) -> None:
    rubrics = load_rubrics(*threads.here(dataset.id))
    if len(rubrics) < 2:
        return
    with st.popover(count(len(rubrics), "wording"), icon=":material/history:", type="tertiary"):
        rows = [
            {
                "When": "at first" if each.written_at is None else f"{each.written_at:%Y-%m-%d %H:%M}",
                "Who": each.who or "",
                "Criteria": "; ".join(f"{one.title} (1 to {one.most}, weight {one.weight:g})" for one in each.criteria),
            }
            for each in rubrics
        ]
        tables.show(rows, hide_index=True)
