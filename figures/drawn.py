"""Charts by name, from plain numbers as JSON has them: how a report keeps a chart with what it was drawn from."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa

from analytics.arrays import Floats, Ints
from analytics.balance import ClassMatrix
from analytics.budget import Curve, Interval, Point
from analytics.comparison import Scores
from figures import balance, class_scores, confusion, label_noise, medoids, points, sample_size, spot_check, stages
from figures.chart import Chart

Data = Mapping[str, Any]
PLOTLY = "plotly"  # any figure, as its own JSON


class UnknownChart(LookupError):
    """There is no chart of that name."""


def draw_by_name(name: str, data: Data, *, alt: str = "") -> Chart:
    """The chart `name` from `data`, which CHARTS[name] reads. Raises UnknownChart, and KeyError where data lacks some.

    alt: what is seen, in words; "" leaves the chart's own.
    """
    if name == PLOTLY:
        figure = go.Figure(data["figure"], skip_invalid=True)
        return Chart(figure, alt, 1)
    if name not in CHARTS:
        raise UnknownChart(f"There is no chart {name!r}. Charts: {', '.join([*CHARTS, PLOTLY])}.")
    chart = CHARTS[name](data)
    return Chart(chart.figure, alt or chart.alt, chart.n_rows)


def packed(values: Floats | Ints, *, low: float, high: float) -> str:
    """Numbers in [low, high] as base64 of 16-bit unsigned integers, little end first: what a map's places travel as."""
    span = (high - low) or 1.0
    whole = np.clip(np.round((np.asarray(values, np.float64) - low) / span * 65535), 0, 65535).astype("<u2")
    return base64.b64encode(whole.tobytes()).decode("ascii")


def unpacked(text: str) -> Ints:
    """What `packed` wrote, as the integers in [0, 65535]."""
    found: Ints = np.frombuffer(base64.b64decode(text), "<u2").astype(np.int64)
    return found


def _class_balance(data: Data) -> Chart:
    """names, splits (None for none), counts[class][split]."""
    matrix = ClassMatrix(tuple(data["splits"]), np.array(data["counts"], np.int64), 0)
    several = sum(split is not None for split in data["splits"]) > 1
    return balance.images_per_class(matrix, names=data["names"], by_split=several)


def _before_after(data: Data) -> Chart:
    """names, before, after, titles (two), what."""
    return stages.before_and_after(
        data["names"],
        before=data["before"],
        after=data["after"],
        titles=(str(data["titles"][0]), str(data["titles"][1])),
        what=data["what"],
    )


def _noise_rates(data: Data) -> Chart:
    """rate, low, high (None where nothing can be said), n, names."""
    return label_noise.noise_rates(data["rate"], low=data["low"], high=data["high"], n=data["n"], names=data["names"])


def _noise_matrix(data: Data) -> Chart:
    """label, suggested (class indices), n, names."""
    counts = pa.table({name: pa.array(data[name], pa.int64()) for name in ("label", "suggested", "n")})
    return label_noise.given_by_suggested(counts, names=data["names"])


def _coverage(data: Data) -> Chart:
    """k, share, at (the k that is marked)."""
    table = pa.table({"k": pa.array(data["k"], pa.int64()), "share": pa.array(data["share"], pa.float64())})
    return medoids.coverage(table, k=data["at"])


def _scores(data: Data) -> Chart:
    """titles, values, low, high, measure."""
    return stages.scores_with_intervals(
        data["titles"], values=data["values"], low=data["low"], high=data["high"], measure=data["measure"]
    )


def _recall_by_run(data: Data) -> Chart:
    """names, titles, support (c,), recall, low, high (k, c), None where there is none."""

    def as_scores(recall: list[list[float | None]]) -> Scores:
        values = np.array([[np.nan if one is None else one for one in row] for row in recall], float)
        nothing = np.zeros(len(values))
        return Scores(nothing, nothing, nothing, values, values, np.array(data["support"], np.int64))

    three = (as_scores(data[side]) for side in ("recall", "low", "high"))
    return class_scores.score_by_run(*three, names=data["names"], titles=data["titles"], measure="recall")


def _confusion(data: Data) -> Chart:
    """counts (c, c) by true and said class, names."""
    return confusion.confusion(np.array(data["counts"], np.int64), names=data["names"])


def _accuracy_by_size(data: Data) -> Chart:
    """by, curves: of each line, and points: size, mean, low, high, is_all."""
    curves = []
    for each in data["curves"]:
        rows = [
            Point(each["line"], one["size"], Interval(one["mean"], one["low"], one["high"]), one["is_all"], 0.0)
            for one in each["points"]
        ]
        none = np.empty(0)
        curves.append(Curve(each["line"], rows, none.astype(np.int64), none.astype(np.int64), none, None))
    return sample_size.accuracy_by_size(curves, by=data["by"])


def _map(data: Data) -> Chart:
    """x, y (packed), classes (packed, 65535 for none), names; aspect: height of the map over its width."""
    x, y, classes = (unpacked(data[name]) for name in ("x", "y", "classes"))
    return points.map_of_points(
        x / 65535,
        y / 65535 * data.get("aspect", 1.0),
        classes=np.where(classes == 65535, -1, classes),
        names=data["names"],
    )


def _timeline(data: Data) -> Chart:
    """days, kinds, counts, words."""
    return stages.what_happened(data["days"], kinds=data["kinds"], counts=data["counts"], words=data["words"])


def _spot_check(data: Data) -> Chart:
    """names; before, after (c, 3): share, low, high, None for none; n (c, 2)."""
    return spot_check.wrong_by_class(data["names"], before=data["before"], after=data["after"], n=data["n"])


def _named_counts(data: Data) -> Chart:
    """names, counts, what."""
    return balance.named_counts(dict(zip(data["names"], data["counts"], strict=True)), what=data["what"])


CHARTS: Mapping[str, Callable[[Data], Chart]] = {
    "class-balance": _class_balance,
    "before-after": _before_after,
    "noise-rates": _noise_rates,
    "noise-matrix": _noise_matrix,
    "coverage": _coverage,
    "scores": _scores,
    "recall-by-run": _recall_by_run,
    "confusion": _confusion,
    "accuracy-by-size": _accuracy_by_size,
    "map": _map,
    "timeline": _timeline,
    "named-counts": _named_counts,
    "spot-check": _spot_check,
}
