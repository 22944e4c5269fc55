"""Confusion matrices and their difference."""

import numpy as np
import plotly.graph_objects as go
import pytest

from figures.chart import Chart
from figures.confusion import SIDE_BY_SIDE, confusion, confusion_difference

NAMES = ["cat", "dog\n", "cow"]
# of 4 cats 3 are called so and one a dog; both dogs are; no cow is there or named
COUNTS = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])


def bars(chart: Chart) -> go.Bar:
    (drawn,) = chart.figure.data
    return drawn


def cells(chart: Chart) -> dict[tuple[str, str], float]:
    """What the cells are worth, by the names at their row and above their column."""
    drawn, layout = bars(chart), chart.figure.layout
    said = [layout.xaxis.ticktext[layout.xaxis.tickvals.index(base // 50 * 50 + 25)] for base in drawn.base]
    true = [layout.yaxis.ticktext[row] for row in drawn.y]
    return dict(zip(zip(true, said, strict=True), drawn.marker.color.tolist(), strict=True))


def test_rows_are_true_classes_and_a_class_that_never_appears_is_left_out() -> None:
    chart = confusion(COUNTS, names=NAMES)
    assert cells(chart) == {("cat", "cat"): 3, ("cat", "dog↵"): 1, ("dog↵", "cat"): 0, ("dog↵", "dog↵"): 2}
    layout = chart.figure.layout
    assert (layout.yaxis.title.text, layout.xaxis.title.text) == ("Label", "Said")
    assert layout.xaxis.ticktext == layout.yaxis.ticktext == ("cat", "dog↵")
    assert layout.yaxis.range == (1.5, -0.5) and layout.xaxis.range == (0, 100) and layout.xaxis.side == "top"
    assert (bars(chart).marker.cmin, bars(chart).marker.cmax) == (0, 3)
    assert chart.alt == "Pictures by label and by what the run says"


def test_shares_are_of_the_true_class_so_that_recall_stands_on_the_diagonal() -> None:
    chart = confusion(COUNTS, names=NAMES, as_shares=True)
    assert cells(chart)["cat", "cat"] == 0.75 and cells(chart)["dog↵", "dog↵"] == 1
    assert list(bars(chart).text) == ["75%", "25%", "", "100%"]


def test_only_cells_with_pictures_carry_a_number() -> None:
    assert list(bars(confusion(COUNTS, names=NAMES)).text) == ["3", "1", "", "2"]


def test_a_click_gives_both_classes_and_the_tooltip_names_them() -> None:
    drawn = bars(confusion(np.diag([0, 5, 7]), names=NAMES))
    assert [list(each) for each in drawn.customdata] == [
        [1, 1, "dog↵", "dog↵"],
        [1, 2, "dog↵", "cow"],
        [2, 1, "cow", "dog↵"],
        [2, 2, "cow", "cow"],
    ]
    assert "label: %{customdata[2]}" in drawn.hovertemplate and "said: %{customdata[3]}" in drawn.hovertemplate
    assert "pictures: %{marker.color:,}" in drawn.hovertemplate and list(drawn.marker.color) == [5, 0, 0, 7]


def test_the_difference_is_second_less_first_on_a_scale_with_its_middle_at_nothing() -> None:
    second = np.array([[4, 0, 0], [1, 1, 0], [0, 0, 0]])
    chart = confusion_difference(COUNTS, second, names=NAMES)
    assert cells(chart) == {("cat", "cat"): 1, ("cat", "dog↵"): -1, ("dog↵", "cat"): 1, ("dog↵", "dog↵"): -1}
    drawn = bars(chart)
    assert (drawn.marker.cmin, drawn.marker.cmax) == (-1, 1) and [at for at, _ in drawn.marker.colorscale] == [
        0,
        0.5,
        1,
    ]
    assert "difference: %{marker.color:+,}" in drawn.hovertemplate
    assert list(drawn.text) == ["+1", "−1", "+1", "−1"]
    assert cells(confusion_difference(COUNTS, second, names=NAMES, as_shares=True))["cat", "dog↵"] == -0.25


def test_a_matrix_taken_from_itself_is_all_nothing() -> None:
    drawn = bars(confusion_difference(COUNTS, COUNTS, names=NAMES))
    assert set(drawn.marker.color.tolist()) == {0} and not any(drawn.text)
    assert drawn.marker.cmin < 0 < drawn.marker.cmax


@pytest.mark.parametrize("as_shares", [False, True])
def test_without_pictures_there_is_an_empty_chart(as_shares: bool) -> None:
    none = np.zeros((3, 3), int)
    assert confusion(none, names=NAMES, as_shares=as_shares).is_empty
    assert confusion_difference(none, none, names=NAMES, as_shares=as_shares).is_empty


def test_numbers_are_smaller_where_there_are_many_classes() -> None:
    n = SIDE_BY_SIDE + 1
    many = bars(confusion(np.eye(n, dtype=int), names=[f"c{i}" for i in range(n)]))
    assert many.insidetextfont.size < bars(confusion(COUNTS, names=NAMES)).insidetextfont.size
