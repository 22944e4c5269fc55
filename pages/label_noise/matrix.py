"""The noise matrix (given by suggested) and the estimated share of wrong labels of each class."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import streamlit as st

from figures.label_noise import doubted_pairs, given_by_suggested, noise_rates
from pages.ui import charts, tables
from pages.ui.filters import every_name
from pages.ui.text import percent
from store.label_issues import LabelRun

MOST_CLASSES = 40  # a larger matrix cannot be read; its fullest cells are listed


def show_matrix(counts: pa.Table, *, names: Sequence[str], on_cell: Callable[[int, int], None]) -> None:
    """Draw the matrix; `on_cell(given, suggested)` hears a click on a cell before the script runs again."""
    if not counts.num_rows:
        st.info("No doubted label is open.", icon=":material/check:")
        return
    as_shares = (
        st.segmented_control(
            "Cells show",
            ["counts", "shares"],
            default="counts",
            required=True,
            key="cells",
            bind="query-params",
            help="Shares are of the doubted labels of the given class.",
        )
        == "shares"
    )
    indices = {*counts["label"].to_pylist(), *counts["suggested"].to_pylist()}
    n_classes = len(indices)
    every = every_name(max(indices) + 1, names=names)
    if n_classes > MOST_CLASSES:
        st.caption(f"{n_classes} classes do not fit into a matrix; these are the most common pairs.")
        _list(doubted_pairs(counts, names=every))
        return
    charts.draw(
        given_by_suggested(counts, names=every, as_shares=as_shares),
        width="content",
        key="noise_matrix",
        on_click=lambda cell: on_cell(int(cell[0]), int(cell[1])),
    )
    st.caption(
        "Rows: the given label; columns: the suggested one. Click a cell to see its pictures. On the diagonal: doubted "
        "although no other class is likelier, as pictures of none of the classes are."
    )


def show_rates(run: LabelRun, *, names: Sequence[str]) -> None:
    """Draw the estimated share of wrong labels of each class with its interval."""
    noise = run.figures.get("noise") or {}
    rate, low, high, n = (noise.get(name, []) for name in ("rate", "low", "high", "n"))
    chart = noise_rates(rate, low=low, high=high, n=n, names=every_name(len(rate), names=names))
    if chart.is_empty:
        st.info("Too few pictures were judged to estimate anything.", icon=":material/info:")
        return
    total, low, high = noise["total"]
    st.markdown(
        f"**About {percent(total)} of all labels are wrong** (95 % interval {percent(low)} to {percent(high)})."
    )
    charts.draw(chart)
    st.caption(
        "The line is the interval: what another sample of as many pictures might show. It does not hold what the "
        "method itself gets wrong; a random sample checked by eye tells that."
    )


def _list(cells: pa.Table) -> None:
    tables.show(
        cells.sort_by([("pictures", "descending")]).slice(0, 200),
        hide_index=True,
        column_config={"share": st.column_config.NumberColumn("share of the class's doubted", format="percent")},
    )
