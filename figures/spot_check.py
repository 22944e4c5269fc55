"""What people found who judged a sample without its labels: the share of wrong labels of each class, with intervals."""

from collections.abc import Sequence

import plotly.graph_objects as go

from figures.chart import Chart, class_axis, draw, hover, unit_axis
from figures.colours import ACCENT, QUIET
from figures.names import literal, one_line

MOST_CLASSES = 60
TITLES = ("as imported", "after cleaning")
_ROW_PX, _APART = 34, 0.17
Shares = Sequence[float | None]


def wrong_by_class(
    names: Sequence[str], *, before: Sequence[Shares], after: Sequence[Shares], n: Sequence[Sequence[int]]
) -> Chart:
    """Two points with their 95 % intervals for each class, as imported and after cleaning, the worst first.

    names: (c,). before, after: (c, 3) share, low, high in [0, 1]; a share of None is not drawn. n: (c, 2) pictures
    that each rests on. Classes without any are left out, and all but the MOST_CLASSES worst.
    """
    there = [place for place in range(len(names)) if before[place][0] is not None or after[place][0] is not None]
    there.sort(key=lambda place: -max(before[place][0] or 0, after[place][0] or 0))
    there = there[:MOST_CLASSES]
    traces = [
        _points([rows[place] for place in there], [n[place][side] for place in there],
                names=[names[place] for place in there], title=TITLES[side], shift=shift, colour=colour)
        for side, (rows, shift, colour) in enumerate(((before, -_APART, QUIET), (after, _APART, ACCENT)))
    ]  # fmt: skip
    figure = draw(
        traces,
        height=_ROW_PX * len(there) + 90,
        x=unit_axis("Share of wrong labels"),
        y=class_axis([one_line(names[place]) for place in there]),
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"t": 30},
    )
    return Chart(figure, "Share of wrong labels of each class, as imported and after cleaning", len(there))


def _points(
    rows: Sequence[Shares], n: Sequence[int], *, names: Sequence[str], title: str, shift: float, colour: str
) -> go.Scatter:
    """The points of one side, a little above or below the middle of their class."""
    known = [
        (place, share, low or 0.0, 1.0 if high is None else high)
        for place, (share, low, high) in enumerate(rows)
        if share is not None
    ]
    return go.Scatter(
        name=title,
        mode="markers",
        x=[share for _, share, _, _ in known],
        y=[place + shift for place, *_ in known],
        error_x={
            "array": [high - share for _, share, _, high in known],
            "arrayminus": [share - low for _, share, low, _ in known],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        marker={"size": 9, "color": colour},
        customdata=[[literal(names[place]), low, high, n[place]] for place, _, low, high in known],
        hovertemplate=hover(
            "%{customdata[0]}",
            f"{title}: %{{x:.1%}}",
            "95 %: %{customdata[1]:.1%} to %{customdata[2]:.1%}",
            "pictures judged: %{customdata[3]:,}",
        ),
        cliponaxis=False,
    )
