"""The noise matrix, and the estimated share of wrong labels of each class."""

import pyarrow as pa
import pytest

from figures.label_noise import PARAM, given_by_suggested, noise_rates

NAMES = ["cat", "dog", "cow\n"]
COUNTS = pa.table({"label": [0, 0, 2], "suggested": [1, 0, 1], "n": [3, 1, 5]})


def test_a_cell_is_a_pair_of_given_and_suggested_class() -> None:
    chart = given_by_suggested(COUNTS, names=NAMES)
    assert chart.table.select(["given", "suggested", "pictures", "share"]).to_pylist() == [
        {"given": "cat", "suggested": "dog", "pictures": 3, "share": 0.75},
        {"given": "cat", "suggested": "cat", "pictures": 1, "share": 0.25},
        {"given": "cow↵", "suggested": "dog", "pictures": 5, "share": 1.0},
    ]
    encoding = chart.spec["encoding"]
    assert (encoding["y"]["field"], encoding["x"]["field"]) == ("given", "suggested")
    assert encoding["x"]["sort"] == ["cat", "dog", "cow↵"]
    assert chart.spec["layer"][0]["encoding"]["color"]["scale"]["domain"] == [0, 5]
    assert chart.alt == "Doubted labels by given and suggested class"


def test_shares_and_counts_are_of_the_same_cells() -> None:
    chart = given_by_suggested(COUNTS, names=NAMES, as_shares=True)
    assert chart.table.equals(given_by_suggested(COUNTS, names=NAMES).table)
    assert chart.spec["layer"][0]["encoding"]["color"]["field"] == "share"
    assert chart.spec["layer"][1]["encoding"]["text"] == {"field": "share", "format": ".0%"}


def test_a_click_gives_both_classes() -> None:
    (param,) = given_by_suggested(COUNTS, names=NAMES).spec["layer"][0]["params"]
    assert param == {"name": PARAM, "select": {"type": "point", "fields": ["given_index", "suggested_index"]}}


def test_nothing_doubted_is_an_empty_chart() -> None:
    assert given_by_suggested(COUNTS.slice(0, 0), names=NAMES).is_empty


def test_the_noisiest_class_comes_first_and_unjudged_ones_are_left_out() -> None:
    chart = noise_rates([0.1, None, 0.3], low=[0.0, None, 0.2], high=[0.2, None, 0.4], n=[50, 0, 40], names=NAMES)
    assert chart.table.to_pylist() == [
        {"class": "cat", "rate": 0.1, "low": 0.0, "high": 0.2, "n": 50},
        {"class": "cow↵", "rate": 0.3, "low": 0.2, "high": 0.4, "n": 40},
    ]
    bar, interval = chart.spec["layer"]
    assert bar["encoding"]["y"]["sort"] == ["cow↵", "cat"]
    assert interval["encoding"]["x"]["field"] == "low" and interval["encoding"]["x2"] == {"field": "high"}
    assert chart.alt == "Estimated share of wrong labels of each class"


def test_without_an_estimate_there_is_an_empty_chart() -> None:
    assert noise_rates([], low=[], high=[], n=[], names=[]).is_empty
    assert noise_rates([0.5], low=[0.1], high=[0.9], n=[0], names=["cat"]).is_empty
    with pytest.raises(ValueError):
        noise_rates([0.5], low=[], high=[], n=[], names=["cat"])
