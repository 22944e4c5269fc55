"""Precision by rank, and how early planted errors are found."""

import numpy as np
import pytest

from analytics.stopping import precision_by_rank as steps_of
from figures.ranking import planted_found, precision_by_rank


def test_each_step_of_the_ranking_is_a_point_with_its_interval() -> None:
    queue = np.arange(20)
    wrong = np.arange(20) < 10  # the first ten were wrong, the others right
    steps = steps_of(queue, judged=queue, wrong=wrong, n_steps=2)
    chart = precision_by_rank(steps)
    points, so_far = chart.figure.data
    assert (list(points.x), list(points.y)) == ([10, 20], [1, 0])
    # first rank, reviewed, really wrong, share of all so far
    assert [list(row) for row in points.customdata] == [[1, 10, 10, 1.0], [11, 10, 0, 0.5]]
    assert list(np.array(points.y) + points.error_y.array) == pytest.approx(steps.high.tolist())
    assert list(np.array(points.y) - points.error_y.arrayminus) == pytest.approx(steps.low.tolist())
    assert (list(so_far.x), list(so_far.y), so_far.mode) == ([10, 20], [1, 0.5], "lines")
    assert chart.figure.layout.yaxis.range == (0, 1)
    assert chart.alt == "Share of reviewed pictures that were really wrong, by rank"


def test_nothing_reviewed_is_an_empty_chart() -> None:
    none = steps_of(np.arange(5), judged=np.zeros(0, int), wrong=np.zeros(0, bool))
    assert precision_by_rank(none).is_empty


def test_planted_errors_are_found_in_the_order_of_the_ranking() -> None:
    chart = planted_found([10, 20], found=[0.25, 1.0])
    (line,) = chart.figure.data
    assert (list(line.x), list(line.y)) == ([10, 20], [0.25, 1.0])
    assert chart.figure.layout.yaxis.range == (0, 1)
    assert chart.alt == "Share of planted errors found against pictures reviewed"
    assert planted_found([], found=[]).is_empty
    with pytest.raises(ValueError):
        planted_found([1, 2], found=[0.5])
