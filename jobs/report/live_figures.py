"""Figures inside one file, as live as on a page: their JSON once each, one look for all of them, one copy of Plotly."""

import json
import logging
from typing import Any

import plotly.io
from plotly.offline import get_plotlyjs

from evidence.report.parts import Chart
from figures import template
from figures.chart import Chart as Drawn
from figures.colours import UNLABELLED, class_colour
from figures.drawn import UnknownChart, draw_by_name
from jobs.report.markup import Html, json_text, tag

log = logging.getLogger("vitrine")
MAP = "map"  # the one chart that Plotly does not draw: assets/map.js draws as many points without WebGL
CANNOT = "This chart cannot be drawn by this Vitrine."
_PLOTLYS_OWN = 450  # pixels of height, where a figure says none
_GL = "scattergl"  # for which Plotly writes code as it runs, which these files forbid
_BROKEN = (UnknownChart, LookupError, TypeError, ValueError, AttributeError)  # data of another version


def drawn_chart(chart: Chart) -> Drawn | None:
    """The chart as it is drawn; None where its data, of another version, cannot be."""
    try:
        return draw_by_name(chart.name, chart.data, alt=chart.alt)
    except _BROKEN:
        log.warning("The chart %s of a report cannot be drawn", chart.name, exc_info=True)
        return None


class LiveFigures:
    """The figures of a document, collected while it is written."""

    def __init__(self) -> None:
        self._data: list[Html] = []
        self._heights: list[str] = []
        self._has_plotly = False

    def placed(self, chart: Chart) -> tuple[Html, str] | None:
        """The place where the script will draw the chart, as tall as it will be, and what is seen, in words.

        None where the chart cannot be drawn.
        """
        drawn = drawn_chart(chart)
        if drawn is None:
            return None
        number = len(self._data) + 1
        is_map = chart.name == MAP
        figure = _map_of(chart) if is_map else _figure_of(drawn)
        data = json_text(json.dumps(figure, ensure_ascii=False, separators=(",", ":")))
        self._data.append(tag("script", data, type="application/json", id=f"figure-data-{number}"))
        self._has_plotly |= not is_map
        height = int(drawn.figure.layout.height or _PLOTLYS_OWN)
        self._heights.append(f"#figure-{number}{{{'' if is_map else 'min-'}height:{height}px}}")
        place = tag(
            "div",
            class_="plot",
            id=f"figure-{number}",
            data_figure=number,
            data_map=is_map,
            role="figure" if is_map else "img",
            aria_label=drawn.alt,
        )
        return place, drawn.alt

    def data(self) -> Html:
        """All that the script draws from, as data blocks."""
        looks = {name: plotly.io.templates[name].to_plotly_json() for name in (template.LIGHT, template.DARK)}
        by_theme = {"light": looks[template.LIGHT], "dark": looks[template.DARK]}
        text = json_text(json.dumps(by_theme, default=list))
        return Html("\n".join([tag("script", text, type="application/json", id="looks"), *self._data]))

    def styles(self) -> str:
        """How tall the places are before anything is drawn in them, so that the page does not jump."""
        return "".join(self._heights)

    def library(self) -> str:
        """Plotly's script; "" where there is no figure."""
        return str(get_plotlyjs()) if self._has_plotly else ""


def _figure_of(drawn: Drawn) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(drawn.figure.to_json())
    figure["layout"].pop("template", None)  # one for all
    for trace in figure["data"]:
        if trace.get("type") == _GL:
            trace["type"] = "scatter"
    return figure


def _map_of(chart: Chart) -> dict[str, Any]:
    names = [str(name) for name in chart.data["names"]]
    return {
        **{name: chart.data[name] for name in ("x", "y", "classes")},
        "aspect": chart.data.get("aspect", 1.0),
        "names": names,
        "colours": [class_colour(index) for index in range(len(names))],
        "none": UNLABELLED,
    }
