"""Accuracy against the size of the training set."""

from collections.abc import Sequence

import plotly.graph_objects as go

from analytics.budget import Curve, Point
from figures.chart import Chart, draw, hover, log_axis, titled
from figures.colours import class_colour
from figures.names import literal

_DOT_PX, _ALL_PX = 6.5, 12  # across a point, and one of all there is


def accuracy_by_size(curves: Sequence[Curve], *, by: str) -> Chart:
    """One line a curve on a logarithmic axis, with the 95 % interval over seeds; a larger dot is all there is.

    by: what tells the curves apart, as 'state of the data'. An interval that is not known has no width.
    """
    traces = [
        trace
        for place, curve in enumerate(curves)
        for trace in (_band(curve, class_colour(place)), _line(curve, class_colour(place)))
    ]
    sizes = [point.size for curve in curves for point in curve.points]
    figure = draw(
        traces,
        height=380,
        x=log_axis(
            "Training pictures (logarithmic)", least=min(sizes, default=1), most=max(sizes, default=10), form="~s"
        ),
        y={"title": titled("Balanced accuracy"), "tickformat": "~%"},
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "bottom", "yref": "container"},
        showlegend=True,
    )
    return Chart(figure, f"Balanced accuracy over training size, by {by}", len(sizes))


def _ends(point: Point) -> tuple[float, float]:
    """The interval of a point; its middle twice where it is not known."""
    mean = point.accuracy.mean
    low, high = point.accuracy.low, point.accuracy.high
    return mean if low is None else low, mean if high is None else high


def _band(curve: Curve, colour: str) -> go.Scatter:
    """The intervals as one area: along their upper ends and back along the lower ones."""
    sizes, ends = [point.size for point in curve.points], [_ends(point) for point in curve.points]
    return go.Scatter(
        mode="lines",
        x=sizes + sizes[::-1],
        y=[high for _, high in ends] + [low for low, _ in ends][::-1],
        fill="toself",
        fillcolor=f"rgba({','.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))},0.15)",
        line={"width": 0},
        legendgroup=literal(curve.line),
        showlegend=False,
        hoverinfo="skip",
    )


def _line(curve: Curve, colour: str) -> go.Scatter:
    """The means, with a tooltip each."""
    return go.Scatter(
        name=literal(curve.line, px=220),
        legendgroup=literal(curve.line),
        mode="lines+markers",
        x=[point.size for point in curve.points],
        y=[point.accuracy.mean for point in curve.points],
        line={"color": colour, "width": 2},
        marker={
            "opacity": 1,
            "size": [_ALL_PX if point.is_all else _DOT_PX for point in curve.points],
            "line": {"width": 0},
        },
        meta=literal(curve.line),
        customdata=[list(_ends(point)) for point in curve.points],
        hovertemplate=hover(
            "%{meta}",
            "training pictures: %{x:,}",
            "balanced accuracy: %{y:.1%}",
            "95 %: %{customdata[0]:.1%} to %{customdata[1]:.1%}",
        ),
    )
