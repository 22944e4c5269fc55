"""The cells of a matrix of classes: what a pair is worth as a colour and a number, each to be clicked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats, Ints
from figures.chart import Axis, titled
from figures.names import literal, text_px

_GAP = 0.04  # of a cell's side, between two
_ON_LIGHT, _ON_DARK = "#2b2520", "#ffffff"


@dataclass(frozen=True)
class Cells:
    """The cells, (m,) each: row and column from above and from the left, value, text in it, whether it is dark.

    custom: for each what a click gives and the tooltip says.
    """

    row: Ints
    column: Ints
    value: Floats
    text: Sequence[str]
    custom: Sequence[Sequence[object]]
    is_dark: Sequence[bool] | None = None


def cells(
    drawn: Cells, *, colours: Sequence[str], ends: tuple[float, float], hovertemplate: str, font_px: int
) -> go.Bar:
    """The cells as bars, which a click selects as a whole; Plotly's own heatmap cannot be selected from.

    colours: from the lowest value to the highest, evenly apart; ends: these two values.
    """
    n = max(len(colours) - 1, 1)
    ink = _ON_LIGHT if drawn.is_dark is None else [_ON_DARK if dark else _ON_LIGHT for dark in drawn.is_dark]
    return go.Bar(
        orientation="h",
        base=np.asarray(drawn.column + _GAP / 2, np.float32),
        x=np.full(len(drawn.row), 1 - _GAP, np.float32),
        y=drawn.row,
        width=1 - _GAP,
        marker={
            "color": np.asarray(drawn.value, np.float32),
            "colorscale": [[i / n, colour] for i, colour in enumerate(colours)],
            "cmin": ends[0],
            "cmax": ends[1],
            "line": {"width": 0},
        },
        text=list(drawn.text),
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="inside",
        insidetextfont={"color": ink, "size": font_px},
        customdata=list(drawn.custom),
        hovertemplate=hovertemplate,
        # a click leads somewhere: nothing is to be dimmed before
        unselected={"marker": {"opacity": 1}},
    )


# numbers are one size, the largest that fits into every cell; on a telephone they come down to this
SMALLEST = {"mode": "show", "minsize": 7}


def overhang(names: Sequence[str], *, label_px: int, angle: float) -> dict[str, int]:
    """The margin in which the last label above a matrix finds room, turned by `angle` degrees."""
    last_px = text_px(names[-1], most=label_px) if names else 0
    return {"r": max(20, round(last_px * math.cos(math.radians(angle))))}


def across(names: Sequence[str], *, title: str | None, label_px: int, angle: float) -> Axis:
    """The horizontal axis of a matrix, on top."""
    return {
        "title": titled(title or ""),
        "side": "top",
        "range": [0, max(len(names), 1)],
        "tickvals": [place + 0.5 for place in range(len(names))],
        "ticktext": [literal(name, px=label_px) for name in names],
        "tickangle": angle,
        "ticklabeloverflow": "allow",
        "showgrid": False,
    }
