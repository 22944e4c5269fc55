"""Widths and heights of images."""

import math

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats
from analytics.sizes import SizeBins
from figures.chart import Axis, Chart, draw, hover, titled
from figures.colours import ACCENT

_MIN_PX, _MAX_PX = 6, 34  # across a circle of few images, and of the most
_MOST_TICKS = 7


def width_by_height(bins: SizeBins) -> Chart:
    """A circle for each group of similar sizes: width across, height up (pixels, log 2), area by number of images."""
    share = bins.n / max(bins.n.max(initial=1), 1)
    across = np.sqrt(_MIN_PX**2 + (_MAX_PX**2 - _MIN_PX**2) * share)
    circles = go.Scatter(
        mode="markers",
        x=np.asarray(bins.width, np.float32),
        y=np.asarray(bins.height, np.float32),
        customdata=bins.n,
        marker={"color": ACCENT, "opacity": 0.65, "size": np.asarray(across, np.float32), "line": {"width": 0}},
        hovertemplate=hover("mean width: %{x:,.0f}", "mean height: %{y:,.0f}", "images: %{customdata:,}"),
    )
    x, y = _pixels(bins.width, title="Width (pixels)"), _pixels(bins.height, title="Height (pixels)")
    return Chart(draw([circles], height=280, x=x, y=y), "Widths and heights of the images", len(bins.n))


def _pixels(sides: Floats, *, title: str) -> Axis:
    """A logarithmic axis from a power of two to a power of two, with a tick at each, or at some where they are many."""
    low = math.floor(math.log2(sides.min(initial=math.inf))) if len(sides) else 0
    high = max(math.ceil(math.log2(sides.max())), low + 1) if len(sides) else 1
    ticks = [2**power for power in range(low, high + 1, -(-(high - low + 1) // _MOST_TICKS))]
    air = 0.03 * (high - low)
    ends = [math.log10(2) * (low - air), math.log10(2) * (high + air)]
    return {"title": titled(title), "type": "log", "range": ends, "tickvals": ticks, "tickformat": ",d"}
