"""A score of each class, in [0, 1]: of one model, of one against another, of several with intervals."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats
from analytics.comparison import Scores
from analytics.zero_shot import Scored
from figures.chart import Chart, class_axis, draw, hover, unit_axis
from figures.colours import RULE, class_colour
from figures.names import literal, one_line
from figures.runs import run_colour, run_legend

MOST_CLASSES = 60  # of several runs at once
_RUN_PX, _LEAST_CLASS_PX, _LEGEND_PX = 15, 22, 20
_BAND = 0.7  # of the height of a class that its runs take


def score_by_class(scores: Sequence[float | None], *, names: Sequence[str], measure: str) -> Chart:
    """A bar for each class in its colour. scores, names: (c,), None where a class has no score and no bar."""
    rows = [
        (one_line(name), score, class_colour(index))
        for index, (name, score) in enumerate(zip(names, scores, strict=False))
        if score is not None
    ]
    bars = go.Bar(
        orientation="h",
        x=[score for _, score, _ in rows],
        y=list(range(len(rows))),
        marker={"color": [colour for _, _, colour in rows]},
        hovertext=[literal(name) for name, _, _ in rows],
        hovertemplate=hover("%{hovertext}", "%{x:.1%}"),
    )
    y = class_axis([name for name, _, _ in rows])
    figure = draw([bars], height=24 * len(rows) + 50, x=unit_axis(measure), y=y)
    return Chart(figure, f"{measure}, class by class", len(rows))


def recall_against(mine: Scored, other: Scored | None, *, names: Sequence[str], against: str) -> Chart:
    """A bar for each class, and a tick where `other` stands. names: (c,); against: what `other` is called."""
    n = len(names)
    recalls, theirs = _known(mine.recalls, n=n), [None] * n if other is None else _known(other.recalls, n=n)
    said = [
        [literal(name), _percent(recall), _percent(their), literal(against), int(mine.support[index])]
        for index, (name, recall, their) in enumerate(zip(names, recalls, theirs, strict=True))
    ]
    rest = [] if other is None else ["%{customdata[3]}: %{customdata[2]}"]
    shared = {
        "y": list(range(n)),
        "customdata": said,
        "hovertemplate": hover("%{customdata[0]}", "recall: %{customdata[1]}", *rest, "pictures: %{customdata[4]:,}"),
    }
    colours = [class_colour(index) for index in range(n)]
    bars = go.Bar(orientation="h", x=recalls, marker={"color": colours}, **shared)
    tick = {"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": RULE}}
    ticks = [] if other is None else [go.Scatter(mode="markers", x=theirs, marker=tick, cliponaxis=False, **shared)]
    y = class_axis([one_line(name) for name in names])
    figure = draw([bars, *ticks], height=26 * n + 50, x=unit_axis("Recall"), y=y, showlegend=False)
    return Chart(figure, "Recall of each class", n)


def score_by_run(
    found: Scores, low: Scores, high: Scores, *, names: Sequence[str], titles: Sequence[str], measure: str
) -> Chart:
    """A point with its interval for each class and run, for the first MOST_CLASSES classes that have pictures.

    names: (c,); titles: (k,) of the runs, all different; measure: 'recall' or 'precision'. There is no point where
    there is no such score, as the precision of a class that a run never says.
    """
    values, lows, highs = (getattr(scores, measure) for scores in (found, low, high))
    several = [index for index in np.flatnonzero(found.support)[:MOST_CLASSES] if not np.isnan(values[:, index]).all()]
    step = _BAND / max(len(titles), 1)
    traces = []
    for place, title in enumerate(titles):
        there = [(row, index) for row, index in enumerate(several) if not np.isnan(values[place, index])]
        own, least, most = (side[place, [index for _, index in there]] for side in (values, lows, highs))
        rows = np.array([row for row, _ in there]) + (place - (len(titles) - 1) / 2) * step
        said = [[literal(names[index]), int(found.support[index])] for _, index in there]
        traces.append(_points(own, least, most, y=rows, said=said, title=title, place=place))
    figure = draw(
        traces,
        height=max(_RUN_PX * len(titles), _LEAST_CLASS_PX) * len(several) + 60 + _LEGEND_PX * len(titles),
        x=unit_axis(measure.capitalize()),
        y=class_axis([one_line(names[index]) for index in several]),
        showlegend=True,
        legend=run_legend(below=False),
    )
    n_points = sum(len(trace.x) for trace in traces)
    return Chart(figure, f"{measure.capitalize()} of each class by run", n_points)


def _points(
    values: Floats, low: Floats, high: Floats, *, y: Floats, said: list[list[object]], title: str, place: int
) -> go.Scatter:
    """The points of a run with their intervals. said: the whole name of each class and its pictures."""
    ends = np.round(np.stack([low, high], axis=1), 6).tolist()
    return go.Scatter(
        name=literal(title, px=330),
        mode="markers",
        x=np.asarray(values, np.float32),
        y=np.asarray(y, np.float32),
        error_x={
            "array": np.asarray(high - values, np.float32),
            "arrayminus": np.asarray(values - low, np.float32),
            "width": 0,
            "thickness": 2,
        },
        marker={"color": run_colour(place), "size": 8},
        meta=literal(title),
        customdata=[[*about, *each] for about, each in zip(said, ends, strict=True)],
        hovertemplate=hover(
            "%{customdata[0]}",
            "%{meta}",
            "%{x:.1%}",
            "95 %: %{customdata[2]:.1%} to %{customdata[3]:.1%}",
            "pictures: %{customdata[1]:,}",
        ),
        cliponaxis=False,
    )


def _known(values: Floats, *, n: int) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values[:n]]


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1%}"
