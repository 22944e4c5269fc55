"""Images of each class, by split, as shares and on a logarithmic axis."""

import numpy as np
import pytest

from analytics.balance import ClassMatrix
from figures.balance import MOST_CLASSES, NO_SPLIT, images_per_class, named_counts
from figures.colours import ACCENT

NAMES = ["cat", "dog", "cow"]
# cat: 1 train + 3 test, dog: 6 train + 0 test, cow: none
MATRIX = ClassMatrix(("train", "test"), np.array([[1, 3], [6, 0], [0, 0]]), 2)


def test_the_largest_class_comes_first_and_is_named() -> None:
    chart = images_per_class(MATRIX, names=NAMES)
    assert chart.table.select(["class", "images", "share"]).to_pylist() == [
        {"class": "dog", "images": 6, "share": 0.6},
        {"class": "cat", "images": 4, "share": 0.4},
        {"class": "cow", "images": 0, "share": 0.0},
    ]
    assert chart.spec["encoding"]["y"]["sort"] == ["dog", "cat", "cow"]
    assert chart.spec["encoding"]["x"]["field"] == "images" and chart.spec["encoding"]["color"] == {"value": ACCENT}
    assert chart.alt == "Images of each class; dog has most"


def test_splits_stack_in_their_own_order_and_shares_are_of_all_images() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, as_shares=True)
    assert chart.table["share"].to_pylist() == [0.6, 0.0, 0.1, 0.3, 0.0, 0.0]
    encoding = chart.spec["encoding"]
    assert encoding["x"]["field"] == "share" and encoding["x"]["title"] == "Share of all images"
    assert encoding["color"]["scale"]["domain"] == ["train", "test"]
    assert encoding["order"]["field"] == "place" and "yOffset" not in encoding


def test_side_by_side_shares_are_of_the_split() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, as_shares=True, grouped=True)
    assert chart.table["share"].to_pylist() == pytest.approx([6 / 7, 0, 1 / 7, 1, 0, 0])
    assert chart.spec["encoding"]["yOffset"] == {"field": "split", "sort": ["train", "test"]}
    assert chart.spec["encoding"]["x"]["title"] == "Share of the split's images"


def test_a_logarithmic_axis_leaves_out_nothing_but_what_is_empty_and_does_not_stack() -> None:
    chart = images_per_class(MATRIX, names=NAMES, by_split=True, log=True)
    assert chart.table["images"].to_pylist() == [6, 1, 3]
    encoding = chart.spec["encoding"]
    assert encoding["x"]["stack"] is None and encoding["x"]["scale"] == {"type": "log", "domainMin": 0.5}
    assert encoding["x2"] == {"datum": 0.5} and "yOffset" in encoding


def test_names_of_strangers_stay_on_a_line_and_apart() -> None:
    matrix = ClassMatrix((None,), np.array([[3], [2]]), 0)
    chart = images_per_class(matrix, names=["a\nb", "a↵b"], by_split=True)
    assert chart.table["class"].to_pylist() == ["a↵b", "a↵b (2)"]
    assert chart.table["split"].to_pylist() == [NO_SPLIT, NO_SPLIT]


def test_of_very_many_classes_the_largest_are_drawn() -> None:
    matrix = ClassMatrix((None,), np.arange(100)[:, None], 0)
    chart = images_per_class(matrix, names=[f"c{i}" for i in range(100)])
    assert chart.table.num_rows == MOST_CLASSES and chart.table["class"][0].as_py() == "c99"


@pytest.mark.parametrize("log", [False, True])
def test_without_classes_or_images_there_is_an_empty_chart(log: bool) -> None:
    none = images_per_class(ClassMatrix((), np.zeros((0, 0), int), 0), names=[], log=log)
    assert none.is_empty and none.alt == "Images of each class"
    empty = images_per_class(ClassMatrix((None,), np.zeros((2, 1), int), 0), names=["a", "b"], log=log)
    assert empty.is_empty == log


def test_named_counts_keep_their_order() -> None:
    chart = named_counts({"PNG, L": 2, "JPEG, RGB": 40}, what="format")
    assert chart.table.to_pylist() == [{"format": "PNG, L", "images": 2}, {"format": "JPEG, RGB", "images": 40}]
    assert chart.spec["encoding"]["y"]["sort"] == ["PNG, L", "JPEG, RGB"] and chart.alt == "Images by format"
    assert named_counts({}, what="format").is_empty
