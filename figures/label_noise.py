"""Label noise: which labels are doubted in favour of which, and how many of each class are wrong."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from figures.chart import Chart, Spec, class_axis
from figures.colours import SECOND
from figures.names import one_line

PARAM = "cell"  # a click gives the fields given_index and suggested_index of the cell under this name
_CELL_PX, _ROW_PX, _MARGIN_PX = 46, 34, 100


def given_by_suggested(counts: pa.Table, *, names: Sequence[str], as_shares: bool = False) -> Chart:
    """The noise matrix: a cell for each pair of given and suggested class that has doubted labels.

    counts: label, suggested (class indices), n; names: of every class by index. Shares are of the doubted labels of the
    given class.
    """
    rows = counts.to_pylist()
    per_class: dict[int, int] = {}
    for row in rows:
        per_class[row["label"]] = per_class.get(row["label"], 0) + row["n"]
    cells = pa.Table.from_pylist(
        [
            {
                "given": one_line(names[row["label"]]),
                "given_index": row["label"],
                "suggested": one_line(names[row["suggested"]]),
                "suggested_index": row["suggested"],
                "pictures": row["n"],
                "share": row["n"] / per_class[row["label"]],
            }
            for row in rows
        ]
    )
    indices = sorted({row[side] for row in rows for side in ("label", "suggested")})
    order = [one_line(names[index]) for index in indices]
    return Chart(cells, _matrix(cells, order, as_shares=as_shares), "Doubted labels by given and suggested class")


def noise_rates(
    rate: Sequence[float | None],
    *,
    low: Sequence[float | None],
    high: Sequence[float | None],
    n: Sequence[int],
    names: Sequence[str],
) -> Chart:
    """A bar with its interval for each class: the estimated share of wrong labels, the noisiest class first.

    All (c,): rate, low, high in [0, 1], None where nothing can be said; n: labels judged. A class without any is left
    out.
    """
    rows = [
        {"class": one_line(name), "rate": estimate, "low": start, "high": end, "n": judged}
        for name, estimate, start, end, judged in zip(names, rate, low, high, n, strict=True)
        if estimate is not None and judged
    ]
    y = class_axis([str(row["class"]) for row in sorted(rows, key=lambda row: -float(row["rate"] or 0))])
    x = {"type": "quantitative", "axis": {"format": "~%", "tickCount": 5}, "title": "Estimated share of wrong labels"}
    tooltip = [
        {"field": "class"},
        {"field": "rate", "format": ".1%", "title": "estimate"},
        {"field": "low", "format": ".1%", "title": "from"},
        {"field": "high", "format": ".1%", "title": "to"},
        {"field": "n", "format": ",", "title": "labels judged"},
    ]
    bar = {"type": "bar", "cornerRadiusEnd": 2, "color": SECOND, "opacity": 0.75}
    interval = {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": tooltip}
    spec = {
        "height": 26 * len(rows) + 48,
        "layer": [
            {"mark": bar, "encoding": {"y": y, "x": {**x, "field": "rate"}, "tooltip": tooltip}},
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": interval},
        ],
    }
    return Chart(pa.Table.from_pylist(rows), spec, "Estimated share of wrong labels of each class")


def _matrix(cells: pa.Table, order: list[str], *, as_shares: bool) -> Spec:
    field, form = ("share", ".0%") if as_shares else ("pictures", ",")
    top = {"orient": "top", "labelAngle": -35, "labelLimit": 110, "labelOverlap": False}
    bare = {"domain": False, "ticks": False}
    most = pc.max(cells[field]).as_py() if cells.num_rows else 1
    tooltip = [
        {"field": "given"},
        {"field": "suggested"},
        {"field": "pictures", "format": ","},
        {"field": "share", "format": ".1%", "title": "share of the class's doubted"},
    ]
    colour = {
        "field": field,
        "type": "quantitative",
        "legend": None,
        "scale": {"range": ["#f3ead9", "#d06a1c"], "domain": [0, most]},
    }
    numbers = {"type": "text", "fontSize": 11, "color": "#2b2520", "tooltip": None}
    y_axis = {"labelLimit": 120, **bare}
    return {
        "width": _CELL_PX * len(order) + _MARGIN_PX,
        "height": _ROW_PX * len(order) + _MARGIN_PX,
        "encoding": {
            "x": {"field": "suggested", "type": "nominal", "sort": order, "title": "Suggested", "axis": top | bare},
            "y": {"field": "given", "type": "nominal", "sort": order, "title": "Given", "axis": y_axis},
        },
        "layer": [
            {
                "params": [{"name": PARAM, "select": {"type": "point", "fields": ["given_index", "suggested_index"]}}],
                "mark": {"type": "rect", "cursor": "pointer", "cornerRadius": 3, "tooltip": True},
                "encoding": {"color": colour, "tooltip": tooltip},
            },
            {"mark": numbers, "encoding": {"text": {"field": field, "format": form}}},
        ],
    }
