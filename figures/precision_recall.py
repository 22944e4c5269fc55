"""Precision against recall of one class, a line a run."""

from collections.abc import Sequence

import pyarrow as pa

from analytics.precision_recall import Curve
from figures.chart import Chart, unit_axis
from figures.names import one_line
from figures.runs import lines_by_run


def precision_recall(curves: Sequence[Curve], *, titles: Sequence[str], name: str) -> Chart:
    """A line a run over all thresholds. curves, titles: (k,), titles all different; name: of the class."""
    rows = [
        {"run": title, "recall": float(recall), "precision": float(precision)}
        for title, curve in zip(titles, curves, strict=True)
        for recall, precision in zip(curve.recall, curve.precision, strict=True)
    ]
    lines = lines_by_run(
        titles,
        x={"field": "recall", **unit_axis("Recall")},
        y={"field": "precision", **unit_axis("Precision")},
    )
    alt = f"Precision against recall of {one_line(name)}"
    return Chart(pa.Table.from_pylist(rows), {"height": 360, "layer": [lines]}, alt)
