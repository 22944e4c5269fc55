"""The data dictionary: every table and column of the workspace's file, and what it means."""

import streamlit as st

from pages.ui import explain, session, tables
from pages.ui.session import SettledGeneration
from pages.ui.text import LONGEST_LINE, count, plain
from store.dictionary import Entry, describe, read_document, search_entries


@st.cache_data(max_entries=2, show_spinner=False)
def load_entries(root: str, generation: SettledGeneration) -> list[Entry]:
    """The schema joined with the document."""
    return describe(session.workspace(), text=read_document())


def draw_entry(entry: Entry, *, is_open: bool) -> None:
    """One table: what a row is, and its columns."""
    kind = "view" if entry.is_view else "table"
    first_sentence = entry.meaning.split(". ")[0].split(": ")[0].removesuffix(".")
    rows = f" · {count(entry.n_rows, 'row')}" if session.sees_all() else ""  # of all datasets
    title = f"**{plain(entry.name)}** &nbsp; {first_sentence} &nbsp; :gray[{kind}{rows}]"
    with st.expander(title, expanded=is_open):
        st.markdown(entry.meaning)
        tables.show(
            entry.columns,
            hide_index=True,
            width="stretch",
            height="content",
            key=f"columns_{entry.name}",
            column_config={
                "column": st.column_config.TextColumn("Column", width="small"),
                "type": st.column_config.TextColumn("Type", width="small"),
                "unit": st.column_config.TextColumn("Unit", width="small"),
                "meaning": st.column_config.TextColumn("Meaning", width="large"),
            },
        )


workspace = session.workspace()
entries = load_entries(str(workspace.root), session.settled_generation())
st.title("Data dictionary")
st.caption("Every table and column of this workspace's file, read from the file itself.")

words = st.text_input(
    "Search tables and columns",
    key="find",
    bind="query-params",
    type="search",
    placeholder="sha256, label, run",
    width=420,
    max_chars=LONGEST_LINE,
)

matches = search_entries(entries, words or "")
st.caption(f"Showing {len(matches)} of {count(len(entries), 'table')}")

for entry in matches:
    draw_entry(entry, is_open=bool(words) and len(matches) <= 4)
st.subheader("Open the file in a notebook")
st.markdown("Today's labels and vectors as pandas, Arrow and NumPy, also while the app runs:")
st.code(
    'import vitrine\nworkspace = vitrine.open("workspace")  # its folder\n'
    "images = workspace.images()  # a pandas DataFrame\n"
    "ids, vectors = workspace.vectors()  # NumPy arrays",
    language="python",
)
st.markdown(
    "Any other table by SQL: the app owns the file while it runs, and a snapshot is a consistent copy that you can "
    "open beside it."
)
st.code("vitrine snapshot mine.duckdb --workspace workspace", language="bash")
st.code(
    'import duckdb\nconnection = duckdb.connect("mine.duckdb", read_only=True)\n'
    'images = connection.sql("SELECT * FROM image JOIN current_label ON image_id = id").df()  # a pandas DataFrame',
    language="python",
)
explain.how(
    "Tables, columns and types come from DuckDB's catalogue, numbers of rows are counted, meanings stand in "
    "`docs/data-model.md` and `docs/data-model/`; a test fails when these and the schema differ.",
)
