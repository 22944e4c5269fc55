"""How good a ranking of doubted labels is: its precision by rank, and how early it finds planted errors."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.stopping import Precision
from figures.chart import Chart, count_axis, draw, hover, unit_axis
from figures.colours import ACCENT, SECOND

_INTERVAL = "rgba(208,106,28,0.5)"  # colours.SECOND


def precision_by_rank(precision: Precision) -> Chart:
    """A point with its 95 % interval for each step of the ranking, and a dashed line of all so far."""
    share, last = np.asarray(precision.share, float), np.asarray(precision.last)
    said = np.stack([precision.first, precision.n, precision.n_wrong], axis=1).tolist()
    points = go.Scatter(
        mode="markers",
        x=last.tolist(),
        y=share.tolist(),
        error_y={
            "array": (precision.high - share).tolist(),
            "arrayminus": (share - precision.low).tolist(),
            "color": _INTERVAL,
            "thickness": 2,
            "width": 0,
        },
        marker={"color": SECOND, "size": 9},
        customdata=[[*row, so_far] for row, so_far in zip(said, precision.so_far.tolist(), strict=True)],
        hovertemplate=hover(
            "rank %{customdata[0]:,} to %{x:,}",
            "reviewed: %{customdata[1]:,}",
            "really wrong: %{customdata[2]:,}, %{y:.0%}",
            "share so far: %{customdata[3]:.0%}",
        ),
        cliponaxis=False,
    )
    so_far = go.Scatter(
        mode="lines",
        x=last.tolist(),
        y=precision.so_far.tolist(),
        line={"color": ACCENT, "dash": "4px 3px", "width": 2},
        hoverinfo="skip",
    )
    figure = draw(
        [points, so_far],
        height=280,
        x=count_axis("Rank", most=int(last.max(initial=0))),
        y=unit_axis("Share really wrong"),
        showlegend=False,
    )
    return Chart(figure, "Share of reviewed pictures that were really wrong, by rank", len(last))


def planted_found(reviewed: Sequence[int], *, found: Sequence[float]) -> Chart:
    """The share of planted errors found, found (m,) in [0, 1], against the pictures reviewed for it, reviewed (m,)."""
    points = list(zip(reviewed, found, strict=True))
    line = go.Scatter(
        mode="lines+markers",
        x=[n for n, _ in points],
        y=[share for _, share in points],
        line={"color": ACCENT, "width": 2},
        hovertemplate=hover("reviewed: %{x:,}", "found: %{y:.1%}"),
        cliponaxis=False,
    )
    x = count_axis("Pictures reviewed, in the ranking's order", most=max(reviewed, default=0))
    figure = draw([line], height=220, x=x, y=unit_axis("Planted found"))
    return Chart(figure, "Share of planted errors found against pictures reviewed", len(points))
