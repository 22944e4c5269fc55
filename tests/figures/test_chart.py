"""What is true of every chart: its words, its rows, its specification as JSON."""

import ast
import dataclasses
import json

import numpy as np
import pyarrow as pa
import pytest

from analytics.balance import ClassMatrix
from figures.balance import images_per_class, named_counts
from figures.chart import Chart
from figures.learning_curves import loss_by_epoch, recall_by_epoch, score_by_epoch
from figures.medoids import distortion_and_inertia
from figures.ranking import planted_found
from figures.score_histogram import quality_scores
from tests.support.places import PROJECT


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


def test_no_axis_rounds_two_ticks_to_one_text() -> None:
    """A format with a fixed number of digits writes two near ticks alike, unless ticks keep their distance."""
    rounded = []
    for path in sorted((PROJECT / "figures").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                about = {
                    key.value: value.value
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                }
                is_axis = "tickCount" in about or "gradientLength" in about
                if is_axis and "tickMinStep" not in about and "~" not in str(about.get("format", "~")):
                    rounded.append((path.name, about["format"]))
    assert rounded == [("learning_curves.py", ".0e")]  # of a logarithmic axis: powers of ten


def test_lines_by_epoch_write_their_values_in_full() -> None:
    points = [(1, 0.9021), (2, 0.9043)]
    for chart in (
        loss_by_epoch(points, validation=points),
        score_by_epoch(points, measure="Accuracy"),
        recall_by_epoch([(1, [0.5, 0.51])], names=["a", "b"]),
    ):
        axes = [layer["encoding"]["y"]["axis"]["format"] for layer in chart.spec["layer"] if "y" in layer["encoding"]]
        assert axes and set(axes) <= {"~g", "~%"}
