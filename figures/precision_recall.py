"""Precision against recall of one class, a line a run."""

from collections.abc import Sequence

from analytics.precision_recall import Curve
from figures.chart import Chart, draw, unit_axis
from figures.names import one_line
from figures.runs import Line, lines_by_run, run_legend


def precision_recall(curves: Sequence[Curve], *, titles: Sequence[str], name: str) -> Chart:
    """A line a run over all thresholds. curves, titles: (k,), titles all different; name: of the class."""
    lines = [Line(curve.recall, curve.precision) for _, curve in zip(titles, curves, strict=True)]
    figure = draw(
        lines_by_run(lines, titles=titles, x="recall", y="precision"),
        height=360,
        x=unit_axis("Recall"),
        y=unit_axis("Precision"),
        legend=run_legend(below=True),
        showlegend=True,
    )
    return Chart(figure, f"Precision against recall of {one_line(name)}", sum(len(line.x) for line in lines))
