"""Curves over the number of representatives."""

import pyarrow as pa
import pytest

from figures.medoids import coverage, distortion_and_inertia, loss, silhouettes


def curve(*, n_sample: int = 100) -> pa.Table:
    return pa.table(
        {
            "k": [1, 2, 4],
            "n_images": [100] * 3,
            "n_sample": [n_sample] * 3,
            "distortion": [0.8, 0.4, 0.2],
            "inertia": [80.0, 40.0, 20.0],
            "loss": [9.0, 5.0, 2.0],
            "promised": [9.5, 5.5, 2.5],
            "silhouette": [None, 0.2, 0.3],
            "medoid_silhouette": [None, 0.4, 0.5],
            "covered": [[1], [1, 2], [1, 2, 3]],
        }
    )


def test_inertia_lies_on_the_line_of_distortion_read_on_its_own_axis() -> None:
    chart = distortion_and_inertia(curve(), k=2)
    (left, right), layout = chart.figure.data, chart.figure.layout
    assert (list(left.x), list(left.y), list(right.y)) == ([1, 2, 4], [0.8, 0.4, 0.2], [80.0, 40.0, 20.0])
    assert list(layout.yaxis.range) == pytest.approx([0, 0.84])
    assert list(layout.yaxis2.range) == pytest.approx([0, 84])
    assert (right.yaxis, right.opacity, layout.yaxis2.side, layout.yaxis2.overlaying) == ("y2", 0, "right", "y")
    assert list(left.customdata) == list(right.y) and "inertia: %{customdata" in left.hovertemplate
    assert layout.shapes[0].x0 == layout.shapes[0].x1 == 2 and chart.alt == "Distortion and inertia over k"


def test_what_is_covered_is_not_sent() -> None:
    assert "[1, 2, 3]" not in distortion_and_inertia(curve(), k=2).figure.to_json().replace(",", ", ")
    assert distortion_and_inertia(curve(), k=2).n_rows == 3


def test_a_curve_without_distance_still_has_an_axis() -> None:
    flat = curve().set_column(3, "distortion", [[0.0, 0.0, 0.0]])
    assert distortion_and_inertia(flat, k=1).figure.layout.yaxis.range == (0, 1)


def test_what_samples_promised_is_drawn_only_where_there_were_samples() -> None:
    def lines(n_sample: int) -> list[list[float]]:
        return [list(line.y) for line in loss(curve(n_sample=n_sample), k=2).figure.data]

    assert lines(100) == [[9.0, 5.0, 2.0]] and lines(50) == [[9.0, 5.0, 2.0], [9.5, 5.5, 2.5]]


def test_silhouettes_and_coverage_are_marked_at_k() -> None:
    both = silhouettes(curve(), k=4)
    mean, medoid = both.figure.data
    assert (list(mean.y), list(medoid.y)) == ([None, 0.2, 0.3], [None, 0.4, 0.5])
    assert medoid.line.dash != mean.line.dash == "solid" and both.alt == "Silhouettes over k"
    assert both.figure.layout.shapes[0].x0 == 4
    covered = coverage(pa.table({"k": [1, 2], "share": [0.5, 0.9]}), k=1)
    assert covered.figure.layout.yaxis.range == (0, 1) and covered.figure.layout.shapes[0].x0 == 1
    assert list(covered.figure.data[0].y) == [0.5, 0.9] and covered.alt == "Coverage over k"


def test_no_curve_is_an_empty_chart() -> None:
    none = curve().slice(0, 0)
    assert all(figure(none, k=1).is_empty for figure in (distortion_and_inertia, loss, silhouettes))
