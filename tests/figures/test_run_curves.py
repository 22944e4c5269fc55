"""Calibration, and precision against recall: a line a run."""

import numpy as np
import pytest

from analytics.calibration import Reliability
from analytics.precision_recall import curve
from figures.calibration import reliability
from figures.precision_recall import precision_recall

BINS = Reliability(np.array([0.25, 0.75]), np.array([0.5, 1.0]), np.array([4, 2]), 0.25)
NONE = Reliability(np.empty(0), np.empty(0), np.empty(0), float("nan"))


def test_a_bin_is_a_point_of_its_run_beside_the_diagonal() -> None:
    chart = reliability([BINS, None], titles=["A", "B"])
    diagonal, first, second = chart.figure.data
    assert list(first.x) == [0.25, 0.75] and list(first.y) == [0.5, 1.0] and list(first.customdata) == [4, 2]
    assert (list(diagonal.x), list(diagonal.y), diagonal.line.dash) == ([0, 1], [0, 1], "4px 4px")
    assert (first.name, second.name) == ("A", "B") and list(second.x) == [None]  # in the legend all the same
    assert not diagonal.showlegend and chart.n_rows == 2
    assert chart.figure.layout.xaxis.title.text == "How sure it is"
    assert chart.alt == "Reliability diagram"
    assert reliability([BINS], titles=["A"], alt="After scaling").alt == "After scaling"


def test_runs_without_pictures_are_an_empty_chart() -> None:
    assert reliability([NONE, None], titles=["A", "B"]).is_empty
    assert reliability([], titles=[]).is_empty


def test_a_title_for_each_run_is_asked_for() -> None:
    with pytest.raises(ValueError):
        reliability([BINS], titles=["A", "B"])


def test_precision_over_recall_is_a_line_a_run() -> None:
    # from the surest on: right, wrong, right
    whole = curve(np.array([0.9, 0.5, 0.1]), positive=np.array([True, False, True]))
    chart = precision_recall([whole], titles=["A"], name="cat\n")
    (line,) = chart.figure.data
    assert list(line.x) == [0.5, 0.5, 1.0] and list(line.y) == pytest.approx([1, 1 / 2, 2 / 3])
    assert (chart.figure.layout.xaxis.title.text, chart.figure.layout.yaxis.title.text) == ("Recall", "Precision")
    assert chart.alt == "Precision against recall of cat↵"
    nothing = curve(np.array([0.9]), positive=np.array([False]))
    assert precision_recall([nothing], titles=["A"], name="cat").is_empty
