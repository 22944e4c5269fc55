"""Import failures: the files that are no images here, the labels that mean none, why, and what to do."""

from collections.abc import Callable

import pyarrow as pa
import streamlit as st

from pages.ui import job_cards, reasons, session, tables
from pages.ui.reasons import Advice
from pages.ui.session import SettledGeneration
from pages.ui.text import count, plain
from store.connection import Workspace
from store.datasets import Dataset
from store.failures import (
    FileBalance,
    ReasonCount,
    failure_reasons,
    file_balance,
    label_problem_reasons,
    list_failures,
    list_label_problems,
    to_csv,
)

ROWS_A_PAGE = 100
ALL = "Every reason"


@st.cache_data(max_entries=32, show_spinner=False)
def load_counts(
    root: str, dataset_id: int, generation: SettledGeneration
) -> tuple[FileBalance, list[ReasonCount], list[ReasonCount]]:
    """The sum, the failed files by reason, the label problems by reason."""
    opened = session.workspace()
    return (
        file_balance(opened, dataset_id),
        failure_reasons(opened, dataset_id),
        label_problem_reasons(opened, dataset_id),
    )


def say_balance(balance: FileBalance) -> None:
    """images + failures = files, in numbers."""
    with st.grid("auto", min_column_width=150):
        st.metric("Files", f"{balance.n_files:,}")
        st.metric("Images", f"{balance.n_images:,}")
        st.metric("Not taken in", f"{balance.n_failures:,}")
    sum_ = f"{count(balance.n_images, 'image')} + {balance.n_failures:,} not taken in"
    files = count(balance.n_files, "file")
    if balance.n_pending == 0:
        st.caption(f"{sum_} = {files}: none is lost.")
    elif balance.n_pending > 0:
        st.warning(
            f"{sum_} + {balance.n_pending:,} not read yet = {files}. "
            "An import is under way, or ended before its time; resume it on the Jobs page.",
            icon=":material/hourglass_empty:",
        )
    if balance.n_missing:
        st.caption(
            "Besides, "
            + count(
                balance.n_missing,
                "image of an earlier import has lost its file; it is kept as missing.",
                "images of earlier imports have lost their files; they are kept as missing.",
            )
        )


def reason_filter(counts: list[ReasonCount], advice: Callable[[str], Advice], *, key: str) -> str | None:
    """The reason chosen in the URL, None for all."""
    titles = {count.code: advice(count.code).title for count in counts}  # no numbers: the URL holds the title
    chosen = st.selectbox(
        "Reason",
        [ALL, *titles],
        format_func=lambda code: titles.get(code, ALL),
        key=key,
        bind="query-params",
        on_change=_first_page,
        args=(key,),
    )
    return None if chosen == ALL else chosen


def _first_page(key: str) -> None:
    st.session_state[f"{key}_page"] = 1


def show_reasons(counts: list[ReasonCount], advice: Callable[[str], Advice]) -> None:
    """What happened how often, and what to do about it."""
    total = sum(count.n for count in counts)
    tables.show(
        {
            "reason": [advice(count.code).title for count in counts],
            "number": [count.n for count in counts],
            "share": [count.n / total for count in counts],
            "what to do": [advice(count.code).remedy for count in counts],
        },
        hide_index=True,
        column_config={
            "reason": st.column_config.TextColumn("Reason", width="medium"),
            "number": st.column_config.NumberColumn("Number", format="localized", width="small"),
            "share": st.column_config.ProgressColumn("Share", format="percent", max_value=1.0, width="small"),
            "what to do": st.column_config.TextColumn("What to do", width="large"),
        },
        alt="Reasons with their number and remedy",
    )


def show_page(
    load: Callable[..., pa.Table], opened: Workspace, dataset: Dataset, *, code: str | None, total: int, key: str
) -> None:
    """One page of rows, how many of how many, and all of them as CSV."""
    n_pages = max(1, -(-total // ROWS_A_PAGE))
    slot = st.container()
    number = 1
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if n_pages > 1:
            number = st.pagination(n_pages, key=f"{key}_page", bind="query-params", width=380)
        if session.may("start_job"):
            st.download_button(
                f"All {total:,} as CSV",
                lambda: to_csv(load(opened, dataset.id, code=code)),
                file_name="not-taken-in.csv" if key == "file_reason" else "label-problems.csv",
                mime="text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
    rows: pa.Table = load(opened, dataset.id, code=code, first=(number - 1) * ROWS_A_PAGE, n_rows=ROWS_A_PAGE)
    columns = [name for name in rows.column_names if name != "code"]
    tables.show(
        rows, on=slot, hide_index=True, column_order=columns, column_config=COLUMNS, alt="Entries with their reason"
    )
    slot.caption(f"{rows.num_rows:,} of {count(total, 'row')} drawn.")


COLUMNS = {
    "path": st.column_config.TextColumn("File", width="medium"),
    "key": st.column_config.TextColumn("Entry", width="medium"),
    "reason": st.column_config.TextColumn("Why", width="large"),
    "value": st.column_config.TextColumn("What it says", width="medium"),
    "bytes": st.column_config.NumberColumn("Bytes", format="localized", width="small"),
}


def show_tab(
    counts: list[ReasonCount],
    advice: Callable[[str], Advice],
    load: Callable[..., pa.Table],
    *,
    key: str,
    nothing: str,
) -> None:
    """Reasons, filter and rows of one kind of problem."""
    if not counts:
        st.success(nothing, icon=":material/check:")
        return
    show_reasons(counts, advice)
    code = reason_filter(counts, advice, key=key)
    total = sum(count.n for count in counts if code in (None, count.code))
    show_page(load, session.workspace(), dataset, code=code, total=total, key=key)


dataset = session.require_dataset()
st.title("Import failures")
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(f"{plain(dataset.name)}: {plain(session.place_of(dataset))}", width="content")
    with st.popover("How is this computed?", type="tertiary"):
        st.markdown(
            "Every file of the folder that is not hidden, not left by the operating system and not a label "
            "file in use is either decoded whole and becomes an image, or becomes a row here with the "
            "reason that the decoder gave. Labels are compared with the files by path, name or stem. "
            "Parameters and limits: `docs/commands.md`, `import`."
        )

balance, files, labels = load_counts(*session.here(dataset.id))
say_balance(balance)
job_cards.show_refusal()
files_tab, labels_tab = st.tabs(
    [f"Files ({balance.n_failures:,})", f"Labels ({sum(count.n for count in labels):,})"],
    key="not_taken",
    on_change="rerun",
)
if files_tab.open:
    with files_tab:
        show_tab(files, reasons.file_advice, list_failures, key="file_reason", nothing="Every file was taken in.")
if labels_tab.open:
    with labels_tab:
        nothing = "No label was refused, and none is missing where labels were looked for."
        show_tab(labels, reasons.label_advice, list_label_problems, key="label_reason", nothing=nothing)

if (files or labels or balance.n_pending) and session.may("start_job"):
    st.markdown("Mended something? Only what is new, changed or failed before is read again.")
    st.button(
        "Import again",
        icon=":material/replay:",
        type="primary",
        on_click=job_cards.attempt,
        args=(session.supervisor().start, "import"),
        kwargs={"dataset": dataset.name, "who": job_cards.who()},
    )
