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
    band, means = chart.figure.data
    assert (list(means.x), list(means.y)) == ([10, 80], [0.5, 0.7])
    assert [list(ends) for ends in means.customdata] == [[0.4, 0.6], [0.7, 0.7]]  # an unknown one has no width
    # there along the upper ends, back along the lower ones
    assert (list(band.x), list(band.y), band.fill) == ([10, 80, 80, 10], [0.6, 0.7, 0.7, 0.4], "toself")
    some, every = means.marker.size
    assert every > some
    assert chart.figure.layout.xaxis.type == "log"
    assert chart.alt == "Balanced accuracy over training size, by state of the data"


def test_lines_keep_their_order_and_have_a_colour_each() -> None:
    curves = [line(name, Point(name, 10, Interval(0.5, None, None), True, 0)) for name in ("raw", "copies out")]
    means = [each for each in accuracy_by_size(curves, by="state").figure.data if each.showlegend is None]
    assert [each.name for each in means] == ["raw", "copies out"] and len({each.line.color for each in means}) == 2


def test_no_curve_is_an_empty_chart() -> None:
    assert accuracy_by_size([], by="state").is_empty
