"""Images of each class, by split, as shares and on a logarithmic axis."""

import math

import numpy as np
import pytest

from analytics.balance import ClassMatrix
from figures.balance import MOST_CLASSES, NO_SPLIT, images_per_class, named_counts
from figures.colours import ACCENT, SPLITS

NAMES = ["cat", "dog", "cow"]
# cat: 1 train + 3 test, dog: 6 train + 0 test, cow: none
MATRIX = ClassMatrix(("train", "test"), np.array([[1, 3], [6, 0], [0, 0]]), 2)


def test_the_largest_class_comes_first_and_is_named() -> None:
    chart = images_per_class(MATRIX, names=NAMES)
    (bars,) = chart.figure.data
    assert list(bars.hovertext) == ["dog", "cat", "cow"]
    assert list(bars.x) == [6, 4, 0] and list(bars.customdata) == [0.6, 0.4, 0.0] and list(bars.y) == [0, 1, 2]
    assert bars.marker.color == ACCENT and not chart.figure.layout.showlegend
    assert chart.figure.layout.yaxis.ticktext == ("dog", "cat", "cow")
    assert chart.figure.layout.yaxis.range == (2.5, -0.5)  # from above
    assert chart.figure.layout.xaxis.title.text == "Images"
    assert chart.alt == "Images of each class; dog has most"


def test_splits_stack_in_their_own_order_and_shares_are_of_all_images() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, as_shares=True)
    train, test = chart.figure.data
    assert list(train.x) == [0.6, 0.1, 0.0] and list(test.x) == [0.0, 0.3, 0.0]
    assert (train.name, test.name) == ("train", "test")
    assert (train.marker.color, test.marker.color) == (SPLITS["train"], SPLITS["test"])
    assert chart.figure.layout.xaxis.title.text == "Share of all images"
    assert chart.figure.layout.xaxis.range[1] > 0.6  # of the longest stack
    assert chart.figure.layout.barmode == "stack" and chart.figure.layout.showlegend


def test_side_by_side_shares_are_of_the_split() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, as_shares=True, grouped=True)
    train, test = chart.figure.data
    assert list(train.x) == pytest.approx([6 / 7, 1 / 7, 0]) and list(test.x) == [0, 1, 0]
    assert chart.figure.layout.barmode == "group"
    assert chart.figure.layout.xaxis.title.text == "Share of the split's images"


def test_a_tooltip_has_the_images_and_the_share_whichever_is_drawn() -> None:
    (counts,) = images_per_class(MATRIX, names=NAMES).figure.data
    (parts,) = images_per_class(MATRIX, names=NAMES, as_shares=True).figure.data
    assert "images: %{x:,}" in counts.hovertemplate and "share: %{customdata:.1%}" in counts.hovertemplate
    assert "images: %{customdata:,}" in parts.hovertemplate and "share: %{x:.1%}" in parts.hovertemplate
    assert list(parts.x) == list(counts.customdata) and list(parts.customdata) == list(counts.x)


def test_a_logarithmic_axis_leaves_out_nothing_but_what_is_empty_and_does_not_stack() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, log=True)
    train, test = chart.figure.data
    assert list(train.x) == [6, 1, None] and list(test.x) == [None, 3, None] and chart.n_rows == 3
    assert chart.figure.layout.barmode == "group"
    axis = chart.figure.layout.xaxis
    assert axis.type == "log" and 10 ** axis.range[0] == pytest.approx(0.5)  # half the least: there is no zero
    assert axis.range[1] > math.log10(6)


def test_names_of_strangers_stay_on_a_line_and_apart() -> None:
    matrix = ClassMatrix((None,), np.array([[3], [2]]), 0)
    chart = images_per_class(matrix, names=["a\nb", "a↵b"], by_split=True)
    (bars,) = chart.figure.data
    assert list(bars.hovertext) == ["a↵b", "a↵b (2)"] and bars.name == NO_SPLIT


def test_of_very_many_classes_the_largest_are_drawn() -> None:
    matrix = ClassMatrix((None,), np.arange(100)[:, None], 0)
    chart = images_per_class(matrix, names=[f"c{i}" for i in range(100)])
    (bars,) = chart.figure.data
    assert len(bars.x) == chart.n_rows == MOST_CLASSES and bars.hovertext[0] == "c99"


@pytest.mark.parametrize("log", [False, True])
def test_without_classes_or_images_there_is_an_empty_chart(log: bool) -> None:
    none = images_per_class(ClassMatrix((), np.zeros((0, 0), int), 0), names=[], log=log)
    assert none.is_empty and none.alt == "Images of each class"
    empty = images_per_class(ClassMatrix((None,), np.zeros((2, 1), int), 0), names=["a", "b"], log=log)
    assert empty.is_empty == log


def test_named_counts_keep_their_order() -> None:
    chart = named_counts({"PNG, L": 2, "JPEG, RGB": 40}, what="format")
    (bars,) = chart.figure.data
    assert list(bars.x) == [2, 40] and list(bars.hovertext) == ["PNG, L", "JPEG, RGB"]
    assert chart.figure.layout.yaxis.ticktext == ("PNG, L", "JPEG, RGB") and chart.alt == "Images by format"
    assert named_counts({}, what="format").is_empty
