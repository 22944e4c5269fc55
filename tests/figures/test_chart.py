"""What is true of every chart: its words, its rows, its specification as JSON."""

import dataclasses
import json

import pyarrow as pa
import pytest

from figures.balance import named_counts
from figures.chart import Chart


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
