"""The classes that a model thinks likeliest of a picture."""

import numpy as np

from figures.colours import class_colour
from figures.probabilities import MOST_CLASSES, MOST_LIKELY, class_probabilities, likeliest_classes

SHARES = np.array([0.2, 0.5, 0.3])


def test_the_likeliest_class_comes_first_and_the_label_says_so() -> None:
    chart = class_probabilities(SHARES, names=["cat", "dog\n", "cow"], label=2)
    assert chart.table.to_pylist() == [
        {"class": "dog↵", "share": 0.5, "colour": class_colour(1)},
        {"class": "cow (its label)", "share": 0.3, "colour": class_colour(2)},
        {"class": "cat", "share": 0.2, "colour": class_colour(0)},
    ]
    assert chart.spec["encoding"]["y"]["sort"] is None  # in the order of the rows
    assert chart.spec["encoding"]["x"]["scale"] == {"domain": [0, 1]}
    assert chart.alt == "Probabilities of the classes; dog↵ has most"


def test_equal_probabilities_stand_in_the_order_of_the_classes() -> None:
    assert class_probabilities(np.full(3, 1 / 3), names=["a", "b", "c"]).table["class"].to_pylist() == ["a", "b", "c"]


def test_of_many_classes_the_likeliest_are_drawn() -> None:
    n = MOST_CLASSES + 3
    names = [f"c{i}" for i in range(n)]
    assert class_probabilities(np.arange(n) / n, names=names).table["class"][0].as_py() == f"c{n - 1}"
    assert class_probabilities(np.arange(n) / n, names=names).table.num_rows == MOST_CLASSES
    few = likeliest_classes(np.arange(n) / n, names=names)
    assert few.table.num_rows == MOST_LIKELY and few.alt == "The likeliest classes by this network"


def test_no_class_is_an_empty_chart() -> None:
    chart = class_probabilities(np.empty(0), names=[])
    assert chart.is_empty and chart.alt == "Probabilities of the classes"
    assert likeliest_classes(np.empty(0), names=[]).is_empty
