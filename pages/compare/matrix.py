"""Confusion matrices side by side and their difference; a click on a cell leads to its pictures."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from figures.chart import Chart
from figures.confusion import SIDE_BY_SIDE, confusion, confusion_difference
from figures.names import one_line
from pages.compare.choose import Chosen
from pages.compare.queries import CompareData
from pages.compare.results import BY_A, BY_B, EITHER, load_confusions
from pages.compare.wording import letter
from pages.ui import charts, tables
from pages.ui.filters import every_name, name_of
from pages.ui.session import Here
from pages.ui.text import plain

MOST_CLASSES = 40  # a larger matrix cannot be read; its fullest cells are listed
_LISTED = 10  # cells beside the difference


def show(
    here: Here,
    data: CompareData,
    chosen: Chosen,
    *,
    first: int,
    second: int,
    on_cell: Callable[[int, int, str], None],
) -> None:
    """The page's second view; `on_cell(true, said, by)` hears a click before the script runs again."""
    counts = load_confusions(*here, chosen.wanted)
    as_shares = (
        st.segmented_control(
            "Cells show",
            ["counts", "shares"],
            default="counts",
            required=True,
            key="cells",
            bind="query-params",
            help="Shares are of the pictures of the true class; they stand on the diagonal for recall.",
        )
        == "shares"
    )
    n_used = int((counts.sum(axis=(0, 1)) + counts.sum(axis=(0, 2)) > 0).sum())
    sides = [(first, BY_A), (second, BY_B)] if second != first else [(first, BY_A)]
    if n_used > MOST_CLASSES:
        _list(counts, data, chosen, sides)
        return
    names = every_name(counts.shape[1], names=data.names)
    for slot, (place, by) in zip(_slots(n_used), sides, strict=False):
        with slot:
            st.markdown(f"**{plain(chosen.lettered[place])}**")
            chart = confusion(counts[place], names=names, as_shares=as_shares)
            _draw(chart, by=by, on_cell=on_cell, key=f"matrix_{by}")
    st.caption(
        f"On {plain(chosen.ground)}. Rows: the label; columns: what the run says. Click a cell for its pictures."
    )
    if len(sides) > 1:
        _show_difference(counts, data, chosen, first=first, second=second, as_shares=as_shares, on_cell=on_cell)


def _show_difference(
    counts: np.ndarray,
    data: CompareData,
    chosen: Chosen,
    *,
    first: int,
    second: int,
    as_shares: bool,
    on_cell: Callable[[int, int, str], None],
) -> None:
    st.markdown(f"**Difference: {plain(chosen.lettered[second])} less {plain(chosen.lettered[first])}**")
    left, right = _slots(int(_used(counts[first] + counts[second]).sum()))
    with left:
        names = every_name(counts.shape[1], names=data.names)
        chart = confusion_difference(counts[first], counts[second], names=names, as_shares=as_shares)
        _draw(chart, by=EITHER, on_cell=on_cell, key="matrix_difference")
    with right:
        st.caption("Where they differ most")
        _largest(counts[first], counts[second], data.names, letters=[letter(first), letter(second)])
    st.caption(
        f"On {plain(chosen.ground)}. Orange: said more often by the second, blue: by the first. On the diagonal "
        "orange is better, elsewhere blue is."
    )


def _slots(n_classes: int) -> Sequence[DeltaGenerator]:
    """Two places for matrices: side by side, or one under the other where their cells would be too narrow."""
    return st.columns(2, gap="medium") if n_classes <= SIDE_BY_SIDE else (st.container(), st.container())


def _largest(first: np.ndarray, second: np.ndarray, names: Sequence[str], *, letters: Sequence[str]) -> None:
    change = np.abs(second - first)
    cells = [divmod(int(cell), len(change)) for cell in np.argsort(-change, axis=None, kind="stable")[:_LISTED]]
    rows = [
        {
            "Label": one_line(name_of(true, names=names)),
            "Said": one_line(name_of(said, names=names)),
            letters[0]: int(first[true, said]),
            letters[1]: int(second[true, said]),
        }
        for true, said in cells
        if change[true, said]
    ]
    if rows:
        tables.show(rows, hide_index=True, height="content")
    else:
        st.info("They say the same as often.", icon=":material/check:")


def _used(counts: np.ndarray) -> np.ndarray:
    return counts.sum(axis=0) + counts.sum(axis=1) > 0


def _draw(chart: Chart, *, by: str, on_cell: Callable[[int, int, str], None], key: str) -> None:
    if chart.is_empty:
        st.info("No picture is left to score.", icon=":material/info:")
        return

    charts.draw(chart, key=key, on_click=lambda cell: on_cell(int(cell[0]), int(cell[1]), by))


def _list(counts: np.ndarray, data: CompareData, chosen: Chosen, sides: list[tuple[int, str]]) -> None:
    total = counts[[place for place, _ in sides]].sum(axis=0)
    fullest = np.argsort(-total, axis=None, kind="stable")[:200]
    true, said = np.unravel_index(fullest, total.shape)
    rows = [
        {
            "label": one_line(name_of(int(a), names=data.names)),
            "said": one_line(name_of(int(b), names=data.names)),
            **{letter(place): int(counts[place, a, b]) for place, _ in sides},
        }
        for a, b in zip(true, said, strict=True)
        if total[a, b]
    ]
    st.caption(f"{total.shape[0]} classes do not fit into a matrix; these are the most common pairs of label and word.")
    tables.show(rows, hide_index=True)
    st.caption(f"On {plain(chosen.ground)}.")
