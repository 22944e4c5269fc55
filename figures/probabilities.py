"""The classes that a model thinks likeliest of one picture."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from figures.chart import Chart, Spec, class_axis, unit_axis
from figures.colours import class_colour
from figures.names import one_line

MOST_CLASSES, MOST_LIKELY = 20, 5


def class_probabilities(probabilities: np.ndarray, *, names: Sequence[str], label: int | None = None) -> Chart:
    """A bar for each of the MOST_CLASSES likeliest classes, the likeliest first; the label's says so.

    probabilities: (c,); names: (c,); label: index of the picture's own class, None where it has none.
    """
    order = _likeliest(probabilities, n=MOST_CLASSES)
    rows = [
        {
            "class": one_line(names[index]) + (" (its label)" if index == label else ""),
            "share": float(probabilities[index]),
            "colour": class_colour(int(index)),
        }
        for index in order
    ]
    spec = _spec("share", height=24 * len(order) + 45, label_px=180)
    most = f"; {one_line(names[order[0]])} has most" if len(order) else ""
    return Chart(pa.Table.from_pylist(rows), spec, f"Probabilities of the classes{most}")


def likeliest_classes(probabilities: np.ndarray, *, names: Sequence[str]) -> Chart:
    """A small chart of the MOST_LIKELY likeliest classes, to stand beside a picture. Arguments: class_probabilities."""
    order = _likeliest(probabilities, n=MOST_LIKELY)
    table = pa.table(
        {
            "class": [one_line(names[index]) for index in order],
            "p": [float(probabilities[index]) for index in order],
            "colour": [class_colour(int(index)) for index in order],
        }
    )
    spec = _spec("p", height=170, label_px=110)
    spec["encoding"]["y"]["axis"]["labelOverlap"] = False
    return Chart(table, spec, "The likeliest classes by this network")


def _likeliest(probabilities: np.ndarray, *, n: int) -> np.ndarray:
    return np.argsort(-probabilities, kind="stable")[:n]


def _spec(field: str, *, height: int, label_px: int) -> Spec:
    return {
        "height": height,
        "mark": {"type": "bar", "cornerRadiusEnd": 2},
        "encoding": {
            "y": {**class_axis([], label_px=label_px), "sort": None},  # in the order of the rows
            "x": {"field": field, **unit_axis("Probability")},
            "color": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
            "tooltip": [{"field": "class"}, {"field": field, "format": ".1%"}],
        },
    }
