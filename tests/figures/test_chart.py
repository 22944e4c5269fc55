"""What is true of every chart: its words, its rows, its axes, its names letter by letter, and what it weighs."""

import ast
import dataclasses
import functools
import json
import tomllib
from collections.abc import Iterator

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pyarrow as pa
import pytest

from analytics.balance import ClassMatrix
from figures import template
from figures.balance import images_per_class, named_counts
from figures.chart import Chart, count_axis
from figures.colours import BASE
from figures.label_noise import doubted_pairs
from figures.medoids import distortion_and_inertia
from figures.ranking import planted_found
from tests.support.every_chart import every_chart
from tests.support.places import PROJECT

drawn_of = functools.cache(every_chart)
CHARTS = drawn_of("cat")
# written by us, and filled in by the browser
TEMPLATES = {"hovertemplate", "texttemplate"}


def texts(value: object, *, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a figure with the name of what holds it."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, at=key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner, at=at)


def axes(chart: Chart) -> list[dict]:
    layout = chart.figure.to_plotly_json()["layout"]
    return [layout[name] for name in ("xaxis", "yaxis", "yaxis2") if name in layout]


def test_every_chart_of_the_room_is_looked_at_here() -> None:
    public = {
        node.name
        for path in (PROJECT / "figures").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.returns is not None and ast.unparse(node.returns) == "Chart"
    }
    assert {name for name in public if not name.startswith("_")} == set(CHARTS)


def test_a_chart_cannot_be_changed() -> None:
    chart = Chart(go.Figure(), "One", 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart.alt = "Two"  # type: ignore[misc]  # what the test is about


def test_a_chart_without_rows_is_empty() -> None:
    assert Chart(go.Figure(), "None", 0).is_empty and not Chart(go.Figure(), "One", 1).is_empty


@pytest.mark.parametrize("name", CHARTS)
def test_a_figure_says_what_is_seen_and_neither_zooms_nor_traps_a_finger(name: str) -> None:
    chart = CHARTS[name]
    layout = chart.figure.layout
    assert chart.alt and not chart.is_empty and layout.height > 0
    look = layout.template.layout
    assert look.dragmode is False and look.xaxis.fixedrange and look.yaxis.fixedrange
    assert layout.dragmode is None and not any("fixedrange" in axis for axis in axes(chart))


@pytest.mark.parametrize("name", CHARTS)
def test_a_figure_brings_its_own_small_look_and_no_font_from_elsewhere(name: str) -> None:
    figure = CHARTS[name].figure
    sent = json.loads(figure.to_json())
    assert set(sent["layout"]["template"]) <= {"layout", "data"} and not sent["layout"]["template"].get("data")
    assert len(json.dumps(sent["layout"]["template"], separators=(",", ":"))) < 1200
    assert set(sent["layout"]["template"]["layout"]["colorway"]) == set(BASE)
    assert {text for at, text in texts(sent) if at == "family"} == {template.FONT}
    assert not any("http" in text or "url(" in text for _, text in texts(sent))


@pytest.mark.parametrize("stranger", ["<b>x</b>", "%{y}", "$x$", "<a href='javascript:1'>x</a>", "&lt;x", "x\ny"])
@pytest.mark.parametrize("name", CHARTS)
def test_names_of_strangers_are_drawn_letter_by_letter(name: str, stranger: str) -> None:
    plain, strange = drawn_of("qqqq")[name].figure, drawn_of(stranger)[name].figure
    before, after = list(texts(plain.to_plotly_json())), list(texts(strange.to_plotly_json()))
    assert len(before) == len(after)
    for (at, text), (_, now) in zip(before, after, strict=True):
        if "qqqq" not in text:
            assert now == text
        else:
            assert at not in TEMPLATES  # there a name would be filled in as if it were ours
            left, right = text.split("qqqq")
            inner = now.removeprefix(left).removesuffix(right)
            assert not set("<>$%\n") & set(inner) and inner.replace("&amp;", "").count("&") == sum(
                map(inner.count, ENTITIES)
            )


ENTITIES = ("&lt;", "&gt;", "&#36;", "&#37;")


def test_an_axis_of_counts_names_no_number_twice() -> None:
    """Plotly draws about nticks ticks; of three pictures these would be at 0, 0.5, 1 ..., written 0, 1, 1."""
    curve = pa.table({name: [1.0, 2.0] for name in ("k", "n_images", "distortion", "inertia")})
    for chart in (
        named_counts({"png": 3}, what="format"),
        images_per_class(ClassMatrix((None,), np.array([[1], [2]]), 0), names=["cat", "dog"]),
        planted_found([1, 2], found=[0.5, 1]),
        distortion_and_inertia(curve, k=1),
    ):
        assert chart.figure.layout.xaxis.dtick == 1 and chart.figure.layout.xaxis.tickformat == ",d"
    # n ticks over n or more are whole numbers by themselves
    assert "dtick" not in count_axis("Images", most=7, n_ticks=6) and count_axis("Images", most=7)["nticks"] == 6


@pytest.mark.parametrize("name", CHARTS)
def test_no_axis_rounds_two_ticks_to_one_text(name: str) -> None:
    """A format with a fixed number of digits writes two near ticks alike, unless ticks keep their distance."""
    for axis in axes(CHARTS[name]):
        form = axis.get("tickformat", "~")  # by itself Plotly writes as many digits as it takes
        assert "~" in form or "dtick" in axis or "tickvals" in axis or ("nticks" in axis and form == ",d")


def test_lines_by_epoch_write_their_values_in_full() -> None:
    formats = [CHARTS[name].figure.layout.yaxis.tickformat for name in CHARTS if name.endswith("_by_epoch")]
    assert sorted(formats) == ["~%", "~%", "~g"]


def test_a_long_name_is_cut_on_the_axis_and_whole_in_the_tooltip() -> None:
    long = "a very long name of a class " * 5
    for name in ("images_per_class", "noise_rates", "confusion", "given_by_suggested", "co_occurrence", "score_by_run"):
        chart = drawn_of(long)[name]
        labels = [label for axis in axes(chart) for label in axis.get("ticktext", ()) if label.startswith("a very")]
        assert labels and all(label.endswith("…") and len(label) < 30 for label in labels)
        drawn = chart.figure.data[0]
        assert any(
            text == long for _, text in texts([drawn.to_plotly_json().get(at) for at in ("customdata", "hovertext")])
        )


def test_a_list_of_pairs_is_of_names_as_they_are() -> None:
    """Tables escape for themselves."""
    counts = pa.table({"label": [0], "suggested": [0], "n": [1]})
    assert doubted_pairs(counts, names=["<b>x</b>"])["given"].to_pylist() == ["<b>x</b>"]


def test_the_templates_have_the_colours_of_the_pages() -> None:
    theme = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, ground in ((template.LIGHT, "light"), (template.DARK, "dark")):
        look, page = plotly.io.templates[name].layout, theme[ground]
        assert look.font.color == page["textColor"]
        assert look.xaxis.gridcolor == look.yaxis.gridcolor == page["borderColor"]
        assert look.hoverlabel.bgcolor == page["backgroundColor"]
        assert look.paper_bgcolor == look.plot_bgcolor == "rgba(0,0,0,0)"
