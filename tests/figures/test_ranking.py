"""Precision by rank, and how early planted errors are found."""

import numpy as np
import pytest

from analytics.stopping import precision_by_rank as steps_of
from figures.ranking import planted_found, precision_by_rank


def test_each_step_of_the_ranking_is_a_point_with_its_interval() -> None:
    queue = np.arange(20)
    wrong = np.arange(20) < 10  # the first ten were wrong, the others right
    chart = precision_by_rank(steps_of(queue, judged=queue, wrong=wrong, n_steps=2))
    rows = chart.table.to_pylist()
    assert [(row["from"], row["to"], row["reviewed"], row["wrong"]) for row in rows] == [
        (1, 10, 10, 10),
        (11, 20, 10, 0),
    ]
    assert [row["share"] for row in rows] == [1, 0] and [row["so_far"] for row in rows] == [1, 0.5]
    assert all(row["low"] - 1e-9 <= row["share"] <= row["high"] + 1e-9 for row in rows)
    interval, point, so_far = chart.spec["layer"]
    assert interval["encoding"]["y"]["field"] == "low" and interval["encoding"]["y2"] == {"field": "high"}
    assert (point["encoding"]["y"]["field"], so_far["encoding"]["y"]["field"]) == ("share", "so_far")
    assert chart.alt == "Share of reviewed pictures that were really wrong, by rank"


def test_nothing_reviewed_is_an_empty_chart() -> None:
    none = steps_of(np.arange(5), judged=np.zeros(0, int), wrong=np.zeros(0, bool))
    assert precision_by_rank(none).is_empty


def test_planted_errors_are_found_in_the_order_of_the_ranking() -> None:
    chart = planted_found([10, 20], found=[0.25, 1.0])
    assert chart.table.to_pylist() == [{"reviewed": 10, "found": 0.25}, {"reviewed": 20, "found": 1.0}]
    assert chart.spec["encoding"]["y"]["scale"] == {"domain": [0, 1]}
    assert chart.alt == "Share of planted errors found against pictures reviewed"
    assert planted_found([], found=[]).is_empty
    with pytest.raises(ValueError):
        planted_found([1, 2], found=[0.5])
