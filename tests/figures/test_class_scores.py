"""Scores by class: of one model, against another, by run with intervals."""

import numpy as np

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
    assert chart.table.to_pylist() == [
        {"class": "cat", "recall": 0.5, "colour": class_colour(0)},
        {"class": "cow↵", "recall": 1.0, "colour": class_colour(2)},
    ]
    assert chart.spec["encoding"]["y"]["sort"] == ["cat", "cow↵"]
    assert chart.spec["encoding"]["x"]["scale"] == {"domain": [0, 1]}
    assert chart.alt == "Recall on test pictures, class by class"


def test_no_scores_are_an_empty_chart() -> None:
    assert score_by_class([], names=[], measure="Recall").is_empty
    assert score_by_class([None], names=["cat"], measure="Recall").is_empty


def test_ticks_show_the_other_set_where_there_is_one() -> None:
    mine = Scored(0.5, np.array([0.5, NAN]), np.array([4, 0]))
    other = Scored(0.7, np.array([NAN, 0.7]), np.array([0, 3]))
    chart = recall_against(mine, other, names=["cat", "dog"], against="mine\nof old")
    assert chart.table.select(["recall", "n", "other"]).to_pylist() == [
        {"recall": 0.5, "n": 4, "other": None},
        {"recall": None, "n": 0, "other": 0.7},
    ]
    assert [layer["mark"]["type"] for layer in chart.spec["layer"]] == ["bar", "tick"]
    assert "mine↵of old" in [each["title"] for each in chart.spec["layer"][0]["encoding"]["tooltip"]]
    alone = recall_against(mine, None, names=["cat", "dog"], against="")
    assert [layer["mark"]["type"] for layer in alone.spec["layer"]] == ["bar"]
    assert alone.table["other"].to_pylist() == [None, None]


def test_every_run_has_a_point_and_an_interval_a_class() -> None:
    found = scores([[0.5, 0.2, NAN], [0.6, NAN, NAN]], support=[9, 2, 0])
    low, high = scores([[0.4, 0.1, NAN]] * 2, [9, 2, 0]), scores([[0.7, 0.3, NAN]] * 2, [9, 2, 0])
    chart = score_by_run(found, low, high, names=["cat", "dog", "cow"], titles=["A: one", "B: two"], measure="recall")
    assert chart.table.to_pylist() == [
        {"class": "cat", "title": "A: one", "value": 0.5, "low": 0.4, "high": 0.7, "pictures": 9},
        {"class": "cat", "title": "B: two", "value": 0.6, "low": 0.4, "high": 0.7, "pictures": 9},
        {"class": "dog", "title": "A: one", "value": 0.2, "low": 0.1, "high": 0.3, "pictures": 2},
    ]
    rule, point = chart.spec["layer"]
    assert rule["encoding"]["x"]["field"] == "low" and rule["encoding"]["x2"] == {"field": "high"}
    assert point["encoding"]["x"]["field"] == "value"
    assert point["encoding"]["color"]["scale"] == {"domain": ["A: one", "B: two"], "range": list(BASE[:2])}
    assert point["encoding"]["yOffset"] == {"field": "title", "sort": ["A: one", "B: two"]}
    assert chart.alt == "Recall of each class by run"


def test_precision_is_drawn_by_its_own_numbers() -> None:
    found = scores([[0.5]], support=[1])
    chart = score_by_run(found, found, found, names=["cat"], titles=["A"], measure="precision")
    assert chart.table["value"].to_pylist() == [0.25] and chart.alt == "Precision of each class by run"


def test_the_first_classes_that_have_pictures_are_drawn() -> None:
    n = MOST_CLASSES + 5
    found = scores([[0.5] * n], support=[0, *[1] * (n - 1)])
    chart = score_by_run(found, found, found, names=[f"c{i}" for i in range(n)], titles=["A"], measure="recall")
    drawn = chart.table["class"].to_pylist()
    assert len(drawn) == MOST_CLASSES and drawn[0] == "c1"
    none = scores([[NAN]], support=[0])
    assert score_by_run(none, none, none, names=["cat"], titles=["A"], measure="recall").is_empty
