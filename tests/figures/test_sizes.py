"""Widths and heights of images."""

import numpy as np
import pytest

from analytics.sizes import SizeBins, size_bins
from figures.sizes import width_by_height


def test_a_bin_is_a_circle_on_two_logarithmic_axes() -> None:
    bins = size_bins(np.array([64, 640]), np.array([64, 480]), n=np.array([7, 2]))
    chart = width_by_height(bins)
    (circles,), layout = chart.figure.data, chart.figure.layout
    assert (list(circles.x), list(circles.y), list(circles.customdata)) == ([64, 640], [64, 480], [7, 2])
    assert (layout.xaxis.type, layout.yaxis.type) == ("log", "log")
    assert layout.xaxis.tickvals == (64, 128, 256, 512, 1024) and layout.yaxis.tickvals == (64, 128, 256, 512)
    many, few = circles.marker.size
    assert many > few and chart.alt == "Widths and heights of the images" and chart.n_rows == 2


def test_the_area_of_a_circle_grows_with_its_images() -> None:
    bins = SizeBins(np.array([10.0, 20, 30]), np.array([10.0, 20, 30]), np.array([100, 50, 0]))
    whole, half, none = (width_by_height(bins).figure.data[0].marker.size.astype(float)) ** 2
    assert half == pytest.approx((whole + none) / 2) and none > 0  # one image is still seen


def test_no_size_is_an_empty_chart() -> None:
    assert width_by_height(SizeBins(np.empty(0), np.empty(0), np.empty(0, int))).is_empty


def test_one_size_has_an_axis_around_it() -> None:
    chart = width_by_height(SizeBins(np.array([64.0]), np.array([64.0]), np.array([3])))
    low, high = chart.figure.layout.xaxis.range
    assert low < np.log10(64) < high
