"""Objects per picture, classes that meet, places and sizes of boxes."""

from collections.abc import Callable

import numpy as np
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
    (bars,) = chart.figure.data
    assert list(bars.x) == ["0", "2"] and list(bars.y) == [1, 3]
    axis = chart.figure.layout.xaxis
    assert axis.title.text == "per↵son per picture" and axis.type == "category"  # no room for the 1 that no picture has
    assert chart.alt == "per↵son per picture, of 4,000 pictures"
    assert objects_per_picture(table.slice(0, 0), what="dog", n_images=0).is_empty


def test_a_row_is_in_shares_of_its_own_pictures() -> None:
    # a cat in four pictures, a dog in two, both in one
    table = pairs((7, 7, 4), (7, 9, 1), (9, 7, 1), (9, 9, 2))
    chart = co_occurrence(table, names={7: "cat", 9: "dog\n"}, common=[9, 7])
    (bars,) = chart.figure.data
    named = [tuple(each[:2]) for each in bars.customdata]
    assert dict(zip(named, bars.marker.color.tolist(), strict=True)) == {
        ("cat", "cat"): 1,
        ("cat", "dog↵"): 0.25,
        ("dog↵", "cat"): 0.5,
        ("dog↵", "dog↵"): 1,
    }
    assert list(bars.text) == ["4", "1", "1", "2"] and list(bars.y) == [1, 1, 0, 0]
    assert chart.figure.layout.xaxis.ticktext == ("dog↵", "cat")  # the commonest first
    assert chart.alt == "Pictures in which two classes meet"


def test_numbers_are_white_on_dark_cells() -> None:
    (bars,) = co_occurrence(pairs((0, 0, 4), (0, 1, 1), (1, 1, 9)), names={0: "a", 1: "b"}, common=[0, 1]).figure.data
    dark, light, whole = bars.insidetextfont.color
    assert dark == whole == "#ffffff" != light


def test_the_commonest_classes_are_drawn_and_those_without_an_object_are_not() -> None:
    n = MOST_TOGETHER + 4
    table = pairs(*((i, i, n - i) for i in range(n)))
    names = {i: f"c{i}" for i in range(n + 1)}
    chart = co_occurrence(table, names=names, common=[n, *range(n)])
    assert list(chart.figure.layout.yaxis.ticktext) == [f"c{i}" for i in range(MOST_TOGETHER - 1)]
    assert chart.n_rows == len(chart.figure.data[0].text) == MOST_TOGETHER - 1


def test_no_object_is_an_empty_chart() -> None:
    assert co_occurrence(pairs(), names={}, common=[]).is_empty


def test_cells_are_drawn_as_shares_of_the_picture_and_places_from_above() -> None:
    chart = box_positions(pa.table({"x": [0, 3], "y": [1, 2], "n": [5, 6]}), n_cells=4)
    (heat,) = chart.figure.data
    assert heat.z.tolist() == [[0, 0, 0, 0], [5, 0, 0, 0], [0, 0, 0, 6], [0, 0, 0, 0]]
    # the middle of the first cell, and the width of each
    assert (heat.x0, heat.dx, heat.y0, heat.dy) == (0.125, 0.25, 0.125, 0.25)
    assert chart.figure.layout.yaxis.range == (1, 0) and chart.alt == "Boxes by place" and chart.n_rows == 2


def test_a_taller_box_stands_higher() -> None:
    chart = box_sizes(pa.table({"x": [0], "y": [1], "n": [5]}), n_cells=2)
    assert chart.figure.layout.yaxis.range == (0, 1)
    assert chart.figure.layout.xaxis.title.text == "Width (share of the picture)" and chart.alt == "Boxes by size"


@pytest.mark.parametrize("most", [1, 7, 100_000])
def test_a_cell_without_a_box_has_no_colour_and_one_with_a_single_box_has_one(most: int) -> None:
    (heat,) = box_sizes(pa.table({"x": [0, 1], "y": [0, 0], "n": [1, most]}), n_cells=2).figure.data
    scale = heat.colorscale
    assert scale[0] == (0, "rgba(0,0,0,0)") and scale[-1][0] == 1
    steps = [at for at, _ in scale]
    assert steps == sorted(steps) and 0 < next(at for at, colour in scale if not colour.endswith(",0)")) <= 1 / most
    assert heat.z.dtype == np.min_scalar_type(most)  # small counts are sent as bytes


@pytest.mark.parametrize("figure", [box_positions, box_sizes])
def test_without_boxes_there_is_an_empty_chart(figure: Callable[..., Chart]) -> None:
    table = pa.table({name: pa.array([], pa.int64()) for name in ("x", "y", "n")})
    assert figure(table, n_cells=24).is_empty
