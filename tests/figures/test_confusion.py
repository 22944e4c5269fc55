"""Confusion matrices and their difference."""

import numpy as np
import pyarrow as pa
import pytest

from figures.confusion import PARAM, SIDE_BY_SIDE, confusion, confusion_difference

NAMES = ["cat", "dog\n", "cow"]
# of 4 cats 3 are called so and one a dog; both dogs are; no cow is there or named
COUNTS = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])


def cells(table: pa.Table) -> dict[tuple[str, str], float]:
    return {(row["true"], row["said"]): row["value"] for row in table.to_pylist()}


def test_rows_are_true_classes_and_a_class_that_never_appears_is_left_out() -> None:
    chart = confusion(COUNTS, names=NAMES)
    assert cells(chart.table) == {("cat", "cat"): 3, ("cat", "dog↵"): 1, ("dog↵", "cat"): 0, ("dog↵", "dog↵"): 2}
    encoding = chart.spec["encoding"]
    assert (encoding["y"]["field"], encoding["x"]["field"]) == ("true", "said")
    assert encoding["x"]["sort"] == encoding["y"]["sort"] == ["cat", "dog↵"]
    assert chart.spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == [0, 3]
    assert chart.alt == "Pictures by label and by what the run says"


def test_shares_are_of_the_true_class_so_that_recall_stands_on_the_diagonal() -> None:
    chart = confusion(COUNTS, names=NAMES, as_shares=True)
    assert cells(chart.table)["cat", "cat"] == 0.75 and cells(chart.table)["dog↵", "dog↵"] == 1
    assert chart.spec["layer"][1]["encoding"]["text"]["format"] == ".0%"


def test_only_cells_with_pictures_carry_a_number() -> None:
    shown = {
        (row["true_index"], row["said_index"]): row["is_shown"]
        for row in confusion(COUNTS, names=NAMES).table.to_pylist()
    }
    assert shown == {(0, 0): True, (0, 1): True, (1, 0): False, (1, 1): True}


def test_a_click_gives_both_classes() -> None:
    (param,) = confusion(COUNTS, names=NAMES).spec["layer"][0]["params"]
    assert param == {"name": PARAM, "select": {"type": "point", "fields": ["true_index", "said_index"]}}


def test_the_difference_is_second_less_first_on_a_scale_with_its_middle_at_nothing() -> None:
    second = np.array([[4, 0, 0], [1, 1, 0], [0, 0, 0]])
    chart = confusion_difference(COUNTS, second, names=NAMES)
    assert cells(chart.table) == {("cat", "cat"): 1, ("cat", "dog↵"): -1, ("dog↵", "cat"): 1, ("dog↵", "dog↵"): -1}
    layer = chart.spec["layer"][0]["encoding"]
    assert layer["color"]["scale"]["domain"] == [-1, 0, 1]
    assert layer["tooltip"][2] == {"field": "value", "format": "+,", "title": "difference"}
    assert cells(confusion_difference(COUNTS, second, names=NAMES, as_shares=True).table)["cat", "dog↵"] == -0.25


def test_a_matrix_taken_from_itself_is_all_nothing() -> None:
    chart = confusion_difference(COUNTS, COUNTS, names=NAMES)
    assert set(chart.table["value"].to_pylist()) == {0} and not any(chart.table["is_shown"].to_pylist())
    low, middle, high = chart.spec["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert low < middle < high


@pytest.mark.parametrize("as_shares", [False, True])
def test_without_pictures_there_is_an_empty_chart(as_shares: bool) -> None:
    none = np.zeros((3, 3), int)
    assert confusion(none, names=NAMES, as_shares=as_shares).is_empty
    assert confusion_difference(none, none, names=NAMES, as_shares=as_shares).is_empty


def test_numbers_are_smaller_where_there_are_many_classes() -> None:
    n = SIDE_BY_SIDE + 1
    many = confusion(np.eye(n, dtype=int), names=[f"c{i}" for i in range(n)])
    assert (
        many.spec["layer"][1]["mark"]["fontSize"] < confusion(COUNTS, names=NAMES).spec["layer"][1]["mark"]["fontSize"]
    )
