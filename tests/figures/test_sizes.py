"""Widths and heights of images."""

import numpy as np

from analytics.sizes import SizeBins, size_bins
from figures.sizes import width_by_height


def test_a_bin_is_a_circle_on_two_logarithmic_axes() -> None:
    bins = size_bins(np.array([64, 640]), np.array([64, 480]), n=np.array([7, 2]))
    chart = width_by_height(bins)
    assert chart.table.to_pylist() == [
        {"width": 64.0, "height": 64.0, "images": 7},
        {"width": 640.0, "height": 480.0, "images": 2},
    ]
    encoding = chart.spec["encoding"]
    assert [encoding[side]["scale"]["type"] for side in ("x", "y")] == ["log", "log"]
    assert encoding["size"]["field"] == "images" and chart.alt == "Widths and heights of the images"


def test_no_size_is_an_empty_chart() -> None:
    assert width_by_height(SizeBins(np.empty(0), np.empty(0), np.empty(0, int))).is_empty
