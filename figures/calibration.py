"""Reliability diagrams: how often runs are right against how sure they are."""

from collections.abc import Sequence

import pyarrow as pa

from analytics.calibration import Reliability
from figures.chart import Chart, unit_axis
from figures.runs import diagonal, lines_by_run

_SURE, _RIGHT = "How sure it is", "How often it is right"


def reliability(
    found: Sequence[Reliability | None], *, titles: Sequence[str], alt: str = "Reliability diagram"
) -> Chart:
    """A line a run through its bins, and the diagonal on which a run is right as often as it says.

    found: (k,), None for a run that has no line; titles: (k,) of the runs, all different.
    """
    rows = [
        {"run": title, "confidence": float(confidence), "right": float(accuracy), "pictures": int(n)}
        for title, each in zip(titles, found, strict=True)
        if each is not None
        for confidence, accuracy, n in zip(each.confidence, each.accuracy, each.n, strict=True)
    ]
    lines = lines_by_run(
        titles,
        x={"field": "confidence", **unit_axis(_SURE)},
        y={"field": "right", **unit_axis(_RIGHT)},
        tooltip=[{"field": "pictures", "format": ","}],
        has_points=True,
    )
    spec = {"height": 360, "layer": [diagonal(x_title=_SURE, y_title=_RIGHT), lines]}
    return Chart(pa.Table.from_pylist(rows), spec, alt)
