"""Scores by class: of one model, against another, by run with intervals."""

import numpy as np
import pytest

from analytics.comparison import Scores
from analytics.zero_shot import Scored
from figures.class_scores import MOST_CLASSES, recall_against, score_by_class, score_by_run
from figures.colours import BASE, class_colour

NAN = float("nan")


def scores(recall: list[list[float]], support: list[int]) -> Scores:
    values = np.array(recall)
    k = np.zeros(len(recall))
    return Scores(k, k, k, values, values / 2, np.array(support))


def test_a_class_without_a_score_has_no_bar_and_others_keep_their_colour() -> None:
    chart = score_by_class([0.5, None, 1.0], names=["cat", "dog", "cow\n"], measure="Recall on test pictures")
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.5, 1.0] and list(bars.hovertext) == ["cat", "cow↵"]
    assert list(bars.marker.color) == [class_colour(0), class_colour(2)]
    assert chart.figure.layout.yaxis.ticktext == ("cat", "cow↵")
    assert chart.figure.layout.xaxis.range == (0, 1)
    assert chart.figure.layout.xaxis.title.text == "Recall on test pictures"
    assert chart.alt == "Recall on test pictures, class by class"


def test_no_scores_are_an_empty_chart() -> None:
    assert score_by_class([], names=[], measure="Recall").is_empty
    assert score_by_class([None], names=["cat"], measure="Recall").is_empty


def test_ticks_show_the_other_set_where_there_is_one() -> None:
    mine = Scored(0.5, np.array([0.5, NAN]), np.array([4, 0]))
    other = Scored(0.7, np.array([NAN, 0.7]), np.array([0, 3]))
    bars, ticks = recall_against(mine, other, names=["cat", "dog"], against="mine\nof old").figure.data
    assert (bars.type, ticks.marker.symbol) == ("bar", "line-ns")
    assert list(bars.x) == [0.5, None] and list(ticks.x) == [None, 0.7] and list(ticks.y) == list(bars.y) == [0, 1]
    assert [list(row) for row in bars.customdata] == [
        ["cat", "50.0%", "unknown", "mine↵of old", 4],
        ["dog", "unknown", "70.0%", "mine↵of old", 0],
    ]
    assert "%{customdata[3]}: %{customdata[2]}" in bars.hovertemplate
    (alone,) = recall_against(mine, None, names=["cat", "dog"], against="").figure.data
    assert alone.type == "bar" and "customdata[2]" not in alone.hovertemplate


def test_every_run_has_a_point_and_an_interval_a_class() -> None:
    found = scores([[0.5, 0.2, NAN], [0.6, NAN, NAN]], support=[9, 2, 0])
    low, high = scores([[0.4, 0.1, NAN]] * 2, [9, 2, 0]), scores([[0.7, 0.3, NAN]] * 2, [9, 2, 0])
    chart = score_by_run(found, low, high, names=["cat", "dog", "cow"], titles=["A: one", "B: two"], measure="recall")
    first, second = chart.figure.data
    assert list(first.x) == pytest.approx([0.5, 0.2]) and list(second.x) == pytest.approx([0.6])
    assert list(first.error_x.arrayminus) == pytest.approx([0.1, 0.1], abs=1e-6)
    assert list(first.error_x.array) == pytest.approx([0.2, 0.1], abs=1e-6)
    assert [list(row) for row in first.customdata] == [["cat", 9, 0.4, 0.7], ["dog", 2, 0.1, 0.3]]
    assert (first.name, second.name) == ("A: one", "B: two")
    assert (first.marker.color, second.marker.color) == BASE[:2]
    assert first.y[0] < 0 < second.y[0] < 0.5 and first.y[1] < 1  # side by side within the class, the first above
    assert chart.figure.layout.yaxis.ticktext == ("cat", "dog") and chart.n_rows == 3
    assert chart.alt == "Recall of each class by run"


def test_precision_is_drawn_by_its_own_numbers() -> None:
    found = scores([[0.5]], support=[1])
    chart = score_by_run(found, found, found, names=["cat"], titles=["A"], measure="precision")
    assert list(chart.figure.data[0].x) == [0.25] and chart.alt == "Precision of each class by run"


def test_the_first_classes_that_have_pictures_are_drawn() -> None:
    n = MOST_CLASSES + 5
    found = scores([[0.5] * n], support=[0, *[1] * (n - 1)])
    chart = score_by_run(found, found, found, names=[f"c{i}" for i in range(n)], titles=["A"], measure="recall")
    drawn = chart.figure.layout.yaxis.ticktext
    assert len(drawn) == MOST_CLASSES and drawn[0] == "c1"
    none = scores([[NAN]], support=[0])
    assert score_by_run(none, none, none, names=["cat"], titles=["A"], measure="recall").is_empty
