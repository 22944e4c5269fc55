"""Figures inside one file, as live as on a page: their JSON once each, one look for all of them, one copy of Plotly."""

import json
from typing import Any

import numpy as np
import plotly.io
from plotly.offline import get_plotlyjs

from evidence.report.parts import Chart
from figures import template
from figures.drawn import draw_by_name
from jobs.report.markup import Html, json_text, tag

_MOST_AS_SVG = 3_000  # marks: above, a browser draws them with WebGL, for which Plotly writes code as it runs
_GL = "scattergl"


class LiveFigures:
    """The figures of a document, collected while it is written. needs_eval: whether one writes code as it runs."""

    def __init__(self) -> None:
        self._data: list[Html] = []
        self._heights: list[str] = []
        self.needs_eval = False

    def placed(self, chart: Chart) -> tuple[Html, str]:
        """The place where the script will draw the chart, as tall as it will be, and what is seen, in words."""
        drawn = draw_by_name(chart.name, chart.data, alt=chart.alt)
        number = len(self._data) + 1
        figure = json.loads(drawn.figure.to_json())
        figure["layout"].pop("template", None)  # one for all
        self._choose_renderer(figure["data"])
        data = json_text(json.dumps(figure, ensure_ascii=False, separators=(",", ":")))
        self._data.append(tag("script", data, type="application/json", id=f"figure-data-{number}"))
        self._heights.append(f"#figure-{number}{{min-height:{_height(figure['layout'])}px}}")
        place = tag("div", class_="plot", id=f"figure-{number}", data_figure=number, role="img", aria_label=drawn.alt)
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
        return str(get_plotlyjs()) if self._data else ""

    def _choose_renderer(self, traces: list[dict[str, Any]]) -> None:
        """SVG for what is small enough: it prints sharp, and needs no code that is written as it runs."""
        of_gl = [trace for trace in traces if trace.get("type") == _GL]
        if sum(map(_n_marks, of_gl)) <= _MOST_AS_SVG:
            for trace in of_gl:
                trace["type"] = "scatter"
        elif of_gl:
            self.needs_eval = True


def _n_marks(trace: dict[str, Any]) -> int:
    """How many marks a trace has. Arrays of NumPy travel as base64 of their bytes."""
    x = trace.get("x") or []
    return len(x["bdata"]) * 3 // 4 // np.dtype(x["dtype"]).itemsize if isinstance(x, dict) else len(x)


def _height(layout: dict[str, Any]) -> int:
    return int(layout.get("height") or 450)  # Plotly's own
