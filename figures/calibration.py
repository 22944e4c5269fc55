"""Reliability diagrams: how often runs are right against how sure they are."""

from collections.abc import Sequence

from analytics.calibration import Reliability
from figures.chart import Chart, draw, unit_axis
from figures.runs import Line, diagonal, lines_by_run, run_legend


def reliability(
    found: Sequence[Reliability | None], *, titles: Sequence[str], alt: str = "Reliability diagram"
) -> Chart:
    """A line a run through its bins, and the diagonal on which a run is right as often as it says.

    found: (k,), None for a run that has no line; titles: (k,) of the runs, all different.
    """
    lines = [
        Line([], []) if each is None else Line(each.confidence, each.accuracy, each.n)
        for _, each in zip(titles, found, strict=True)
    ]
    runs = lines_by_run(lines, titles=titles, x="how sure", y="how often right", has_points=True)
    figure = draw(
        [diagonal(), *runs],
        height=360,
        x=unit_axis("How sure it is"),
        y=unit_axis("How often it is right"),
        legend=run_legend(below=True),
        showlegend=True,
    )
    return Chart(figure, alt, sum(len(line.x) for line in lines))
