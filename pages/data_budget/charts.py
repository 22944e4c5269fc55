"""The data budget's chart, as Vega-Lite: accuracy against training size on a logarithmic axis, a band a line."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from figures.colours import class_colour
from pages.data_budget.queries import Curve

HEIGHT = 380


def accuracy_over_size(curves: Sequence[Curve], *, alt: str) -> None:
    """One line a curve with the 95 % interval over seeds; a larger dot is all there is in that state."""
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
    order = [curve.line for curve in curves]
    colour = {
        "field": "line",
        "type": "nominal",
        "sort": order,
        "title": None,
        "scale": {"domain": order, "range": [class_colour(index) for index in range(len(order))]},
        "legend": {"orient": "bottom", "columns": 2, "symbolOpacity": 1, "labelLimit": 220},
    }
    x = {
        "field": "size",
        "type": "quantitative",
        "title": "Training pictures (logarithmic)",
        "scale": {"type": "log", "nice": False},
        "axis": {"format": "~s", "tickCount": 6},
    }
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": {"format": "~%"}}
    band = {"y": {**y, "field": "low", "title": "Balanced accuracy"}, "y2": {"field": "high"}}
    line = {"y": {**y, "field": "accuracy", "title": "Balanced accuracy"}}
    tooltip = [
        {"field": "line", "title": "Line"},
        {"field": "size", "title": "Training pictures", "format": ","},
        {"field": "accuracy", "title": "Balanced accuracy", "format": ".1%"},
        {"field": "low", "title": "95 % from", "format": ".1%"},
        {"field": "high", "title": "to", "format": ".1%"},
    ]
    size = {"condition": {"test": "datum.all", "value": 110}, "value": 35}
    spec = {
        "height": HEIGHT,
        "encoding": {"x": x, "color": colour},
        "layer": [
            {"mark": {"type": "area", "opacity": 0.15}, "encoding": band},
            {"mark": {"type": "line"}, "encoding": line},
            {"mark": {"type": "point", "filled": True}, "encoding": {**line, "size": size, "tooltip": tooltip}},
        ],
    }
    st.vega_lite_chart(pa.Table.from_pylist(rows), spec, alt=alt)
