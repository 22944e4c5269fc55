"""Charts of figures/ drawn on a page."""

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from figures.chart import Chart
from pages.ui import add_to_report

_COMPONENT = st.components.v2.component(
    "vitrine_chart", js=(Path(__file__).parents[2] / "components" / "chart" / "chart.js").read_text(encoding="utf-8")
)


def prepare() -> None:
    """Let a finger on a chart move the page, and show the hand only where a click leads somewhere.

    Once in the page's frame. Plotly would hold a finger that begins on a chart with clicks; so it does not hear of it,
    and hears a tap as the mouse that browsers make of one.
    """
    _COMPONENT(key="vitrine_chart")


def draw(
    chart: Chart,
    *,
    width: Literal["stretch", "content"] = "stretch",
    key: str | None = None,
    on_click: Callable[[Sequence[Any]], None] | None = None,
    can_be_added: bool = True,
) -> None:
    """Draw a chart with its text alternative; its one button saves it as a picture. Below: "Add to report".

    width: 'content' is that of the figure, or of the page where that is less. on_click hears what the figure says of
    the mark that was clicked (its customdata) before the script runs again; such a chart needs a key.
    """

    def clicked() -> None:
        points = st.session_state[key or ""]["selection"]["points"]
        if points and on_click is not None:
            on_click(points[0]["customdata"])

    st.plotly_chart(
        chart.figure,
        width=width,
        # the browser knows its theme first, and draws anew by itself when the visitor changes it
        theme="streamlit",
        key=key,
        on_select=clicked if on_click is not None else "ignore",
        selection_mode="points",
        config={
            "displaylogo": False,
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"filename": re.sub(r"\W+", "-", chart.alt)[:60], "scale": 2},
        },
        alt=chart.alt,
    )
    if can_be_added:
        add_to_report.offer(chart, key=key or hashlib.sha256(chart.figure.to_json().encode()).hexdigest()[:16])
