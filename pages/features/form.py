"""The order for an import of features: which files, whose they are, and which column is what."""

import streamlit as st

from pages.ui import job_cards, order_fields, session
from pages.ui.text import LONGEST_LINE, LONGEST_PATH
from store.datasets import Dataset

KIND = "import-vectors"


def show(dataset: Dataset | None) -> None:
    """The form and its button."""
    help_of = {name: view.help for name, view in order_fields.of(KIND).views.items()}
    left, right = st.columns(2)
    with left:
        files = st.text_input(
            "File or folder",
            key="features_files",
            max_chars=LONGEST_PATH,
            help=help_of["files"],
            icon=":material/table:",
        )
        name = st.text_input(
            "Dataset",
            dataset.name if dataset else "",
            key="features_dataset",
            max_chars=100,
            help="A dataset that is there gets features of its pictures. Another name becomes a dataset of points.",
        )
    with right:
        space = st.text_input("Space", "imported", key="features_space", max_chars=LONGEST_LINE, help=help_of["space"])
        model = st.text_input("Made by", key="features_model", max_chars=LONGEST_LINE, help=help_of["model"])
    columns = _columns(help_of)
    parameters = {"files": files.strip(), "space": space.strip(), "model": model.strip(), **columns}
    st.button(
        "Check and import",
        icon=":material/table_rows:",
        type="primary",
        disabled=not (files.strip() and name.strip() and space.strip()),
        on_click=job_cards.attempt,
        args=(session.supervisor().start, KIND),
        kwargs={"dataset": name.strip(), "parameters": parameters, "who": job_cards.who()},
    )


def _columns(help_of: dict[str, str]) -> dict[str, object]:
    """What a person says of the columns, where the file's own heading does not."""
    with st.expander("Which column is what", icon=":material/view_column:"):
        st.caption(
            "Left empty, the heading says it. Without a heading the first columns are looked at, and it is said."
        )
        first, second, third = st.columns(3)
        asked: dict[str, object] = {
            "id_column": first.text_input(
                "Id or name", key="features_id", max_chars=LONGEST_LINE, help=help_of["id_column"]
            ).strip(),
            "label_column": second.text_input(
                "Label", key="features_label", max_chars=LONGEST_LINE, help=help_of["label_column"]
            ).strip(),
            "split_column": third.text_input(
                "Split", key="features_split", max_chars=LONGEST_LINE, help=help_of["split_column"]
            ).strip(),
            "leave_out": st.text_input(
                "Leave out", key="features_leave_out", max_chars=LONGEST_LINE, help=help_of["leave_out"]
            ).strip(),
        }
        asked["row_order"] = st.toggle(
            "Row i is the i-th picture by path", key="features_order", help=help_of["row_order"]
        )
    return asked
