"""What is found in the pictures of each label: where a "cat" shows no cat."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.detector_votes import namesakes
from figures.names import one_line
from pages.detections.queries import RunClasses
from pages.ui import tables
from pages.ui.filters import name_of
from pages.ui.rows import Row
from pages.ui.text import count, plain, share

MOST_COLUMNS = 8
LABEL_KEY, CLASS_KEY = "label", "class"


def show(table: pa.Table, classes: RunClasses, *, names: Sequence[str]) -> None:
    """Draw the table of labels and detected classes. table: label, class_index, n, n_label."""
    rows = table.to_pylist()
    labels = list(dict.fromkeys(row["label"] for row in rows))
    if labels in ([], [None]):
        st.info("No picture of this dataset has a label to compare with.", icon=":material/label_off:")
        return
    totals: dict[int, int] = {}
    for row in rows:
        if row["class_index"] is not None:
            totals[row["class_index"]] = totals.get(row["class_index"], 0) + row["n"]
    columns = sorted(totals, key=lambda index: (-totals[index], index))[:MOST_COLUMNS]
    columns += [index for index in namesakes(names, detected=classes.names).values() if index not in columns]
    _draw(rows, labels, columns, classes, names=names)
    _say_namesakes(rows, labels, classes, names=names)


def without_namesake(table: pa.Table, classes: RunClasses, *, names: Sequence[str]) -> list[tuple[int, int, int, int]]:
    """label, class_index, n without that class, n pictures, for each label that a detected class is named as."""
    rows = table.to_pylist()
    n_labels = {row["label"]: row["n_label"] for row in rows}
    found = []
    for label, index in namesakes(names, detected=classes.names).items():
        if label not in n_labels:
            continue
        n_label = n_labels[label]
        n_with = sum(row["n"] for row in rows if (row["label"], row["class_index"]) == (label, index))
        found.append((label, index, n_label - n_with, n_label))
    return sorted(found, key=lambda one: -one[2])


def _draw(
    rows: list[Row],
    labels: list[int | None],
    columns: list[int],
    classes: RunClasses,
    *,
    names: Sequence[str],
) -> None:
    n_of = {(row["label"], row["class_index"]): row["n"] for row in rows}
    n_label = {row["label"]: row["n_label"] for row in rows}
    shown: dict[str, list[object]] = {
        "label": ["(no label)" if label is None else one_line(name_of(label, names=names)) for label in labels],
        "pictures": [n_label[label] for label in labels],
        "nothing": [n_of.get((label, None), 0) / n_label[label] for label in labels],
    }
    config: dict[str, ColumnConfig] = {
        "label": st.column_config.TextColumn("Label", pinned=True),
        "pictures": st.column_config.NumberColumn("Pictures", format="localized"),
        "nothing": st.column_config.NumberColumn("nothing found", format="percent"),
    }
    for index in columns:
        shown[f"c{index}"] = [n_of.get((label, index), 0) / n_label[label] for label in labels]
        config[f"c{index}"] = st.column_config.NumberColumn(one_line(classes.names[index]), format="percent")
    tables.show(pa.table(shown), hide_index=True, column_config=config, height="content" if len(labels) <= 12 else 460)
    st.caption(
        "Of the pictures with a label, the share in which an object of each detected class was found. Columns: the "
        "classes found in most pictures, and those called as a label."
    )


def _say_namesakes(rows: list[Row], labels: list[int | None], classes: RunClasses, *, names: Sequence[str]) -> None:
    table = pa.Table.from_pylist(rows)
    found = without_namesake(table, classes, names=names)
    if not found:
        st.info(
            "No label is called as a class that this detector knows, so it cannot say which labels look wrong.",
            icon=":material/translate:",
        )
    for label, index, n_without, n_label in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            name = name_of(label, names=names)
            st.markdown(
                f"**{n_without:,} of {count(n_label, 'picture')}** labelled {plain(name)} "
                f"({share(n_without / n_label)}) "
                f"{'shows' if n_without == 1 else 'show'} no {plain(classes.names[index])} by this detector.",
                width="content",
            )
            st.button(
                "Show them",
                icon=":material/search:",
                type="tertiary",
                key=f"without-{label}",
                on_click=_go,
                args=(name, classes.names[index]),
            )
    if found:
        st.caption(
            "A hint, not a verdict: a detector misses small, hidden and unusual ones. The next label check hears it as "
            "one opinion more, on the classes of which it finds nearly every one."
        )


def _go(label: str, detected: str) -> None:
    st.session_state["view"] = "Pictures"
    # These are not drawn now: the URL may be set, and must be.
    for key, value in ((LABEL_KEY, label), (CLASS_KEY, one_line(detected)), ("count", "none")):
        st.session_state[key] = st.query_params[key] = value
