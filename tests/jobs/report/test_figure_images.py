"""Figures as pictures: a browser and matplotlib draw the same; letters stay text; nothing is left running."""

import datetime
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import psutil
import pytest
from matplotlib.dates import date2num
from PIL import Image

from evidence.report.parts import Chart
from figures.drawn import draw_by_name
from jobs.report import browser_drawing, figure_images, plain_drawing
from jobs.report.figure_images import CannotDraw, height_of, one_browser, png_of, svg_of
from jobs.report.typeset import png_from_svg
from tests.support.browser import IN_CHROMIUM
from tests.support.every_chart import every_chart
from tests.support.sample_report import NAMES, charts

WIDTH = 700
_SVG = "{http://www.w3.org/2000/svg}"
_TICK = re.compile(r"[−\d.,]+[%kM]?|.*20\d\d.*|\d\d:\d\d.*|[A-Z][a-z]{2}( \d+)?")


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", "")


@pytest.fixture(scope="class")
def browser() -> Iterator[None]:
    with one_browser():
        yield


def figure_of(chart: Chart) -> go.Figure:
    return draw_by_name(chart.name, chart.data).figure


def texts(svg: bytes) -> set[str]:
    """What an SVG says, less numbers and days at its axes."""
    found = {"".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{_SVG}text")}
    return {text for text in found if text and not _TICK.fullmatch(text)}


def n_marks(svg: bytes) -> tuple[int, int]:
    """How many bars and how many points an SVG has, by either program."""
    root = ET.fromstring(svg)
    of_plotly = [(each.tag, word) for each in root.iter() for word in (each.get("class") or "").split()]
    bars = [each for each in root.iter() if (each.get("id") or "").startswith("bar-")]
    groups = [each for each in root.iter(f"{_SVG}g") if (each.get("id") or "").startswith("points-")]
    # equal points are one shape that is used again; unequal ones are a shape each
    points = [each for group in groups for each in [*group.iter(f"{_SVG}use")] or [*group.iter(f"{_SVG}path")]]
    n_bars, n_points = (of_plotly.count((f"{_SVG}{tag}", "point")) for tag in ("g", "path"))
    return len(bars) + n_bars, len(points) + n_points


def size_of(svg: bytes) -> tuple[str | None, str | None]:
    root = ET.fromstring(svg)
    return root.get("width"), root.get("height")


def ranges_by_plotly(figure: go.Figure) -> list[list[float]]:
    sized = figure_images.prepared(figure, width=WIDTH, height=height_of(figure))
    found = json.loads(browser_drawing.drawn(sized, form="json", width=WIDTH, height=height_of(figure)))["layout"]
    return [[_number(end) for end in found[f"{side}axis"]["range"]] for side in "xy"]


def ranges_by_matplotlib(figure: go.Figure) -> list[list[float]]:
    sized = figure_images.prepared(figure, width=WIDTH, height=height_of(figure))
    axes = plain_drawing.plotted(sized, width=WIDTH, height=height_of(figure)).axes[0]
    ends = [np.array(axes.get_xlim()), np.array(axes.get_ylim())]
    is_log = [axes.get_xscale() == "log", axes.get_yscale() == "log"]
    return [(np.log10(each) if log else each).tolist() for each, log in zip(ends, is_log, strict=True)]


def _number(end: str | float) -> float:
    return float(date2num(datetime.datetime.fromisoformat(end)) if isinstance(end, str) else end)


class TestBothPrograms:
    """What a browser draws against what matplotlib does."""

    pytestmark = IN_CHROMIUM

    @pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
    def test_they_draw_the_same_marks_names_and_ranges(
        self, chart: Chart, browser: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        figure = figure_of(chart)
        size = {"width": WIDTH, "height": height_of(figure)}
        of_browser, theirs = svg_of(figure, **size), ranges_by_plotly(figure)
        monkeypatch.setenv("BROWSER_PATH", "")
        plain, ours = svg_of(figure, **size), ranges_by_matplotlib(figure)
        assert size_of(of_browser) == size_of(plain) == (str(WIDTH), str(height_of(figure)))
        assert texts(of_browser) == texts(plain)
        assert n_marks(of_browser) == n_marks(plain)
        for wanted, found in zip(theirs, ours, strict=True):
            assert found == pytest.approx(wanted, abs=0.07 * abs(wanted[1] - wanted[0]))

    def test_the_same_figure_is_the_same_file(self, browser: None) -> None:
        figure = figure_of(charts()[0])
        assert svg_of(figure, width=300, height=200) == svg_of(figure, width=300, height=200)


class TestOneBrowser:
    """How many there are, and what is left of them."""

    pytestmark = IN_CHROMIUM

    def test_one_browser_draws_all_and_is_gone_afterwards(self) -> None:
        figure = figure_of(charts()[0])
        before = {child.pid for child in psutil.Process().children(recursive=True)}
        with one_browser():
            svg_of(figure, width=300, height=200)
            first = {child.pid for child in psutil.Process().children(recursive=True)} - before
            svg_of(figure, width=300, height=200)
            roots = [child for child in psutil.Process().children() if child.pid in first]
        assert len(roots) == 1
        assert not [pid for pid in first if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


@pytest.mark.parametrize("chart", charts(), ids=lambda chart: chart.name)
def test_without_a_browser_names_stay_text(chart: Chart, no_browser: None) -> None:
    """No chart of reports needs a browser, and what is drawn is text, not shapes of letters."""
    figure = figure_of(chart)
    svg = svg_of(figure, width=WIDTH, height=height_of(figure))
    if chart.name in ("class-balance", "confusion", "map", "named-counts"):
        assert NAMES[2] in texts(svg)
    assert b"<script" not in svg


@pytest.mark.parametrize("name", sorted(every_chart()))
def test_without_a_browser_the_charts_of_pages_are_drawn_too(name: str, no_browser: None) -> None:
    chart = every_chart("a $x$ <b>")[name]
    assert svg_of(chart.figure, width=WIDTH, height=height_of(chart.figure)).startswith(b"<?xml")


def test_without_a_browser_the_same_figure_is_the_same_file(no_browser: None) -> None:
    figure = figure_of(charts()[0])
    assert svg_of(figure, width=300, height=200) == svg_of(figure, width=300, height=200)


def test_a_figure_of_a_page_is_drawn_in_our_look(no_browser: None) -> None:
    """Its JSON is kept without a template, and Plotly would take its own, grey ground and all."""
    kept = figure_of(charts()[0]).to_plotly_json()
    kept["layout"].pop("template")
    svg = svg_of(draw_by_name("plotly", {"figure": kept}, alt="a").figure, width=WIDTH, height=250)
    assert NAMES[2] in texts(svg)
    assert b"#e5ecf6" not in svg.lower()
    assert b"#dcd8ce" in svg


def test_the_ground_is_clear_or_the_figures_own(no_browser: None) -> None:
    figure = figure_of(charts()[0])
    assert Image.open(io.BytesIO(png_of(figure, width=300, height=200))).getpixel((1, 1))[3] == 0
    figure.update_layout(paper_bgcolor="#fcfbf8")
    assert Image.open(io.BytesIO(png_of(figure, width=300, height=200))).getpixel((1, 1)) == (0xFC, 0xFB, 0xF8, 255)


def test_a_figure_asks_for_no_picture_from_elsewhere() -> None:
    figure = go.Figure(layout={"images": [{"source": "http://127.0.0.1:1/a.png", "x": 0, "y": 0}]})
    assert not figure_images.prepared(figure, width=300, height=200).layout.images


def test_a_kind_that_nobody_else_draws_says_so(no_browser: None) -> None:
    with pytest.raises(CannotDraw, match="'pie' is drawn only where a browser is installed"):
        svg_of(go.Figure(go.Pie(values=[1, 2])), width=300, height=200)


def test_a_browser_that_does_not_start_is_no_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(broken))
    with one_browser():
        assert svg_of(figure_of(charts()[0]), width=300, height=200).startswith(b"<?xml")
        assert not browser_drawing.is_there(), "the same browser would be tried again for each figure"


def test_many_points_are_a_picture(no_browser: None) -> None:
    rng = np.random.default_rng(0)
    figure = go.Figure(go.Scatter(mode="markers", x=rng.random(6000), y=rng.random(6000)))
    svg = svg_of(figure, width=300, height=200)
    assert b"<image" in svg
    assert n_marks(svg)[1] == 0


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_png_has_the_pixels_asked_for(scale: float, no_browser: None) -> None:
    picture = Image.open(io.BytesIO(png_of(figure_of(charts()[0]), width=300, height=200, scale=scale)))
    assert picture.size == (300 * scale, 200 * scale)
    assert picture.getpixel((1, 1))[3] == 0, "the ground is not clear"


def test_letters_of_many_scripts_are_in_our_fonts() -> None:
    """A box stands where no font has a letter: both pictures would be the same."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><text x="5" y="20">{}</text></svg>'
    of = {name: png_from_svg(svg.format(name).encode(), width=40, height=30, scale=1.0) for name in "ق猫🐆かक한\ue000"}
    assert len(set(of.values())) == len(of)
