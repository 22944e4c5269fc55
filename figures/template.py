"""The look of every chart as Plotly templates: `vitrine` on light ground, `vitrine_dark` on dark.

A page is drawn in the browser's own theme, which lays its fonts, text and grid colours over these (pages/ui/charts.py);
a report, a slide and a notebook have the template alone. It names only what our charts use: Plotly's own one is 7 KB,
which would be sent with each chart.
"""

import plotly.graph_objects as go
import plotly.io

from figures.colours import BASE

LIGHT, DARK = "vitrine", "vitrine_dark"
FONT = "system-ui, sans-serif"  # what the reader's machine has: nothing to download
_CLEAR = "rgba(0,0,0,0)"


def template(*, text: str, grid: str, ground: str) -> go.layout.Template:
    """A template on clear ground. text, grid: colours of words and of lines; ground: of what lies over the chart."""
    axis = {"gridcolor": grid, "zeroline": False, "fixedrange": True, "automargin": True}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 12, "color": text},
            "paper_bgcolor": _CLEAR,
            "plot_bgcolor": _CLEAR,
            "colorway": BASE,
            "xaxis": axis,
            "yaxis": axis,
            "barcornerradius": 2,
            "hovermode": "closest",
            "hoverlabel": {"align": "left", "bgcolor": ground, "bordercolor": grid, "font": {"color": text}},
            "modebar": {"bgcolor": _CLEAR},
            # a finger or a wheel on a chart moves the page, not the chart
            "dragmode": False,
        }
    )


plotly.io.templates[LIGHT] = template(text="#22272b", grid="#dcd8ce", ground="#fcfbf8")
plotly.io.templates[DARK] = template(text="#e8e6e0", grid="#333b3f", ground="#14181a")
