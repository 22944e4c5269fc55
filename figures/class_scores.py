"""A score of each class, in [0, 1]: of one model, of one against another, of several with intervals."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.comparison import Scores
from analytics.zero_shot import Scored
from figures.chart import Chart, Spec, class_axis, unit_axis
from figures.colours import class_colour
from figures.names import one_line
from figures.runs import run_colour

MOST_CLASSES = 60  # of several runs at once
_RUN_PX, _LEAST_CLASS_PX = 15, 22
_BAR: Spec = {"type": "bar", "cornerRadiusEnd": 2}
_OWN_COLOUR: Spec = {"field": "colour", "type": "nominal", "scale": None, "legend": None}


def score_by_class(scores: Sequence[float | None], *, names: Sequence[str], measure: str) -> Chart:
    """A bar for each class in its colour. scores, names: (c,), None where a class has no score and no bar."""
    rows = [
        {"class": one_line(name), "recall": score, "colour": class_colour(index)}
        for index, (name, score) in enumerate(zip(names, scores, strict=False))
        if score is not None
    ]
    spec = {
        "height": 24 * len(rows) + 50,
        "mark": _BAR,
        "encoding": {
            "y": class_axis([str(row["class"]) for row in rows]),
            "x": {"field": "recall", **unit_axis(measure)},
            "tooltip": [{"field": "class"}, {"field": "recall", "format": ".1%"}],
            "color": _OWN_COLOUR,
        },
    }
    return Chart(pa.Table.from_pylist(rows), spec, f"{measure}, class by class")


def recall_against(mine: Scored, other: Scored | None, *, names: Sequence[str], against: str) -> Chart:
    """A bar for each class, and a tick where `other` stands. names: (c,); against: what `other` is called."""
    rows = [
        {
            "class": one_line(name),
            "recall": _known(mine.recalls[index]),
            "n": int(mine.support[index]),
            "other": None if other is None else _known(other.recalls[index]),
            "colour": class_colour(index),
        }
        for index, name in enumerate(names)
    ]
    x = unit_axis("Recall")
    tooltip = [
        {"field": "class", "title": "Class"},
        {"field": "recall", "title": "Recall", "format": ".1%"},
        {"field": "other", "title": one_line(against), "format": ".1%"},
        {"field": "n", "title": "Pictures", "format": ","},
    ]
    bar = {"mark": _BAR, "encoding": {"x": {**x, "field": "recall"}, "tooltip": tooltip, "color": _OWN_COLOUR}}
    tick = {
        "mark": {"type": "tick", "thickness": 3, "color": "#6b7178"},
        "encoding": {"x": {**x, "field": "other"}, "tooltip": tooltip},
    }
    spec = {
        "height": 26 * len(rows) + 50,
        "encoding": {"y": class_axis([str(row["class"]) for row in rows])},
        "layer": [bar] if other is None else [bar, tick],
    }
    return Chart(pa.Table.from_pylist(rows), spec, "Recall of each class")


def score_by_run(
    found: Scores, low: Scores, high: Scores, *, names: Sequence[str], titles: Sequence[str], measure: str
) -> Chart:
    """A point with its interval for each class and run, for the first MOST_CLASSES classes that have pictures.

    names: (c,); titles: (k,) of the runs, all different; measure: 'recall' or 'precision'. There is no point where
    there is no such score, as the precision of a class that a run never says.
    """
    rows = _rows(found, low, high, names=names, titles=titles, measure=measure)
    order = list(dict.fromkeys(str(row["class"]) for row in rows))
    y = class_axis(order)
    y["axis"]["labelOverlap"] = False
    x = unit_axis(measure.capitalize(), n_ticks=6)
    tooltip = [
        {"field": "title", "title": "run"},
        {"field": "class"},
        {"field": "value", "format": ".1%", "title": measure},
        {"field": "low", "format": ".1%", "title": "95 % from"},
        {"field": "high", "format": ".1%", "title": "to"},
        {"field": "pictures", "format": ","},
    ]
    shared: Spec = {
        "y": y,
        "yOffset": {"field": "title", "sort": list(titles)},
        "color": run_colour(titles, field="title", legend="top"),
        "tooltip": tooltip,
    }
    interval = {**shared, "x": {**x, "field": "low"}, "x2": {"field": "high"}}
    point = {"type": "point", "filled": True, "size": 60, "opacity": 1}
    spec = {
        "height": max(_RUN_PX * len(titles), _LEAST_CLASS_PX) * len(order) + 60,
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": interval},
            {"mark": point, "encoding": {**shared, "x": {**x, "field": "value"}}},
        ],
    }
    return Chart(pa.Table.from_pylist(rows), spec, f"{measure.capitalize()} of each class by run")


def _rows(
    found: Scores, low: Scores, high: Scores, *, names: Sequence[str], titles: Sequence[str], measure: str
) -> list[Spec]:
    values, lows, highs = (getattr(scores, measure) for scores in (found, low, high))
    return [
        {
            "class": one_line(names[index]),
            "title": title,
            "value": float(values[place, index]),
            "low": float(lows[place, index]),
            "high": float(highs[place, index]),
            "pictures": int(found.support[index]),
        }
        for index in np.flatnonzero(found.support)[:MOST_CLASSES]
        for place, title in enumerate(titles)
        if not np.isnan(values[place, index])
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
