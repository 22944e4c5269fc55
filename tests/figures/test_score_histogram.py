"""How many pictures have which score, and the threshold."""

import numpy as np

from figures.score_histogram import attribute_shares, quality_scores

EDGES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
COUNTS = np.array([1, 0, 4, 9])


def test_bins_that_end_at_the_threshold_lie_below_it() -> None:
    chart = quality_scores(COUNTS, edges=EDGES, threshold=0.5)
    assert chart.table.to_pydict() == {
        "from": [0.0, 0.25, 0.5, 0.75],
        "to": [0.25, 0.5, 0.75, 1.0],
        "pictures": [1, 0, 4, 9],
        "below": [True, True, False, False],
    }
    assert chart.spec["layer"][0]["encoding"]["color"]["field"] == "below"
    assert chart.spec["layer"][1]["encoding"] == {"x": {"datum": 0.5}}
    assert chart.alt == "How many pictures have which score, and the line"


def test_bins_that_begin_at_the_threshold_say_yes() -> None:
    chart = attribute_shares(COUNTS, edges=EDGES, threshold=0.5)
    assert chart.table["yes"].to_pylist() == [False, False, True, True]
    assert chart.spec["layer"][0]["encoding"]["x"]["title"] == "Share of yes"


def test_a_threshold_at_an_end_has_all_on_one_side() -> None:
    assert not any(quality_scores(COUNTS, edges=EDGES, threshold=0.0).table["below"].to_pylist())
    assert all(quality_scores(COUNTS, edges=EDGES, threshold=1.0).table["below"].to_pylist())
    assert all(attribute_shares(COUNTS, edges=EDGES, threshold=0.0).table["yes"].to_pylist())


def test_a_threshold_that_rounding_moved_is_still_at_its_edge() -> None:
    edges = np.linspace(0, 1, 11)
    assert quality_scores(np.ones(10, int), edges=edges, threshold=0.3).table["below"].to_pylist() == [True] * 3 + (
        [False] * 7
    )
    assert attribute_shares(np.ones(10, int), edges=edges, threshold=0.7).table["yes"].to_pylist() == [False] * 7 + (
        [True] * 3
    )
