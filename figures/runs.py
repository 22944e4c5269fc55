"""Several runs in one chart: a colour each, and lines from 0 to 1 both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats, Ints
from figures.chart import Axis, hover
from figures.colours import BASE, UNLABELLED
from figures.names import literal

_TITLE_PX = 330  # of a run in a legend; the tooltip has all of it


@dataclass(frozen=True)
class Line:
    """The points of a run: x rising, y, and the pictures behind each where that is known."""

    x: Floats | list[float]
    y: Floats | list[float]
    n: Ints | None = None


def run_colour(place: int) -> str:
    """The colour of the run at a place of the comparison, the first at 0."""
    return BASE[place % len(BASE)]


def run_legend(*, below: bool) -> Axis:
    """A legend with a line a run, above the chart or below it."""
    if below:
        return {"orientation": "v", "x": 0, "xanchor": "left", "y": 0, "yanchor": "bottom", "yref": "container"}
    return {"orientation": "v", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"}


def lines_by_run(
    lines: Sequence[Line], *, titles: Sequence[str], x: str, y: str, has_points: bool = False
) -> list[go.Scatter]:
    """A line a run, along x. lines, titles: (k,), titles all different; x, y: what they are, for the tooltip."""
    return [
        go.Scatter(
            name=literal(title, px=_TITLE_PX),
            mode="lines+markers" if has_points else "lines",
            # a line without points keeps its place in the legend
            x=np.asarray(line.x, np.float32) if len(line.x) else [None],
            y=np.asarray(line.y, np.float32) if len(line.x) else [None],
            customdata=line.n,
            line={"color": run_colour(place), "width": 2},
            meta=literal(title),
            hovertemplate=hover(
                "%{meta}",
                f"{x}: %{{x:.1%}}",
                f"{y}: %{{y:.1%}}",
                *(["pictures: %{customdata:,}"] if line.n is not None else []),
            ),
        )
        for place, (title, line) in enumerate(zip(titles, lines, strict=True))
    ]


def diagonal() -> go.Scatter:
    """The dashed line on which both are equal; it says nothing of its own."""
    line = {"color": UNLABELLED, "dash": "4px 4px", "width": 2}
    return go.Scatter(mode="lines", x=[0, 1], y=[0, 1], line=line, showlegend=False, hoverinfo="skip")
