"""Learning curves: loss and scores by epoch, and the loss over rising learning rates."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from figures.chart import Chart, Spec, count_axis
from figures.colours import ACCENT, QUIET, SECOND, class_colour
from figures.names import one_line

Points = Sequence[tuple[int, float]]  # epoch, value


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
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "title": "Learning rate",
        "axis": {"format": ".0e", "tickCount": 6},
    }
    y = {"field": "loss", "type": "quantitative", "title": "Loss, smoothed", "scale": {"zero": False}}
    line = {"mark": {"type": "line", "tooltip": True, "color": ACCENT}, "encoding": {"x": x, "y": y}}
    spec = {"height": 180, "layer": [line, _rule(taken)]}
    return Chart(pa.table({"rate": rates, "loss": losses}), spec, "Loss over rising learning rates")


def _by_epoch(
    rows: Sequence[tuple[str, int, float]],
    *,
    title: str,
    form: str,
    colours: Mapping[str, str],
    best_epoch: int | None,
) -> Chart:
    """rows: name of the line, epoch, value. colours: by name of the line; one without a row is left out."""
    table = pa.table(
        {
            "what": pa.array([name for name, _, _ in rows], pa.string()),
            "epoch": pa.array([epoch for _, epoch, _ in rows], pa.int64()),
            "value": pa.array([value for _, _, value in rows], pa.float64()),
        }
    )
    there = {name for name, _, _ in rows}
    drawn = [(name, colour) for name, colour in colours.items() if name in there]
    x = {"field": "epoch", **count_axis("Epoch")}
    y = {"field": "value", "type": "quantitative", "title": title, "axis": {"format": form, "tickCount": 5}}
    colour = {
        "field": "what",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "top"} if len(drawn) > 1 else None,
        "scale": {"domain": [name for name, _ in drawn], "range": [colour for _, colour in drawn]},
    }
    line = {"mark": {"type": "line", "point": True, "tooltip": True}, "encoding": {"x": x, "y": y, "color": colour}}
    spec = {"height": 240, "layer": [line] if best_epoch is None else [line, _rule(best_epoch)]}
    return Chart(table, spec, f"{title} by epoch")


def _rule(at: float) -> Spec:
    return {"mark": {"type": "rule", "strokeDash": [4, 4], "color": QUIET}, "encoding": {"x": {"datum": at}}}
