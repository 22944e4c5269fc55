"""What was decided of one picture: who, when, what before, what after, why, and what was on the screen."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.ui import session, tables
from pages.ui.filters import label_text
from pages.ui.rows import Row
from pages.ui.text import count
from store.decision_texts import read_evidence
from store.decisions import history


def show_of_picture(dataset_id: int, image_id: int, *, names: Sequence[str]) -> None:
    """One picture's acts in a table, newest first; nothing where there are none."""
    rows = history(session.workspace(), dataset_id, image_id=image_id).to_pylist()
    if not rows:
        return
    st.markdown(f"**What was decided**: {count(len(rows), 'act')}, newest first")
    table = pa.Table.from_pylist([_told(row, names=names) for row in rows])
    shown = st.column_config.TextColumn("What was shown", width=260)
    tables.show(table, hide_index=True, column_config={"shown": shown})


def _told(row: Row, *, names: Sequence[str]) -> dict[str, object]:
    before = label_text(row["label_before"], row["labels_before"], names=names)
    after = ""
    if row["act"] == "relabel":
        after = label_text(row["label_after"], row["labels_after"], names=names)
    seen = read_evidence(row["evidence"])
    return {
        "when": row["decided_at"],
        "who": one_line(row["who"]),
        "act": row["act"] + ("" if row["stands"] or row["act"] == "undo" else " (taken back)"),
        "before": one_line(before),
        "after": one_line(after),
        "reason": one_line(row["reason"] or ""),
        "shown": one_line(", ".join(f"{name} {_short(value)}" for name, value in seen.items())),
    }


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
