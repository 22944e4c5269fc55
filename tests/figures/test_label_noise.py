"""The noise matrix, and the estimated share of wrong labels of each class."""

import pyarrow as pa
import pytest

from figures.label_noise import doubted_pairs, given_by_suggested, noise_rates

NAMES = ["cat", "dog", "cow\n"]
COUNTS = pa.table({"label": [0, 0, 2], "suggested": [1, 0, 1], "n": [3, 1, 5]})


def test_a_cell_is_a_pair_of_given_and_suggested_class() -> None:
    chart = given_by_suggested(COUNTS, names=NAMES)
    (bars,) = chart.figure.data
    assert list(bars.y) == [0, 0, 2] and [base // 50 for base in bars.base] == [1, 0, 1]
    assert list(bars.marker.color) == [3, 1, 5] and list(bars.text) == ["3", "1", "5"]
    layout = chart.figure.layout
    assert (layout.yaxis.title.text, layout.xaxis.title.text) == ("Given", "Suggested")
    assert layout.xaxis.ticktext == layout.yaxis.ticktext == ("cat", "dog", "cow↵")
    assert (bars.marker.cmin, bars.marker.cmax) == (0, 5)
    assert chart.alt == "Doubted labels by given and suggested class"


def test_pairs_are_listed_with_their_share_of_the_class() -> None:
    assert doubted_pairs(COUNTS, names=NAMES).to_pylist() == [
        {"given": "cat", "suggested": "dog", "pictures": 3, "share": 0.75},
        {"given": "cat", "suggested": "cat", "pictures": 1, "share": 0.25},
        {"given": "cow↵", "suggested": "dog", "pictures": 5, "share": 1.0},
    ]


def test_shares_and_counts_are_of_the_same_cells() -> None:
    (counts,) = given_by_suggested(COUNTS, names=NAMES).figure.data
    (shares,) = given_by_suggested(COUNTS, names=NAMES, as_shares=True).figure.data
    assert [list(each)[:4] for each in shares.customdata] == [list(each)[:4] for each in counts.customdata]
    # the one is drawn, the other told
    assert [each[4] for each in shares.customdata] == list(counts.marker.color) == [3, 1, 5]
    assert [each[4] for each in counts.customdata] == ["75.0%", "25.0%", "100.0%"]
    assert "pictures: %{marker.color:,}" in counts.hovertemplate and "%{customdata[4]:,}" in shares.hovertemplate
    assert list(shares.marker.color) == [0.75, 0.25, 1.0] and list(shares.text) == ["75%", "25%", "100%"]


def test_a_click_gives_both_classes_and_the_tooltip_names_them() -> None:
    (bars,) = given_by_suggested(COUNTS, names=NAMES).figure.data
    assert list(bars.customdata[2]) == [2, 1, "cow↵", "dog", "100.0%"]
    assert "given: %{customdata[2]}" in bars.hovertemplate and "suggested: %{customdata[3]}" in bars.hovertemplate


def test_nothing_doubted_is_an_empty_chart() -> None:
    assert given_by_suggested(COUNTS.slice(0, 0), names=NAMES).is_empty
    assert doubted_pairs(COUNTS.slice(0, 0), names=NAMES).column_names == ["given", "suggested", "pictures", "share"]


def test_the_noisiest_class_comes_first_and_unjudged_ones_are_left_out() -> None:
    chart = noise_rates([0.1, None, 0.3], low=[0.0, None, 0.2], high=[0.2, None, 0.4], n=[50, 0, 40], names=NAMES)
    (bars,) = chart.figure.data
    assert list(bars.x) == [0.3, 0.1] and chart.figure.layout.yaxis.ticktext == ("cow↵", "cat")
    assert list(bars.error_x.array) == pytest.approx([0.1, 0.1])
    assert list(bars.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert [list(each) for each in bars.customdata] == [["cow↵", 0.2, 0.4, 40], ["cat", 0.0, 0.2, 50]]
    assert chart.figure.layout.xaxis.range[1] > 0.4
    assert chart.alt == "Estimated share of wrong labels of each class"


def test_without_an_estimate_there_is_an_empty_chart() -> None:
    assert noise_rates([], low=[], high=[], n=[], names=[]).is_empty
    assert noise_rates([0.5], low=[0.1], high=[0.9], n=[0], names=["cat"]).is_empty
    with pytest.raises(ValueError):
        noise_rates([0.5], low=[], high=[], n=[], names=["cat"])
