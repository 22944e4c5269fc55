"""Charts of figures/ drawn on a page."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from figures.chart import Chart


def draw(
    chart: Chart,
    *,
    width: Literal["stretch", "content"] | None = None,
    key: str | None = None,
    on_select: Callable[[], None] | None = None,
    selection: str | None = None,
) -> None:
    """Draw a chart with its text alternative.

    width: None leaves it to Streamlit. on_select hears a click on the parameter `selection` of the chart before the
    script runs again; st.session_state[key] holds what was clicked.
    """
    st.vega_lite_chart(
        chart.table,
        chart.spec,
        width=width,
        key=key,
        on_select=on_select or "ignore",
        selection_mode=selection,
        alt=chart.alt,
    )
