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
    assert chart.table.to_pylist() == [
        {"run": "A", "confidence": 0.25, "right": 0.5, "pictures": 4},
        {"run": "A", "confidence": 0.75, "right": 1.0, "pictures": 2},
    ]
    dashed, lines = chart.spec["layer"]
    assert dashed["data"]["values"] == [{"a": 0, "b": 0}, {"a": 1, "b": 1}]
    assert lines["encoding"]["color"]["scale"]["domain"] == ["A", "B"]
    assert lines["encoding"]["x"]["title"] == dashed["encoding"]["x"]["title"] == "How sure it is"
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
    assert chart.table["recall"].to_pylist() == [0.5, 0.5, 1.0]
    assert chart.table["precision"].to_pylist() == pytest.approx([1, 1 / 2, 2 / 3])
    (lines,) = chart.spec["layer"]
    assert (lines["encoding"]["x"]["field"], lines["encoding"]["y"]["field"]) == ("recall", "precision")
    assert lines["encoding"]["order"] == {"field": "recall"}
    assert chart.alt == "Precision against recall of cat↵"
    nothing = curve(np.array([0.9]), positive=np.array([False]))
    assert precision_recall([nothing], titles=["A"], name="cat").is_empty
