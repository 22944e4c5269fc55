"""Objects per picture, classes that meet, places and sizes of boxes."""

from collections.abc import Callable

import pyarrow as pa
import pytest

from figures.chart import Chart
from figures.detections import MOST_TOGETHER, box_positions, box_sizes, co_occurrence, objects_per_picture


def pairs(*rows: tuple[int, int, int]) -> pa.Table:
    columns = ("first_class", "second_class", "n")
    return pa.table({name: pa.array([row[i] for row in rows], pa.int64()) for i, name in enumerate(columns)})


def test_pictures_are_counted_by_their_objects() -> None:
    table = pa.table({"n": [0, 2], "n_images": [1, 3]})
    chart = objects_per_picture(table, what="per\nson", n_images=4000)
    assert chart.table.equals(table)
    assert chart.spec["encoding"]["x"]["title"] == "per↵son per picture"
    assert chart.alt == "per↵son per picture, of 4,000 pictures"
    assert objects_per_picture(table.slice(0, 0), what="dog", n_images=0).is_empty


def test_a_row_is_in_shares_of_its_own_pictures() -> None:
    # a cat in four pictures, a dog in two, both in one
    table = pairs((7, 7, 4), (7, 9, 1), (9, 7, 1), (9, 9, 2))
    chart = co_occurrence(table, names={7: "cat", 9: "dog\n"}, common=[9, 7])
    shares = {(row["one"], row["other"]): row["share"] for row in chart.table.to_pylist()}
    assert shares == {("cat", "cat"): 1, ("cat", "dog↵"): 0.25, ("dog↵", "cat"): 0.5, ("dog↵", "dog↵"): 1}
    assert chart.spec["encoding"]["x"]["sort"] == ["dog↵", "cat"]  # the commonest first
    assert chart.alt == "Pictures in which two classes meet"


def test_the_commonest_classes_are_drawn_and_those_without_an_object_are_not() -> None:
    n = MOST_TOGETHER + 4
    table = pairs(*((i, i, n - i) for i in range(n)))
    names = {i: f"c{i}" for i in range(n + 1)}
    chart = co_occurrence(table, names=names, common=[n, *range(n)])
    assert chart.spec["encoding"]["y"]["sort"] == [f"c{i}" for i in range(MOST_TOGETHER - 1)]
    assert chart.table.num_rows == MOST_TOGETHER - 1


def test_no_object_is_an_empty_chart() -> None:
    assert co_occurrence(pairs(), names={}, common=[]).is_empty


def test_cells_are_drawn_as_shares_of_the_picture_and_places_from_above() -> None:
    chart = box_positions(pa.table({"x": [0, 3], "y": [1, 2], "n": [5, 6]}), n_cells=4)
    sides = chart.table.select(["left", "top", "right", "low"]).to_pylist()
    assert sides == [
        {"left": 0.0, "top": 0.25, "right": 0.25, "low": 0.5},
        {"left": 0.75, "top": 0.5, "right": 1.0, "low": 0.75},
    ]
    assert chart.spec["encoding"]["y"]["scale"]["reverse"] is True and chart.alt == "Boxes by place"


def test_a_taller_box_stands_higher() -> None:
    chart = box_sizes(pa.table({"x": [0], "y": [1], "n": [5]}), n_cells=2)
    assert chart.spec["encoding"]["y"]["scale"]["reverse"] is False
    assert chart.spec["encoding"]["x"]["title"] == "Width (share of the picture)" and chart.alt == "Boxes by size"


@pytest.mark.parametrize("figure", [box_positions, box_sizes])
def test_without_boxes_there_is_an_empty_chart(figure: Callable[..., Chart]) -> None:
    table = pa.table({name: pa.array([], pa.int64()) for name in ("x", "y", "n")})
    assert figure(table, n_cells=24).is_empty
