"""Accuracy against the size of the training set."""

import numpy as np

from analytics.budget import Curve, Interval, Point
from figures.sample_size import accuracy_by_size

NOTHING = np.empty(0)


def line(name: str, *points: Point) -> Curve:
    return Curve(name, list(points), NOTHING, NOTHING, NOTHING, None)


def test_a_point_carries_its_interval_and_whether_it_is_all_there_is() -> None:
    raw = line(
        "raw",
        Point("raw", 10, Interval(0.5, 0.4, 0.6), False, 0.01),
        Point("raw", 80, Interval(0.7, None, None), True, 0.01),
    )
    chart = accuracy_by_size([raw], by="state of the data")
    assert chart.table.to_pylist() == [
        {"line": "raw", "size": 10, "accuracy": 0.5, "low": 0.4, "high": 0.6, "all": False},
        {"line": "raw", "size": 80, "accuracy": 0.7, "low": 0.7, "high": 0.7, "all": True},
    ]
    assert chart.spec["encoding"]["x"]["scale"]["type"] == "log"
    assert [layer["mark"]["type"] for layer in chart.spec["layer"]] == ["area", "line", "point"]
    assert chart.alt == "Balanced accuracy over training size, by state of the data"


def test_lines_keep_their_order_and_have_a_colour_each() -> None:
    curves = [line(name, Point(name, 10, Interval(0.5, None, None), True, 0)) for name in ("raw", "copies out")]
    scale = accuracy_by_size(curves, by="state").spec["encoding"]["color"]["scale"]
    assert scale["domain"] == ["raw", "copies out"] and len(set(scale["range"])) == 2


def test_no_curve_is_an_empty_chart() -> None:
    assert accuracy_by_size([], by="state").is_empty
