"""The cells of a matrix of classes: what a pair is worth as a colour and a number, each to be clicked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Ints, Numbers
from figures.chart import Axis, titled
from figures.names import literal, text_px

# A matrix is many numbers, and whole ones are sent in fewer bytes: a cell is _SIDE wide, and _GAP lies between two
_SIDE, _GAP = 50, 2
_ON_LIGHT, _ON_DARK = "#2b2520", "#ffffff"


@dataclass(frozen=True)
class Cells:
    """The cells, (m,) each: row and column from above and from the left, value, text in it, whether it is dark.

    custom: for each what a click gives and the tooltip says beside its value, %{marker.color}.
    """

    row: Ints
    column: Ints
    value: Numbers
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
        base=(drawn.column * _SIDE + _GAP // 2).tolist(),
        x=np.full(len(drawn.row), _SIDE - _GAP, np.uint8),
        y=drawn.row.astype(np.uint16),
        width=1 - _GAP / _SIDE,
        marker={
            "color": _small(drawn.value),
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
        "range": [0, _SIDE * max(len(names), 1)],
        "tickvals": [_SIDE * place + _SIDE // 2 for place in range(len(names))],
        "ticktext": [literal(name, px=label_px) for name in names],
        "tickangle": angle,
        "ticklabeloverflow": "allow",
        "showgrid": False,
    }


def _small(values: Numbers) -> Numbers:
    """The values in as few bytes as they are drawn and told with."""
    if np.issubdtype(values.dtype, np.floating) or not len(values):
        return values.astype(np.float32)
    sign = int(values.min()) if values.min() < 0 else 0
    return values.astype(np.result_type(np.min_scalar_type(sign), np.min_scalar_type(int(values.max()))))
