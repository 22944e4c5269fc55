"""Confusion matrices side by side and their difference; a click on a cell leads to its pictures."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.compare.choose import Chosen
from pages.compare.queries import Here, Known
from pages.compare.results import BY_A, BY_B, EITHER, load_confusions
from pages.compare.wording import letter
from pages.ui.filters import name_of
from pages.ui.text import plain

MOST_CLASSES = 40  # a larger matrix cannot be read; its fullest cells are listed
_SIDE_BY_SIDE = 16  # classes
_ROW_PX, _MARGIN_PX, _PARAM = 30, 96, "cell"
_LISTED = 10  # cells beside the difference
_ONE = {"range": ["#f3ead9", "#d06a1c"]}
_TWO = {"range": ["#4a7fd0", "#f6f3ee", "#d06a1c"], "interpolate": "rgb"}


def show(
    here: Here,
    known: Known,
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
        _list(counts, known, chosen, sides)
        return
    for slot, (place, by) in zip(_slots(n_used), sides, strict=False):
        with slot:
            st.markdown(f"**{plain(chosen.lettered[place])}**")
            _draw(
                _cells(counts[place], known.names, as_shares=as_shares),
                key=f"matrix_{by}",
                scale=_ONE,
                as_shares=as_shares,
                by=by,
                on_cell=on_cell,
            )
    st.caption(
        f"On {plain(chosen.ground)}. Rows: the label; columns: what the run says. Click a cell for its pictures."
    )
    if len(sides) > 1:
        _show_difference(counts, known, chosen, first=first, second=second, as_shares=as_shares, on_cell=on_cell)


def _show_difference(
    counts: np.ndarray,
    known: Known,
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
        _draw(
            _difference(counts[first], counts[second], known.names, as_shares=as_shares),
            key="matrix_difference",
            scale=_TWO,
            as_shares=as_shares,
            by=EITHER,
            on_cell=on_cell,
        )
    with right:
        st.caption("Where they differ most")
        _largest(counts[first], counts[second], known.names, letters=[letter(first), letter(second)])
    st.caption(
        f"On {plain(chosen.ground)}. Orange: said more often by the second, blue: by the first. On the diagonal "
        "orange is better, elsewhere blue is."
    )


def _slots(n_classes: int) -> Sequence[object]:
    """Two places for matrices: side by side, or one under the other where their cells would be too narrow."""
    return st.columns(2, gap="medium") if n_classes <= _SIDE_BY_SIDE else (st.container(), st.container())


def _cells(counts: np.ndarray, names: Sequence[str], *, as_shares: bool) -> pa.Table:
    rows = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, rows, out=np.zeros(counts.shape), where=rows > 0)
    return _table(shares if as_shares else counts, names, shown=counts > 0, used=_used(counts))


def _difference(first: np.ndarray, second: np.ndarray, names: Sequence[str], *, as_shares: bool) -> pa.Table:
    change = second - first
    rows = first.sum(axis=1, keepdims=True)  # the same pictures, so the same in both
    shares = np.divide(change, rows, out=np.zeros(change.shape), where=rows > 0)
    return _table(shares if as_shares else change, names, shown=change != 0, used=_used(first + second))


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
        st.dataframe(rows, hide_index=True, height="content")
    else:
        st.info("They say the same as often.", icon=":material/check:")


def _used(counts: np.ndarray) -> np.ndarray:
    return counts.sum(axis=0) + counts.sum(axis=1) > 0


def _table(values: np.ndarray, names: Sequence[str], *, shown: np.ndarray, used: np.ndarray) -> pa.Table:
    rows = [
        {
            "true": one_line(name_of(int(true), names=names)),
            "true_index": int(true),
            "said": one_line(name_of(int(said), names=names)),
            "said_index": int(said),
            "value": float(values[true, said]),
            "is_shown": bool(shown[true, said]),
        }
        for true in np.flatnonzero(used)
        for said in np.flatnonzero(used)
    ]
    return pa.Table.from_pylist(rows)


def _draw(
    cells: pa.Table,
    *,
    key: str,
    scale: dict[str, object],
    as_shares: bool,
    by: str,
    on_cell: Callable[[int, int, str], None],
) -> None:
    if not cells.num_rows:
        st.info("No picture is left to score.", icon=":material/info:")
        return

    def clicked() -> None:
        picked = st.session_state[key]["selection"].get(_PARAM) or []
        if picked:
            on_cell(int(picked[0]["true_index"]), int(picked[0]["said_index"]), by)

    st.vega_lite_chart(
        cells,
        _spec(cells, scale=scale, as_shares=as_shares, is_signed=by == EITHER),
        key=key,
        on_select=clicked,
        selection_mode=_PARAM,
        alt="Pictures by label and by what the run says",
    )


def _spec(cells: pa.Table, *, scale: dict[str, object], as_shares: bool, is_signed: bool) -> dict[str, object]:
    order = list(dict.fromkeys(cells["true"].to_pylist()))
    most = max(1e-9, float(pa.compute.max(pa.compute.abs(cells["value"])).as_py()))
    domain = [-most, 0, most] if is_signed else [0, most]
    form = ("+" if is_signed else "") + (".0%" if as_shares else ",")
    axis = {"labelLimit": 90, "domain": False, "ticks": False, "labelOverlap": False}
    x = {
        "field": "said",
        "type": "nominal",
        "sort": order,
        "title": "Said",
        "axis": {**axis, "orient": "top", "labelAngle": -40},
    }
    y = {"field": "true", "type": "nominal", "sort": order, "title": "Label", "axis": axis}
    fields = ["true_index", "said_index"]
    font_px = 11 if len(order) <= _SIDE_BY_SIDE else 9
    return {
        "padding": {"left": 5, "top": 5, "right": 34, "bottom": 5},
        "height": _ROW_PX * len(order) + _MARGIN_PX,
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "params": [{"name": _PARAM, "select": {"type": "point", "fields": fields}}],
                "mark": {"type": "rect", "cursor": "pointer", "cornerRadius": 3, "tooltip": True},
                "encoding": {
                    "color": {
                        "field": "value",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {**scale, "domain": domain},
                    },
                    "tooltip": [
                        {"field": "true", "title": "label"},
                        {"field": "said"},
                        {"field": "value", "format": form, "title": "difference" if is_signed else "pictures"},
                    ],
                },
            },
            {
                "transform": [{"filter": "datum.is_shown"}],
                "mark": {"type": "text", "fontSize": font_px, "color": "#2b2520", "tooltip": None},
                "encoding": {"text": {"field": "value", "format": form}},
            },
        ],
    }


def _list(counts: np.ndarray, known: Known, chosen: Chosen, sides: list[tuple[int, str]]) -> None:
    total = counts[[place for place, _ in sides]].sum(axis=0)
    fullest = np.argsort(-total, axis=None, kind="stable")[:200]
    true, said = np.unravel_index(fullest, total.shape)
    rows = [
        {
            "label": one_line(name_of(int(a), names=known.names)),
            "said": one_line(name_of(int(b), names=known.names)),
            **{letter(place): int(counts[place, a, b]) for place, _ in sides},
        }
        for a, b in zip(true, said, strict=True)
        if total[a, b]
    ]
    st.caption(f"{total.shape[0]} classes do not fit into a matrix; these are the most common pairs of label and word.")
    st.dataframe(rows, hide_index=True)
    st.caption(f"On {plain(chosen.ground)}.")
