"""The ranked list of doubted labels: filters, a table with pictures and reasons, or a gallery."""

from collections.abc import Iterable, Sequence

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.label_noise import wording
from pages.label_noise.queries import load_count, load_issues
from pages.ui import filters, gallery, media, picture, session, tables
from pages.ui.filters import PAGE_ROWS, name_of
from pages.ui.rows import Row
from pages.ui.session import Here
from pages.ui.text import share
from store.label_issues import IssueFilters

GIVEN, SUGGESTED = "given", "suggested"
KINDS = {"Doubted labels": "label", "Copies labelled otherwise": "duplicate"}
STATES = {"Open": False, "Decided": True, "Both": None}
AGREEMENT = {"Any": 0, "One or more": 1, "Two or more": 2, "Three or more": 3}
ROW_PX, TABLE_PX = 72, 760


def wanted_issues(names: Sequence[str]) -> IssueFilters:
    """Draw the filters; they are in the URL."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = _class("Given label", names, key=GIVEN)
        suggested = _class("Suggested label", names, key=SUGGESTED)
        kind = st.selectbox(
            "Why listed",
            list(KINDS),
            index=None,
            key="kind",
            bind="query-params",
            placeholder="Either",
            width=165,
            on_change=_to_first_page,
        )
        agreement = _one_of("Agreement", AGREEMENT, key="agreement", width=150)
        state = _one_of("State", STATES, key="state", width=105)
        sort = _one_of("Order", wording.SORTS, key="sort", width=190)
    return IssueFilters(
        kind=KINDS.get(str(kind)),
        given=given,
        suggested=suggested,
        min_against=AGREEMENT.get(agreement, 0),
        is_decided=STATES.get(state, False),
        sort=wording.SORTS.get(sort, "severity"),
    )


def show(here: Here, run_id: int, *, names: Sequence[str], wanted: IssueFilters) -> tuple[list[Row], list[int]]:
    """Draw one page of the list; the rows that are selected, and the ids of all that are drawn."""
    n_issues = load_count(*here, run_id, wanted)
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    slot = st.container()
    page = filters.page_number(n_issues)
    first = (page - 1) * PAGE_ROWS
    rows = load_issues(*here, run_id, wanted, first, PAGE_ROWS).to_pylist()
    with bar:
        if not rows:
            st.info("Nothing fits these filters.", icon=":material/filter_alt_off:")
            return [], []
        some = f"{first + 1:,} to {first + len(rows):,} of {n_issues:,}"
        st.caption(f"Showing {some if len(rows) < n_issues else f'all {n_issues:,}'}, ranked")
        everything = session.may("decide") and st.toggle(
            "All on this page",
            key=f"noise_all_{run_id}_{here[2]}_{page}",
            help="Decide on every picture of this page at once. It is off again after a decision, and on other pages.",
        )
        look = st.segmented_control(
            "Look",
            ["Table", "Gallery"],
            default="Table",
            required=True,
            key="look",
            bind="query-params",
            label_visibility="collapsed",
        )
    with slot:
        if look == "Gallery":
            _gallery(rows, names=names)
            selected = []
        else:
            selected = _table(rows, names=names, key=f"noise_rows_{run_id}_{here[2]}_{page}")
    return rows if everything else selected, [row["image_id"] for row in rows]


def show_pair(given: int, suggested: int, *, names: Sequence[str]) -> None:
    """Set the list's filters, which are not drawn now, to a pair of classes; a callback's work."""
    for key, index in ((GIVEN, given), (SUGGESTED, suggested)):
        st.session_state[key] = st.query_params[key] = name_of(index, names=names)


def _table(rows: list[Row], *, names: Sequence[str], key: str) -> list[Row]:
    table = pa.table(
        {
            "picture": [media.thumb_url(row["image_id"], row["sha256"]) for row in rows],
            "given": [_name(row["label"], names) for row in rows],
            "suggested": [_name(suggestion(row), names) for row in rows],
            "confidence": [row["self_confidence"] for row in rows],
            "margin": [row["margin"] for row in rows],
            "against": [wording.votes(row) for row in rows],
            "why": [wording.why(row, names=names) for row in rows],
            "state": [_state(row, names=names) for row in rows],
            "file": [one_line(row["path"].rsplit("/", 1)[-1]) for row in rows],
        }
    )
    event = tables.show(
        table,
        hide_index=True,
        height=min(TABLE_PX, ROW_PX * len(rows) + 40),
        row_height=ROW_PX,
        key=key,
        on_select="rerun" if session.may("decide") else "ignore",
        selection_mode="multi-row",
        column_config={
            "picture": st.column_config.ImageColumn("", width=84),
            "given": st.column_config.TextColumn("Given", width=92),
            "suggested": st.column_config.TextColumn("Suggested", width=92),
            "confidence": st.column_config.NumberColumn(
                "Confidence",
                help="Self-confidence: how likely the given label is, by classifier and neighbours "
                "together, all classes taken as equally common.",
                format="percent",
                width=86,
            ),
            "margin": st.column_config.NumberColumn(
                "Margin",
                help="The given label's lead over the best other one; negative: another is likelier.",
                format="percent",
                width=86,
            ),
            "against": st.column_config.TextColumn(
                "Against it", width=150, help="The opinions that call the label wrong, of those that have one."
            ),
            "why": st.column_config.TextColumn("Why", width=395),
            "state": st.column_config.TextColumn("State", width=110),
            "file": st.column_config.TextColumn("File", width=150),
        },
    )
    return [rows[row] for row in event.selection.rows if row < len(rows)] if session.may("decide") else []


def _gallery(rows: list[Row], *, names: Sequence[str]) -> None:
    items = [
        gallery.Item(
            row["image_id"],
            row["sha256"],
            f"{_name(row['label'], names)} → {_name(suggestion(row), names)}",
            f"{share(float(row['self_confidence'] or 0))}, {row['n_against']} of {row['n_heard']} against",
        )
        for row in rows
    ]
    gallery.show([gallery.Section(items)], key="noise_gallery", label="Doubted labels", on_open=picture.ask_for)


def suggestion(row: Row) -> int | None:
    """The class a row would get: the copies' where only they speak, else the likeliest."""
    suggested: int | None = row["suggested"]
    copies: int | None = row["copy_label"]
    return copies if suggested == row["label"] and copies not in (None, row["label"]) else suggested


def _state(row: Row, *, names: Sequence[str]) -> str:
    if row["removed"]:
        return "removed"
    if row["label_now"] != row["label"]:
        return f"now {_name(row['label_now'], names)}"
    return "kept" if row["is_decided"] else "open"


def _name(index: int | None, names: Sequence[str]) -> str:
    return "–" if index is None else name_of(index, names=names)


def _class(label: str, names: Sequence[str], *, key: str) -> int | None:
    picked = st.selectbox(
        label,
        list(names),
        index=None,
        key=key,
        bind="query-params",
        placeholder="All classes",
        width=148,
        on_change=_to_first_page,
    )
    return names.index(picked) if picked in names else None


def _one_of(label: str, options: Iterable[str], *, key: str, width: int) -> str:
    return str(st.selectbox(label, list(options), key=key, bind="query-params", on_change=_to_first_page, width=width))


def _to_first_page() -> None:
    if "page" in st.session_state:
        st.session_state["page"] = 1
