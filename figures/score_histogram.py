"""How many pictures have which score, with the threshold that parts them."""

import math

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Bools, Floats, Ints
from figures.chart import Axis, Chart, draw, hover, rule, titled
from figures.colours import SECOND

_THRESHOLD = "#d2453c"


def quality_scores(counts: Ints, *, edges: Floats, threshold: float) -> Chart:
    """Pictures by quality score; bins that lie below the threshold stand out.

    counts: (b,) pictures a bin; edges: (b + 1,) rising, in [0, 1].
    """
    below = edges[1:] <= threshold + 1e-9
    figure = _histogram(
        counts,
        edges=edges,
        sides={("below", SECOND): below, ("above", "#9bb8b2"): ~below},
        title="Score",
        threshold=threshold,
        height=120,
    )
    return Chart(figure, "How many pictures have which score, and the line", len(counts))


def attribute_shares(counts: Ints, *, edges: Floats, threshold: float) -> Chart:
    """Pictures by their share of yes; bins from the threshold on stand out. counts, edges: as in quality_scores."""
    yes = edges[:-1] >= threshold - 1e-9
    figure = _histogram(
        counts,
        edges=edges,
        sides={("yes", "#0f8a80"): yes, ("no", "#b4b0a2"): ~yes},
        title="Share of yes",
        threshold=threshold,
        height=190,
    )
    return Chart(figure, "How many pictures have which share of yes, and the line", len(counts))


def _histogram(
    counts: Ints,
    *,
    edges: Floats,
    sides: dict[tuple[str, str], Bools],
    title: str,
    threshold: float,
    height: int,
) -> go.Figure:
    """Bars as high as the square root of their pictures, by their side of the threshold: its name, its colour, bins."""
    widths = np.round(np.diff(edges), 6)
    width = float(widths[0]) if len(set(widths.tolist())) == 1 else None
    bars = [
        go.Bar(
            name=name,
            x=np.round(edges[:-1][chosen], 6).tolist(),
            y=np.sqrt(counts[chosen]).astype(np.float32),
            width=width or widths[chosen].tolist(),
            offset=0,
            marker={"color": colour},
            customdata=np.stack([edges[1:][chosen], counts[chosen]], axis=1).round(6).tolist(),
            hovertemplate=hover("%{x:.2f} to %{customdata[0]:.2f}", "pictures: %{customdata[1]:,}"),
        )
        for (name, colour), chosen in sides.items()
    ]
    return draw(
        bars,
        height=height,
        x={"title": titled(title), "range": [0, 1], "dtick": 0.2, "tickformat": "~g", "showgrid": False},
        y=_by_root(int(counts.max(initial=0)), title="Pictures"),
        shapes=[rule(threshold, colour=_THRESHOLD, width=2)],
        barmode="overlay",
        barcornerradius=0,
        showlegend=False,
    )


def _by_root(most: int, *, title: str) -> Axis:
    """An axis of square roots that is written in the numbers themselves: 0, about a quarter, about the whole."""
    ticks = sorted({0, _round_number(most // 4), _round_number(most)})
    return {
        "title": titled(title),
        "range": [0, math.sqrt(max(most, 1)) * 1.04],
        "tickvals": [round(math.sqrt(tick), 4) for tick in ticks],
        "ticktext": [f"{tick:,}" for tick in ticks],
    }


def _round_number(n: int) -> int:
    """The largest of 1, 2, 5, 10, 20, … up to n; 0 for 0."""
    if n < 1:
        return 0
    power = int(10 ** (len(str(n)) - 1))
    return next(step * power for step in (5, 2, 1) if step * power <= n)
