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
    left, right, rule = chart.spec["layer"]
    assert left["encoding"]["y"]["scale"]["domain"] == pytest.approx([0, 0.84])
    assert right["encoding"]["y"]["scale"]["domain"] == pytest.approx([0, 84])
    assert right["mark"]["opacity"] == 0 and right["encoding"]["y"]["axis"]["orient"] == "right"
    assert chart.spec["resolve"] == {"scale": {"y": "independent"}}
    assert rule["encoding"] == {"x": {"datum": 2}} and chart.alt == "Distortion and inertia over k"


def test_what_is_covered_is_not_sent() -> None:
    assert "covered" not in distortion_and_inertia(curve(), k=2).table.column_names
    assert distortion_and_inertia(curve(), k=2).table.num_rows == 3


def test_a_curve_without_distance_still_has_an_axis() -> None:
    flat = curve().set_column(3, "distortion", [[0.0, 0.0, 0.0]])
    assert distortion_and_inertia(flat, k=1).spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, 1]


def test_what_samples_promised_is_drawn_only_where_there_were_samples() -> None:
    def fields(n_sample: int) -> list[str]:
        layers = loss(curve(n_sample=n_sample), k=2).spec["layer"]
        return [layer["encoding"]["y"]["field"] for layer in layers if "y" in layer["encoding"]]

    assert fields(100) == ["loss"] and fields(50) == ["loss", "promised"]


def test_silhouettes_and_coverage_are_marked_at_k() -> None:
    both = silhouettes(curve(), k=4)
    assert [layer["encoding"]["x"] for layer in both.spec["layer"]][-1] == {"datum": 4}
    assert both.spec["layer"][1]["mark"]["strokeDash"] == [4, 3] and both.alt == "Silhouettes over k"
    covered = coverage(pa.table({"k": [1, 2], "share": [0.5, 0.9]}), k=1)
    assert covered.spec["layer"][0]["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert covered.table["share"].to_pylist() == [0.5, 0.9] and covered.alt == "Coverage over k"


def test_no_curve_is_an_empty_chart() -> None:
    none = curve().slice(0, 0)
    assert all(figure(none, k=1).is_empty for figure in (distortion_and_inertia, loss, silhouettes))
