"""How many pictures have which score, and the threshold."""

import numpy as np
import pytest

from figures.chart import Chart
from figures.score_histogram import attribute_shares, quality_scores

EDGES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
COUNTS = np.array([1, 0, 4, 9])


def starts(chart: Chart, side: str) -> list[float]:
    """Where the bins of a side of the threshold begin."""
    return next(list(bars.x) for bars in chart.figure.data if bars.name == side)


def test_bins_that_end_at_the_threshold_lie_below_it() -> None:
    chart = quality_scores(COUNTS, edges=EDGES, threshold=0.5)
    below, above = chart.figure.data
    assert (below.name, above.name) == ("below", "above") and below.marker.color != above.marker.color
    assert list(below.x) == [0, 0.25] and list(above.x) == [0.5, 0.75] and above.width == 0.25
    # the end of each bin and its pictures; as high as their square root
    assert [list(each) for each in below.customdata] == [[0.25, 1], [0.5, 0]]
    assert [list(each) for each in above.customdata] == [[0.75, 4], [1, 9]]
    assert list(below.y) == [1, 0] and list(above.y) == [2, 3]
    (rule,) = chart.figure.layout.shapes
    assert rule.x0 == rule.x1 == 0.5
    assert chart.alt == "How many pictures have which score, and the line"


def test_bins_that_begin_at_the_threshold_say_yes() -> None:
    chart = attribute_shares(COUNTS, edges=EDGES, threshold=0.5)
    assert starts(chart, "no") == [0, 0.25] and starts(chart, "yes") == [0.5, 0.75]
    assert chart.figure.layout.xaxis.title.text == "Share of yes"


def test_a_threshold_at_an_end_has_all_on_one_side() -> None:
    assert starts(quality_scores(COUNTS, edges=EDGES, threshold=0.0), "below") == []
    assert starts(quality_scores(COUNTS, edges=EDGES, threshold=1.0), "above") == []
    assert starts(attribute_shares(COUNTS, edges=EDGES, threshold=0.0), "no") == []


def test_a_threshold_that_rounding_moved_is_still_at_its_edge() -> None:
    edges, one = np.linspace(0, 1, 11), np.ones(10, int)
    assert starts(quality_scores(one, edges=edges, threshold=0.3), "below") == [0, 0.1, 0.2]
    assert starts(attribute_shares(one, edges=edges, threshold=0.7), "yes") == [0.7, 0.8, 0.9]


@pytest.mark.parametrize(
    ("most", "written"),
    [(0, ["0"]), (1, ["0", "1"]), (9, ["0", "2", "5"]), (30_000, ["0", "5,000", "20,000"])],
)
def test_the_axis_is_written_in_pictures_at_their_square_roots(most: int, written: list[str]) -> None:
    axis = quality_scores(np.array([most, 0]), edges=np.array([0, 0.5, 1]), threshold=0.5).figure.layout.yaxis
    assert list(axis.ticktext) == written
    counts = [int(text.replace(",", "")) for text in written]
    assert [at**2 for at in axis.tickvals] == pytest.approx(counts, rel=1e-3)
    assert axis.range[0] == 0 and axis.range[1] ** 2 >= max(most, 1)


def test_no_picture_is_an_axis_all_the_same() -> None:
    chart = quality_scores(np.zeros(4, int), edges=EDGES, threshold=0.5)
    assert not chart.is_empty and chart.figure.layout.yaxis.range[1] >= 1
