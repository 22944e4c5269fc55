"""What is true of every chart: its words, its rows, its specification as JSON."""

import dataclasses
import json

import numpy as np
import pyarrow as pa
import pytest

from analytics.balance import ClassMatrix
from figures.balance import images_per_class, named_counts
from figures.chart import Chart
from figures.medoids import distortion_and_inertia
from figures.ranking import planted_found
from figures.score_histogram import quality_scores


def test_a_chart_cannot_be_changed() -> None:
    chart = Chart(pa.table({"a": [1]}), {}, "One")
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart.alt = "Two"  # type: ignore[misc]  # what the test is about


def test_a_chart_without_rows_is_empty() -> None:
    assert Chart(pa.table({"a": []}), {}, "None").is_empty
    assert Chart(pa.Table.from_pylist([]), {}, "None").is_empty
    assert not Chart(pa.table({"a": [1]}), {}, "One").is_empty


def test_a_specification_is_json_and_carries_no_rows() -> None:
    chart = named_counts({"a": 1}, what="format")
    assert json.loads(json.dumps(chart.spec)) == chart.spec and "data" not in chart.spec


def test_an_axis_of_counts_names_no_number_twice() -> None:
    """Vega draws about tickCount ticks; of three pictures these would be at 0, 0.5, 1 ..., written 0, 1, 1."""
    one, edges = np.array([1, 2]), np.array([0, 0.5, 1])
    curve = pa.table({name: [1.0, 2.0] for name in ("k", "n_images", "distortion", "inertia")})
    for axis in (
        named_counts({"png": 3}, what="format").spec["encoding"]["x"],
        images_per_class(ClassMatrix((None,), np.array([[1], [2]]), 0), names=["cat", "dog"]).spec["encoding"]["x"],
        quality_scores(one, edges=edges, threshold=0.5).spec["layer"][0]["encoding"]["y"],
        planted_found([1, 2], found=[0.5, 1]).spec["encoding"]["x"],
        distortion_and_inertia(curve, k=1).spec["layer"][0]["encoding"]["x"],
    ):
        assert axis["axis"]["tickMinStep"] == 1 and axis["axis"]["format"] == ",d"
