"""Accuracy against the size of the training set."""

from collections.abc import Sequence

import pyarrow as pa

from analytics.budget import Curve
from figures.chart import Chart, Spec
from figures.colours import class_colour

_TOOLTIP: list[Spec] = [
    {"field": "line", "title": "Line"},
    {"field": "size", "title": "Training pictures", "format": ","},
    {"field": "accuracy", "title": "Balanced accuracy", "format": ".1%"},
    {"field": "low", "title": "95 % from", "format": ".1%"},
    {"field": "high", "title": "to", "format": ".1%"},
]


def accuracy_by_size(curves: Sequence[Curve], *, by: str) -> Chart:
    """One line a curve on a logarithmic axis, with the 95 % interval over seeds; a larger dot is all there is.

    by: what tells the curves apart, as 'state of the data'. An interval that is not known has no width.
    """
    rows = [
        {
            "line": curve.line,
            "size": point.size,
            "accuracy": point.accuracy.mean,
            "low": point.accuracy.mean if point.accuracy.low is None else point.accuracy.low,
            "high": point.accuracy.mean if point.accuracy.high is None else point.accuracy.high,
            "all": point.is_all,
        }
        for curve in curves
        for point in curve.points
    ]
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": {"format": "~%"}}
    band = {"y": {**y, "field": "low", "title": "Balanced accuracy"}, "y2": {"field": "high"}}
    line = {"y": {**y, "field": "accuracy", "title": "Balanced accuracy"}}
    size = {"condition": {"test": "datum.all", "value": 110}, "value": 35}
    spec = {
        "height": 380,
        "encoding": {"x": _sizes(), "color": _line_colour([curve.line for curve in curves])},
        "layer": [
            {"mark": {"type": "area", "opacity": 0.15}, "encoding": band},
            {"mark": {"type": "line"}, "encoding": line},
            {"mark": {"type": "point", "filled": True}, "encoding": {**line, "size": size, "tooltip": _TOOLTIP}},
        ],
    }
    return Chart(pa.Table.from_pylist(rows), spec, f"Balanced accuracy over training size, by {by}")


def _sizes() -> Spec:
    return {
        "field": "size",
        "type": "quantitative",
        "title": "Training pictures (logarithmic)",
        "scale": {"type": "log", "nice": False},
        "axis": {"format": "~s", "tickCount": 6},
    }


def _line_colour(lines: list[str]) -> Spec:
    return {
        "field": "line",
        "type": "nominal",
        "sort": lines,
        "title": None,
        "scale": {"domain": lines, "range": [class_colour(index) for index in range(len(lines))]},
        "legend": {"orient": "bottom", "columns": 2, "symbolOpacity": 1, "labelLimit": 220},
    }
