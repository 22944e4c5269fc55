"""The noise matrix (given by suggested) and the estimated share of wrong labels of each class."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import streamlit as st

from figures.names import one_line
from pages.ui.filters import name_of
from pages.ui.text import percent
from store.label_issues import LabelRun

MOST_CLASSES = 40  # a larger matrix cannot be read; its fullest cells are listed
_CELL_PX, _ROW_PX, _MARGIN_PX, _PARAM = 46, 34, 100, "cell"


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
    cells = _cells(counts, names=names)
    n_classes = len(set(cells["given_index"].to_pylist()) | set(cells["suggested_index"].to_pylist()))
    if n_classes > MOST_CLASSES:
        st.caption(f"{n_classes} classes do not fit into a matrix; these are the most common pairs.")
        _list(cells)
        return

    def clicked() -> None:
        picked = st.session_state["noise_matrix"]["selection"].get(_PARAM) or []
        if picked:
            on_cell(int(picked[0]["given_index"]), int(picked[0]["suggested_index"]))

    st.vega_lite_chart(
        cells,
        _spec(cells, as_shares=as_shares),
        key="noise_matrix",
        on_select=clicked,
        selection_mode=_PARAM,
        width="content",
        alt="Doubted labels by given and suggested class",
    )
    st.caption(
        "Rows: the given label; columns: the suggested one. Click a cell to see its pictures. On the diagonal: doubted "
        "although no other class is likelier, as pictures of none of the classes are."
    )


def show_rates(run: LabelRun, *, names: Sequence[str]) -> None:
    """Draw the estimated share of wrong labels of each class with its interval."""
    noise = run.figures.get("noise") or {}
    rows = [
        {"class": one_line(name_of(i, names=names)), "rate": rate, "low": low, "high": high, "n": n}
        for i, (rate, low, high, n) in enumerate(
            zip(noise.get("rate", []), noise.get("low", []), noise.get("high", []), noise.get("n", []), strict=True)
        )
        if rate is not None and n
    ]
    if not rows:
        st.info("Too few pictures were judged to estimate anything.", icon=":material/info:")
        return
    total, low, high = noise["total"]
    st.markdown(
        f"**About {percent(total)} of all labels are wrong** (95 % interval {percent(low)} to {percent(high)})."
    )
    order = [row["class"] for row in sorted(rows, key=lambda row: -row["rate"])]
    y = {"field": "class", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 140, "ticks": False}}
    x = {"type": "quantitative", "axis": {"format": "~%", "tickCount": 5}, "title": "Estimated share of wrong labels"}
    tooltip = [
        {"field": "class"},
        {"field": "rate", "format": ".1%", "title": "estimate"},
        {"field": "low", "format": ".1%", "title": "from"},
        {"field": "high", "format": ".1%", "title": "to"},
        {"field": "n", "format": ",", "title": "labels judged"},
    ]
    spec = {
        "height": 26 * len(rows) + 48,
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 2, "color": "#d06a1c", "opacity": 0.75},
                "encoding": {"y": y, "x": {**x, "field": "rate"}, "tooltip": tooltip},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": tooltip},
            },
        ],
    }
    st.vega_lite_chart(pa.Table.from_pylist(rows), spec, alt="Estimated share of wrong labels of each class")
    st.caption(
        "The line is the interval: what another sample of as many pictures might show. It does not hold what the "
        "method itself gets wrong; a random sample checked by eye tells that."
    )


def _cells(counts: pa.Table, *, names: Sequence[str]) -> pa.Table:
    rows = counts.to_pylist()
    per_class: dict[int, int] = {}
    for row in rows:
        per_class[row["label"]] = per_class.get(row["label"], 0) + row["n"]
    return pa.Table.from_pylist(
        [
            {
                "given": one_line(name_of(row["label"], names=names)),
                "given_index": row["label"],
                "suggested": one_line(name_of(row["suggested"], names=names)),
                "suggested_index": row["suggested"],
                "pictures": row["n"],
                "share": row["n"] / per_class[row["label"]],
            }
            for row in rows
        ]
    )


def _spec(cells: pa.Table, *, as_shares: bool) -> dict[str, object]:
    indices = sorted(set(cells["given_index"].to_pylist()) | set(cells["suggested_index"].to_pylist()))
    by_index = dict(zip(cells["given_index"].to_pylist(), cells["given"].to_pylist(), strict=True))
    by_index |= dict(zip(cells["suggested_index"].to_pylist(), cells["suggested"].to_pylist(), strict=True))
    order = [by_index[index] for index in indices]
    field, form = ("share", ".0%") if as_shares else ("pictures", ",")
    x = {
        "field": "suggested",
        "type": "nominal",
        "sort": order,
        "title": "Suggested",
        "axis": {
            "orient": "top",
            "labelAngle": -35,
            "labelLimit": 110,
            "labelOverlap": False,
            "domain": False,
            "ticks": False,
        },
    }
    y = {
        "field": "given",
        "type": "nominal",
        "sort": order,
        "title": "Given",
        "axis": {"labelLimit": 120, "domain": False, "ticks": False},
    }
    most = pa.compute.max(cells[field]).as_py()
    return {
        "width": _CELL_PX * len(order) + _MARGIN_PX,
        "height": _ROW_PX * len(order) + _MARGIN_PX,
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "params": [{"name": _PARAM, "select": {"type": "point", "fields": ["given_index", "suggested_index"]}}],
                "mark": {"type": "rect", "cursor": "pointer", "cornerRadius": 3, "tooltip": True},
                "encoding": {
                    "color": {
                        "field": field,
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"range": ["#f3ead9", "#d06a1c"], "domain": [0, most]},
                    },
                    "tooltip": [
                        {"field": "given"},
                        {"field": "suggested"},
                        {"field": "pictures", "format": ","},
                        {"field": "share", "format": ".1%", "title": "share of the class's doubted"},
                    ],
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "color": "#2b2520", "tooltip": None},
                "encoding": {"text": {"field": field, "format": form}},
            },
        ],
    }


def _list(cells: pa.Table) -> None:
    shown = cells.sort_by([("pictures", "descending")]).slice(0, 200)
    st.dataframe(
        shown.select(["given", "suggested", "pictures", "share"]),
        hide_index=True,
        column_config={"share": st.column_config.NumberColumn("share of the class's doubted", format="percent")},
    )
