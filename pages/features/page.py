"""Features: vectors that were computed elsewhere, and what was seen of their files on the way in."""

import pyarrow as pa
import streamlit as st

from pages.features import form
from pages.features.queries import load_checks, load_imports
from pages.ui import explain, job_cards, session, tables
from pages.ui.text import count, plain
from store.datasets import Dataset
from store.points import VectorImport

_COUNTS = {
    "n_rows": ("Rows", ""),
    "n_features": ("Features", "Columns of numbers in each row."),
    "n_taken": ("Taken", ""),
    "n_repeated": ("Repeated", "Rows with an id, numbers and a label of before: they count once."),
    "n_conflicting": (
        "Contradict",
        "Rows with an id of before, and other numbers or another label: the first is kept.",
    ),
    "n_not_finite": ("Not finite", "Rows with NaN or infinity: they are left out."),
    "n_without_id": ("No id", "Rows without an id that could be kept."),
    "n_unmatched": ("No picture", "Rows that name no picture of the dataset, or several."),
    "n_without_label": ("No label", ""),
    "n_unknown_label": ("Unknown label", "The label is no class of the dataset: the row is taken without it."),
    "n_bad_lines": ("Bad lines", "Lines with another number of columns: they are left out."),
    "n_constant": ("Constant", "Features with one number in all rows of the file."),
}
_ALWAYS = ("n_rows", "n_features", "n_taken")


def choose_import(imports: list[VectorImport]) -> VectorImport:
    """The import whose checks are shown: the newest, or another one."""
    titles = {one.run_id: f"{one.space}, {one.started_at:%d %B %Y, %H:%M} UTC (run {one.run_id})" for one in imports}
    chosen = imports[0].run_id
    if len(imports) > 1:
        chosen = st.selectbox("Import", list(titles), format_func=lambda run: plain(titles[run]), key="features_run")
    return next(one for one in imports if one.run_id == chosen)


def show_files(files: pa.Table) -> None:
    """The checks, a row a file; columns in which all files have nothing are left out."""
    shown = [name for name in _COUNTS if name in _ALWAYS or any(files[name].to_pylist())]
    columns = ["file", *shown, *(["problem"] if files["problem"].null_count < files.num_rows else [])]
    settings: dict[str, object] = {
        name: st.column_config.NumberColumn(_COUNTS[name][0], help=_COUNTS[name][1] or None, format="localized")
        for name in shown
    }
    settings["file"] = st.column_config.TextColumn("File", width="medium")
    settings["problem"] = st.column_config.TextColumn("Not read to its end", width="large")
    tables.show(files.select(columns), hide_index=True, column_config=settings, alt="What was seen of each file")
    readings = list(dict.fromkeys(filter(None, files["reading"].to_pylist())))
    for reading in readings[:3]:
        st.caption(f"How it was read: {plain(reading)}")
    if len(readings) > 3:
        st.caption(f"{count(len(readings) - 3, 'more file was', 'more files were')} read in other ways.")


def show_problems(problems: pa.Table) -> None:
    """Rows that were not taken as they are."""
    if not problems.num_rows:
        return
    st.subheader("Rows that were not taken as they are", anchor=False)
    st.caption(f"{count(problems.num_rows, 'row')} listed, the first thousand at most.")
    settings = {
        "file": st.column_config.TextColumn("File"),
        "row": st.column_config.NumberColumn("Row", format="localized"),
        "key": st.column_config.TextColumn("Id or name"),
        "reason": st.column_config.TextColumn("Why", width="large"),
    }
    tables.show(problems, hide_index=True, column_config=settings, alt="Rows with their reason")


def show_checks(dataset: Dataset) -> None:
    """What was seen of an import of this dataset."""
    imports = load_imports(*session.here(dataset.id))
    if not imports:
        st.info(f"No features have been imported into {plain(dataset.name)}.", icon=":material/table_rows:")
        return
    st.subheader(f"What was seen of the files of {plain(dataset.name)}", anchor=False)
    chosen = choose_import(imports)
    files, problems = load_checks(*session.here(dataset.id), chosen.run_id)
    if not files.num_rows:
        st.caption("This import has not come to its end, so its checks are not known.")
        return
    n_taken, n_rows = sum(files["n_taken"].to_pylist()), sum(files["n_rows"].to_pylist())
    st.markdown(f"**{n_taken:,}** of {count(n_rows, 'row')} in {count(files.num_rows, 'file')} taken.")
    show_files(files)
    show_problems(problems)


dataset = session.dataset_or_none()
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Features computed elsewhere")
    explain.how(
        "A table of features is read file by file. A row is taken if its id is new and all of its numbers are finite. "
        "Features of a dataset's pictures find them by name, by the rules of label files. Without a dataset of that "
        "name the rows become points: they have an id, a label and a vector, and no picture.",
        parameters=[
            "An id that comes again counts once where numbers and label are the same; else the first row is kept.",
            "All files have as many features as the first; another one is not read.",
            "CSV, TSV, Parquet, npy and npz; nothing is unpickled.",
        ],
        sources=["docs/jobs/import-vectors.md"],
    )
job_cards.show_refusal()
if session.may("start_job"):
    with st.container(border=True):
        form.show(dataset)
job_cards.show_active(kinds=(form.KIND,))
if dataset is not None:
    show_checks(dataset)
