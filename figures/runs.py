"""Several runs in one chart: a colour each, and lines from 0 to 1 both ways."""

from collections.abc import Sequence

from figures.chart import Spec, unit_axis
from figures.colours import BASE, UNLABELLED


def run_colour(titles: Sequence[str], *, field: str, legend: str) -> Spec:
    """A colour a run. titles: of the runs, all different, in the column `field`; legend: 'top' or 'bottom'."""
    return {
        "field": field,
        "type": "nominal",
        "sort": list(titles),
        "title": None,
        "scale": {"domain": list(titles), "range": list(BASE[: len(titles)])},
        "legend": {"orient": legend, "columns": 1, "labelLimit": 400},
    }


def lines_by_run(
    titles: Sequence[str], *, x: Spec, y: Spec, tooltip: Sequence[Spec] = (), has_points: bool = False
) -> Spec:
    """A line a run, told apart by the column `run`, along x. x, y: unit_axis with a field each."""
    shown = [{"field": "run"}, {"field": x["field"], "format": ".1%"}, {"field": y["field"], "format": ".1%"}, *tooltip]
    return {
        "mark": {"type": "line", "strokeWidth": 2, "point": has_points},
        "encoding": {
            "x": x,
            "y": y,
            "color": run_colour(titles, field="run", legend="bottom"),
            "order": {"field": x["field"]},
            "tooltip": shown,
        },
    }


def diagonal(*, x_title: str, y_title: str) -> Spec:
    """The dashed line on which both are equal; it carries its own two points."""
    return {
        "data": {"values": [{"a": 0, "b": 0}, {"a": 1, "b": 1}]},
        "mark": {"type": "line", "strokeDash": [4, 4], "color": UNLABELLED},
        "encoding": {"x": {"field": "a", **unit_axis(x_title)}, "y": {"field": "b", **unit_axis(y_title)}},
    }
