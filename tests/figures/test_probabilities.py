"""The classes that a model thinks likeliest of a picture."""

import numpy as np

from figures.colours import class_colour
from figures.probabilities import MOST_CLASSES, MOST_LIKELY, class_probabilities, likeliest_classes

SHARES = np.array([0.2, 0.5, 0.3])


def test_the_likeliest_class_comes_first_and_the_label_says_so() -> None:
    chart = class_probabilities(SHARES, names=["cat", "dog\n", "cow"], label=2)
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.5, 0.3, 0.2] and list(bars.hovertext) == ["dog↵", "cow (its label)", "cat"]
    assert list(bars.marker.color) == [class_colour(1), class_colour(2), class_colour(0)]
    assert chart.figure.layout.yaxis.ticktext == ("dog↵", "cow (its label)", "cat")
    assert chart.figure.layout.xaxis.range == (0, 1)
    assert chart.alt == "Probabilities of the classes; dog↵ has most"


def test_a_long_name_leaves_room_for_the_word_that_it_is_the_label() -> None:
    chart = class_probabilities(np.array([1.0]), names=["x" * 200], label=0)
    (shown,) = chart.figure.layout.yaxis.ticktext
    assert shown.startswith("xxx") and shown.endswith("… (its label)") and len(shown) < 40
    assert chart.figure.data[0].hovertext == ("x" * 200 + " (its label)",)


def test_equal_probabilities_stand_in_the_order_of_the_classes() -> None:
    (bars,) = class_probabilities(np.full(3, 1 / 3), names=["a", "b", "c"]).figure.data
    assert list(bars.hovertext) == ["a", "b", "c"]


def test_of_many_classes_the_likeliest_are_drawn() -> None:
    n = MOST_CLASSES + 3
    names = [f"c{i}" for i in range(n)]
    many = class_probabilities(np.arange(n) / n, names=names)
    assert many.figure.data[0].hovertext[0] == f"c{n - 1}"
    assert many.n_rows == len(many.figure.data[0].x) == MOST_CLASSES
    few = likeliest_classes(np.arange(n) / n, names=names)
    assert few.n_rows == len(few.figure.data[0].x) == MOST_LIKELY
    assert few.alt == "The likeliest classes by this network"


def test_no_class_is_an_empty_chart() -> None:
    chart = class_probabilities(np.empty(0), names=[])
    assert chart.is_empty and chart.alt == "Probabilities of the classes"
    assert likeliest_classes(np.empty(0), names=[]).is_empty
