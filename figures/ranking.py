"""How good a ranking of doubted labels is: its precision by rank, and how early it finds planted errors."""

from collections.abc import Sequence

import pyarrow as pa

from analytics.stopping import Precision
from figures.chart import Chart, Spec, count_axis
from figures.colours import ACCENT, SECOND

_TOOLTIP: list[Spec] = [
    {"field": "from", "title": "from rank", "format": ","},
    {"field": "to", "title": "to rank", "format": ","},
    {"field": "reviewed", "format": ","},
    {"field": "wrong", "title": "really wrong", "format": ","},
    {"field": "share", "format": ".0%"},
    {"field": "so_far", "title": "share so far", "format": ".0%"},
]


def precision_by_rank(precision: Precision) -> Chart:
    """A point with its 95 % interval for each step of the ranking, and a dashed line of all so far."""
    table = pa.table(
        {
            "from": precision.first,
            "to": precision.last,
            "reviewed": precision.n,
            "wrong": precision.n_wrong,
            "share": precision.share,
            "low": precision.low,
            "high": precision.high,
            "so_far": precision.so_far,
        }
    )
    y = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": {"format": "~%", "tickCount": 5}}
    x = {"field": "to", **count_axis("Rank")}
    interval = {"x": x, "y": {**y, "field": "low", "title": "Share really wrong"}, "y2": {"field": "high"}}
    spec = {
        "height": 280,
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2, "color": SECOND, "opacity": 0.5}, "encoding": interval},
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": SECOND},
                "encoding": {"x": x, "y": {**y, "field": "share"}, "tooltip": _TOOLTIP},
            },
            {
                "mark": {"type": "line", "strokeDash": [4, 3], "color": ACCENT},
                "encoding": {"x": x, "y": {**y, "field": "so_far"}},
            },
        ],
    }
    return Chart(table, spec, "Share of reviewed pictures that were really wrong, by rank")


def planted_found(reviewed: Sequence[int], *, found: Sequence[float]) -> Chart:
    """The share of planted errors found, found (m,) in [0, 1], against the pictures reviewed for it, reviewed (m,)."""
    spec = {
        "height": 220,
        "mark": {"type": "line", "point": True, "color": ACCENT, "tooltip": True},
        "encoding": {
            "x": {"field": "reviewed", **count_axis("Pictures reviewed, in the ranking's order")},
            "y": {
                "field": "found",
                "type": "quantitative",
                "title": "Planted found",
                "scale": {"domain": [0, 1]},
                "axis": {"format": "~%"},
            },
        },
    }
    table = pa.table({"reviewed": reviewed, "found": found})
    return Chart(table, spec, "Share of planted errors found against pictures reviewed")
