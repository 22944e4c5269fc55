"""Colours of numbers in a Plotly figure, as matplotlib has them."""

from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize

from analytics.arrays import Floats
from figures.colours import RAMP
from jobs.report.plain_style import colour_of, listed


def colour_map(scale: Any) -> LinearSegmentedColormap:
    """Plotly's colours from 0 to 1 as matplotlib's."""
    steps = (
        [(float(at), colour_of(colour)) for at, colour in scale]
        if scale
        else list(zip(np.linspace(0, 1, len(RAMP)), RAMP, strict=True))
    )
    return LinearSegmentedColormap.from_list("figure", steps)


def scaled(marker: Any, values: Floats) -> Any:
    """The colours of values on the marker's scale."""
    low = float(np.nanmin(values, initial=0) if marker.cmin is None else marker.cmin)
    high = float(np.nanmax(values, initial=1) if marker.cmax is None else marker.cmax)
    return colour_map(marker.colorscale)(Normalize(low, high if high > low else low + 1)(values))


def is_scale(marker: Any) -> bool:
    """Whether the colours of the marks are numbers on a scale."""
    colours = marker.color
    if colours is None or isinstance(colours, str):
        return False
    return not isinstance(next(iter(listed(colours)), ""), str)
