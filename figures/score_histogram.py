"""How many pictures have which score, with the threshold that parts them."""

import numpy as np
import pyarrow as pa

from figures.chart import Chart, Spec, count_axis
from figures.colours import SECOND

_THRESHOLD = "#b3261e"


def quality_scores(counts: np.ndarray, *, edges: np.ndarray, threshold: float) -> Chart:
    """Pictures by quality score; bins that lie below the threshold stand out.

    counts: (b,) pictures a bin; edges: (b + 1,) rising, in [0, 1].
    """
    below = edges[1:] <= threshold + 1e-9
    table = pa.table({"from": edges[:-1], "to": edges[1:], "pictures": counts, "below": below})
    spec = _spec("below", title="Score", colours=[SECOND, "#9bb8b2"], threshold=threshold, height=120)
    return Chart(table, spec, "How many pictures have which score, and the line")


def attribute_shares(counts: np.ndarray, *, edges: np.ndarray, threshold: float) -> Chart:
    """Pictures by their share of yes; bins from the threshold on stand out. counts, edges: as in quality_scores."""
    yes = edges[:-1] >= threshold - 1e-9
    table = pa.table({"from": edges[:-1], "to": edges[1:], "pictures": counts, "yes": yes})
    spec = _spec("yes", title="Share of yes", colours=["#0f6b64", "#c8c4b6"], threshold=threshold, height=190)
    return Chart(table, spec, "How many pictures have which share of yes, and the line")


def _spec(field: str, *, title: str, colours: list[str], threshold: float, height: int) -> Spec:
    """field: the column that says on which side a bin lies; colours: of the bins where it is true, and false."""
    bars = {
        "x": {"field": "from", "type": "quantitative", "title": title, "scale": {"domain": [0, 1]}},
        "x2": {"field": "to"},
        "y2": {"datum": 0},
        "y": {
            "field": "pictures",
            **count_axis("Pictures", n_ticks=3),
            "scale": {"type": "sqrt"},
        },
        "color": {
            "field": field,
            "type": "nominal",
            "legend": None,
            "scale": {"domain": [True, False], "range": colours},
        },
    }
    rule = {"type": "rule", "color": _THRESHOLD, "strokeWidth": 2}
    return {
        "height": height,
        "layer": [
            {"mark": {"type": "bar", "tooltip": True}, "encoding": bars},
            {"mark": rule, "encoding": {"x": {"datum": threshold}}},
        ],
    }
