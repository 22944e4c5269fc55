"""The classes that a model thinks likeliest of one picture."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats, Ints
from figures.chart import Chart, class_axis, draw, hover, unit_axis
from figures.colours import class_colour
from figures.names import literal, one_line

MOST_CLASSES, MOST_LIKELY = 20, 5
_OWN, _OWN_PX = " (its label)", 72


def class_probabilities(probabilities: Floats, *, names: Sequence[str], label: int | None = None) -> Chart:
    """A bar for each of the MOST_CLASSES likeliest classes, the likeliest first; the label's says so.

    probabilities: (c,); names: (c,); label: index of the picture's own class, None where it has none.
    """
    order = _likeliest(probabilities, n=MOST_CLASSES)
    most = f"; {one_line(names[order[0]])} has most" if len(order) else ""
    height = 24 * len(order) + 45
    figure = _bars(probabilities[order], order, names=names, label=label, height=height, label_px=180)
    return Chart(figure, f"Probabilities of the classes{most}", len(order))


def likeliest_classes(probabilities: Floats, *, names: Sequence[str]) -> Chart:
    """A small chart of the MOST_LIKELY likeliest classes, to stand beside a picture. Arguments: class_probabilities."""
    order = _likeliest(probabilities, n=MOST_LIKELY)
    figure = _bars(probabilities[order], order, names=names, label=None, height=170, label_px=110)
    return Chart(figure, "The likeliest classes by this network", len(order))


def _likeliest(probabilities: Floats, *, n: int) -> Ints:
    return np.argsort(-probabilities, kind="stable")[:n]


def _bars(
    probabilities: Floats, indices: Ints, *, names: Sequence[str], label: int | None, height: int, label_px: int
) -> go.Figure:
    """A bar a class in its colour, from above. indices: of the classes; names: of all classes."""
    drawn = [one_line(names[index]) for index in indices]
    own = [_OWN if index == label else "" for index in indices]
    bars = go.Bar(
        orientation="h",
        x=probabilities.astype(float).tolist(),
        y=list(range(len(drawn))),
        marker={"color": [class_colour(int(index)) for index in indices]},
        hovertext=[literal(name) + end for name, end in zip(drawn, own, strict=True)],
        hovertemplate=hover("%{hovertext}", "%{x:.1%}"),
    )
    labels = [literal(name, px=label_px - (_OWN_PX if end else 0)) + end for name, end in zip(drawn, own, strict=True)]
    return draw([bars], height=height, x=unit_axis("Probability"), y={**class_axis(drawn), "ticktext": labels})
