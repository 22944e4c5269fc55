"""A chart: a Plotly figure, how many rows it draws, and what is seen, in words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.basedatatypes import BaseTraceType

from figures import template
from figures.names import literal

Axis = dict[str, Any]  # of a Plotly layout, or a part of one
_MIN_PX = 110  # in less, Plotly leaves the labels of the axis out


@dataclass(frozen=True)
class Chart:
    """figure: for a page, a report, a slide or a notebook; alt: what is seen, for who cannot see it; n_rows: drawn."""

    figure: go.Figure
    alt: str
    n_rows: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw, and words should stand in its place."""
        return not self.n_rows


def draw(
    traces: Sequence[BaseTraceType],
    *,
    height: int,
    x: Axis,
    y: Axis,
    margin: dict[str, int] | None = None,
    **layout: Any,
) -> go.Figure:
    """Traces between two axes, in the template; height and margins in pixels.

    What a page's theme would lay over the template stands in the figure itself.
    """
    return go.Figure(
        data=traces,
        layout={
            "template": template.LIGHT,
            "height": max(height, _MIN_PX),
            "margin": {"l": 4, "r": 20, "t": 8, "b": 4, **(margin or {})},
            "xaxis": {"showgrid": True, **x},
            "yaxis": {"showgrid": True, **y},
            **layout,
        },
    )


def hover(*lines: str) -> str:
    """A tooltip of these lines, our words and `%{...}` for values: a name in it is a value, never a part of a line."""
    return "<br>".join(lines) + "<extra></extra>"  # without the box in which Plotly names the trace


def titled(title: str) -> Axis:
    """The title of an axis, near its labels. title: our words; a stranger's name in them is made `literal` before."""
    return {"text": title, "standoff": 8}


def class_axis(names: Sequence[str], *, label_px: int = 140) -> Axis:
    """The vertical axis of bars by class: `names` at 0, 1, 2, … from above, long ones cut."""
    return {
        "range": [len(names) - 0.5, -0.5],
        "tickvals": list(range(len(names))),
        "ticktext": [literal(name, px=label_px) for name in names],
        "showgrid": False,
    }


def unit_axis(title: str, *, step: float = 0.2) -> Axis:
    """An axis from 0 to 1 in percent, with a tick each `step`."""
    return {"title": titled(title), "range": [0, 1], "tickformat": "~%", "dtick": step}


def count_axis(title: str, *, most: float, n_ticks: int = 6, from_zero: bool = True) -> Axis:
    """An axis of whole numbers up to `most`: few are few ticks, none twice. It begins at zero, or where rows do."""
    steps = {"dtick": 1} if most <= n_ticks else {"nticks": n_ticks}
    ends = {"range": [0, max(most, 1) * 1.04]} if from_zero else {}
    return {"title": titled(title), "tickformat": ",d", **steps, **ends}


def log_axis(title: str, *, least: float, most: float, form: str, starts_at_least: bool = False) -> Axis:
    """A logarithmic axis around positive values, its ticks at 1, 2, 5, 10, … or, of many powers, at these alone.

    starts_at_least: whether there is no air before the least value, as where bars begin.
    """
    low, high = math.log10(least), math.log10(max(most, least))
    air = max(high - low, 0.3) * 0.04
    low, high = low - (0 if starts_at_least else air), high + air
    steps = (1, 2, 5) if high - low < 4 else (1,)
    powers = range(math.floor(low), math.ceil(high) + 1)
    # written out, for 0.3 is not 3 * 10 ** -1
    ticks = [float(f"{step}e{power}") for power in powers for step in steps]
    return {
        "type": "log",
        "title": titled(title),
        "range": [low, high],
        "tickvals": [tick for tick in ticks if low <= math.log10(tick) <= high],
        "tickformat": form,
    }


def rule(at: float, *, colour: str, dash: str = "solid", width: float = 1) -> dict[str, Any]:
    """A vertical line through the whole chart, for `shapes`."""
    line = {"color": colour, "dash": dash, "width": width}
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}
