"""A map of pictures for paper and slides: a dot a picture, in the colour of its class. Pages have a WebGL component."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats, Ints
from analytics.wording import count
from figures.chart import Chart, hover
from figures.colours import UNLABELLED, class_colour
from figures.names import literal
from figures.template import LIGHT

MOST_NAMED = 20  # classes with a name at the side; the colours begin again long before
_SIDE_PX = 560
_BARE = {"visible": False, "showgrid": False}


def map_of_points(x: Floats, y: Floats, *, classes: Ints, names: Sequence[str], alt: str = "") -> Chart:
    """x, y (n,): places; classes (n,): class indices, -1 for none; names: of every class by index.

    The largest MOST_NAMED classes are named; dots of the others are there, without a name.
    """
    traces = []
    size = 3.0 if len(x) > 5_000 else 5.0 if len(x) > 500 else 8.0
    counted = np.bincount(classes[classes >= 0], minlength=len(names)) if len(classes) else np.zeros(len(names), int)
    named = set(np.argsort(-counted, kind="stable")[:MOST_NAMED].tolist())
    for index in [-1, *np.flatnonzero(counted).tolist()]:
        mine = classes == index
        if not mine.any():
            continue
        name = "no class" if index < 0 else names[index] if index < len(names) else f"class {index}"
        traces.append(
            go.Scattergl(
                mode="markers",
                name=literal(name, px=150),
                x=np.asarray(x, np.float32)[mine],
                y=np.asarray(y, np.float32)[mine],
                marker={"size": size, "color": UNLABELLED if index < 0 else class_colour(index), "opacity": 0.7},
                hovertemplate=hover("%{fullData.name}"),
                showlegend=index < 0 or index in named,
            )
        )
    figure = go.Figure(
        data=traces,
        layout={
            "template": LIGHT,
            "height": _SIDE_PX,
            "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
            "xaxis": _BARE,
            "yaxis": {**_BARE, "scaleanchor": "x"},
            "legend": {"itemsizing": "constant", "font": {"size": 11}},
        },
    )
    return Chart(figure, alt or f"A map of {count(len(x), 'picture')}, near ones alike, coloured by class", len(x))
