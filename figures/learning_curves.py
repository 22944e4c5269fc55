"""Learning curves: loss and scores by epoch, and the loss over rising learning rates."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from figures.chart import Chart, count_axis, draw, hover, log_axis, rule, titled
from figures.colours import ACCENT, QUIET, SECOND, class_colour
from figures.names import literal, one_line

Points = Sequence[tuple[int, float]]  # epoch, value
_LEGEND_PX = 20  # a row of a legend of many lines, three in each


def loss_by_epoch(training: Points, *, validation: Points, best_epoch: int | None = None) -> Chart:
    """The loss in training and in validation. best_epoch: marked with a dashed line."""
    rows = [("training", *point) for point in training] + [("validation", *point) for point in validation]
    colours = {"training": QUIET, "validation": SECOND}
    return _by_epoch(rows, title="Loss", form="~g", colours=colours, best_epoch=best_epoch)


def score_by_epoch(validation: Points, *, measure: str, best_epoch: int | None = None) -> Chart:
    """One score, in [0, 1], on the validation pictures. measure: its name."""
    rows = [("validation", *point) for point in validation]
    return _by_epoch(rows, title=measure, form="~%", colours={"validation": ACCENT}, best_epoch=best_epoch)


def recall_by_epoch(
    recalls: Sequence[tuple[int, Sequence[float | None]]], *, names: Sequence[str], best_epoch: int | None = None
) -> Chart:
    """A line a class. recalls: epoch and the recall of each class, None where it has none; names: by class index."""
    rows = [
        (one_line(names[index]) if index < len(names) else f"class {index}", epoch, recall)
        for epoch, by_class in recalls
        for index, recall in enumerate(by_class)
        if recall is not None
    ]
    colours = {name: class_colour(place) for place, name in enumerate(dict.fromkeys(name for name, _, _ in rows))}
    return _by_epoch(rows, title="Recall", form="~%", colours=colours, best_epoch=best_epoch)


def loss_by_rate(rates: Sequence[float], *, losses: Sequence[float], taken: float) -> Chart:
    """The smoothed loss over rising learning rates, (m,) each, on a logarithmic axis. taken: the rate that was used."""
    points = [(rate, loss) for rate, loss in zip(rates, losses, strict=True) if rate > 0]
    line = go.Scatter(
        mode="lines",
        x=[rate for rate, _ in points],
        y=[loss for _, loss in points],
        line={"color": ACCENT, "width": 2},
        hovertemplate=hover("learning rate: %{x:.2~e}", "loss: %{y:.4~f}"),
    )
    ends = [rate for rate, _ in points] + [taken]
    x = log_axis("Learning rate", least=min(ends), most=max(ends), form=".0e")
    y = {"title": titled("Loss, smoothed"), "nticks": 5}
    figure = draw([line], height=180, x=x, y=y, shapes=[rule(taken, colour=QUIET, dash="dash")])
    return Chart(figure, "Loss over rising learning rates", len(points))


def _by_epoch(
    rows: Sequence[tuple[str, int, float]],
    *,
    title: str,
    form: str,
    colours: Mapping[str, str],
    best_epoch: int | None,
) -> Chart:
    """rows: name of the line, epoch, value. colours: by name of the line; one without a row is left out."""
    lines = [
        (name, colour, [(epoch, value) for line, epoch, value in rows if line == name])
        for name, colour in colours.items()
    ]
    value = "%{y:.1%}" if form == "~%" else "%{y:.4~f}"
    traces = [
        go.Scatter(
            name=literal(name, px=160),
            mode="lines+markers",
            x=[epoch for epoch, _ in points],
            y=[value for _, value in points],
            line={"color": colour, "width": 2},
            meta=literal(name),
            hovertemplate=hover("%{meta}", "epoch: %{x}", f"{title.lower()}: {value}"),
        )
        for name, colour, points in lines
        if points
    ]
    figure = draw(
        traces,
        height=240 + (_LEGEND_PX * math.ceil(len(traces) / 3) if len(traces) > 3 else 0),
        x=count_axis("Epoch", most=max((epoch for _, epoch, _ in rows), default=0), from_zero=False),
        y={"title": titled(title), "tickformat": form, "nticks": 5},
        showlegend=len(traces) > 1,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        shapes=[] if best_epoch is None else [rule(best_epoch, colour=QUIET, dash="dash")],
    )
    return Chart(figure, f"{title} by epoch", len(rows))
