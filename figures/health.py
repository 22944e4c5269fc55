"""Health: what came in and failed by day, room on the disk, shares of classes before and after, scores over time."""

import datetime
import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from analytics.noise_rates import wilson
from figures.chart import Chart, class_axis, count_axis, draw, hover, titled
from figures.colours import ACCENT, BASE, QUIET, RULE, SECOND, class_colour
from figures.names import literal, one_line

MOST_CLASSES = 40
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"}
_DAY_MS = 86_400_000


def counts_by_day(days: Mapping[str, Sequence[tuple[datetime.date, int]]], *, what: str) -> Chart:
    """A bar a day, stacked by the names of `days`, each a list of days with a count. what: is counted."""
    traces = [
        go.Bar(
            name=literal(name),
            x=[f"{day:%Y-%m-%d}" for day, _ in counted],
            y=[n for _, n in counted],
            width=0.7 * _DAY_MS,
            marker={"color": BASE[(0, 6, 1, 9)[place % 4]]},
            meta=literal(name),
            hovertemplate=hover("%{x|%d %B %Y}", "%{meta}: %{y:,}"),
        )
        for place, (name, counted) in enumerate(days.items())
        if counted
    ]
    every = [day for counted in days.values() for day, _ in counted]
    totals: dict[datetime.date, int] = {}
    for counted in days.values():
        for day, n in counted:
            totals[day] = totals.get(day, 0) + n
    figure = draw(
        traces,
        height=230,
        x=_day_axis(every),
        y=count_axis(what, most=max(totals.values(), default=0)),
        barmode="stack",
        showlegend=len(traces) > 1,
        legend=_LEGEND,
    )
    return Chart(figure, f"{what} by day", len(every))


def room_over_time(
    times: Sequence[datetime.datetime],
    *,
    free_gib: Sequence[float],
    ahead: tuple[float | None, float | None, float | None] | None = None,
    limit_gib: float | None = None,
) -> Chart:
    """Free room over time, GiB; ahead: days from the last time until there is none: earliest, middle, latest."""
    traces = [
        go.Scatter(
            name="free",
            mode="lines+markers" if len(times) < 60 else "lines",
            x=[each.isoformat() for each in times],
            y=list(free_gib),
            line={"color": ACCENT, "width": 2},
            hovertemplate=hover("%{x|%d %B %Y, %H:%M}", "free: %{y:,.1f} GiB"),
        )
    ]
    if ahead is not None and times:
        traces += _ends(times[-1], free_gib[-1], ahead)
    lines = [] if limit_gib is None else [_level(limit_gib)]
    figure = draw(
        traces,
        height=240,
        x={"type": "date", "nticks": 6},
        y={"title": titled("Free disk (GiB)"), "rangemode": "tozero", "nticks": 5},
        showlegend=len(traces) > 1,
        legend=_LEGEND,
        shapes=lines,
    )
    return Chart(figure, "Free disk over time", len(times))


def shares_before_and_after(names: Sequence[str], *, before: Sequence[int], after: Sequence[int]) -> Chart:
    """Two points a class with their 95 % intervals (Wilson): its share of the earlier and of the later pictures.

    names: by row, those whose share changed most first; the first MOST_CLASSES are drawn.
    """
    shown = names[:MOST_CLASSES]
    traces = []
    for name, counts, colour, lift in (("before", before, QUIET, -0.14), ("lately", after, ACCENT, 0.14)):
        total = max(sum(counts), 1)
        values = [n / total for n in counts[:MOST_CLASSES]]
        lows, highs = wilson([*counts[:MOST_CLASSES]], total)  # type: ignore[arg-type]
        traces.append(
            go.Scatter(
                name=name,
                mode="markers",
                x=values,
                y=[place + lift for place in range(len(shown))],
                error_x={
                    "array": [float(high) - value for value, high in zip(values, highs, strict=True)],
                    "arrayminus": [value - float(low) for value, low in zip(values, lows, strict=True)],
                    "color": colour,
                    "thickness": 2,
                    "width": 0,
                },
                marker={"color": colour, "size": 9},
                hovertext=[literal(one_line(each)) for each in shown],
                customdata=list(counts[:MOST_CLASSES]),
                hovertemplate=hover("%{hovertext}", f"{name}: %{{x:.1%}}", "pictures: %{customdata:,}"),
                cliponaxis=False,
            )
        )
    figure = draw(
        traces,
        height=30 * len(shown) + 80,
        x={"title": titled("Share of pictures"), "tickformat": "~%", "rangemode": "tozero", "nticks": 6},
        y=class_axis([one_line(each) for each in shown]),
        showlegend=True,
        legend=_LEGEND,
    )
    return Chart(figure, "Share of each class before and lately", len(shown))


def drift_over_time(
    times: Sequence[datetime.datetime],
    *,
    values: Sequence[float],
    drifted: Sequence[bool],
    measure: str,
    limit: float | None,
) -> Chart:
    """One measure by comparison; red where it was drift. measure: its title, our words."""
    trace = go.Scatter(
        mode="lines+markers",
        x=[each.isoformat() for each in times],
        y=list(values),
        line={"color": RULE, "width": 1.5},
        marker={"size": 9, "color": [BASE[6] if each else ACCENT for each in drifted]},
        hovertemplate=hover("%{x|%d %B %Y, %H:%M}", f"{measure}: %{{y:.3~f}}"),
        cliponaxis=False,
    )
    figure = draw(
        [trace],
        height=200,
        x=_date_axis(times),
        y={"title": titled(measure), "nticks": 5},
        showlegend=False,
        shapes=[] if limit is None else [_level(limit)],
    )
    return Chart(figure, f"{measure} by comparison", len(values))


def model_scores(lines: Mapping[str, Sequence[tuple[datetime.datetime, float, float]]]) -> Chart:
    """A line a model and evaluation set: when, balanced accuracy, half its 95 % interval."""
    traces = [
        go.Scatter(
            name=literal(name, px=330),
            mode="lines+markers",
            x=[at.isoformat() for at, _, _ in points],
            y=[value for _, value, _ in points],
            error_y={
                "array": [half for _, _, half in points],
                "color": class_colour(place),
                "thickness": 1.5,
                "width": 0,
            },
            line={"color": class_colour(place), "width": 2},
            meta=literal(name),
            hovertemplate=hover("%{meta}", "%{x|%d %B %Y, %H:%M}", "balanced accuracy: %{y:.1%}"),
            cliponaxis=False,
        )
        for place, (name, points) in enumerate(lines.items())
    ]
    times = [at for points in lines.values() for at, _, _ in points]
    figure = draw(
        traces,
        height=240 + 20 * max(len(traces) - 1, 0),
        x=_date_axis(times),
        y={"title": titled("Balanced accuracy"), "tickformat": "~%", "nticks": 5},
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 0, "yanchor": "bottom", "yref": "container"},
    )
    return Chart(figure, "Balanced accuracy over time", len(times))


def _ends(
    last: datetime.datetime, free_gib: float, ahead: tuple[float | None, float | None, float | None]
) -> list[go.Scatter]:
    """A line from the last point to each moment at which there is no room, as far as there is one."""
    kinds = (("at the earliest", "dot"), ("middle", "dash"), ("at the latest", "dot"))
    return [
        go.Scatter(
            name=name,
            mode="lines",
            x=[last.isoformat(), (last + datetime.timedelta(days=days)).isoformat()],
            y=[free_gib, 0],
            line={"color": SECOND, "width": 1.5, "dash": dash},
            hovertemplate=hover(f"full {name}: %{{x|%d %B %Y}}"),
        )
        for days, (name, dash) in zip(ahead, kinds, strict=True)
        if days is not None
    ]


def _day_axis(days: Sequence[datetime.date]) -> dict[str, object]:
    """An axis of days with air around them: a single day is a bar, not the whole chart."""
    if not days:
        return {"type": "date"}
    first, last = min(*days, max(days) - datetime.timedelta(days=6)), max(days)
    ends = [f"{first - datetime.timedelta(days=1):%Y-%m-%d}", f"{last + datetime.timedelta(days=1):%Y-%m-%d}"]
    step = math.ceil((last - first).days / 8 + 0.01)
    return {"type": "date", "range": ends, "tick0": f"{last:%Y-%m-%d}", "dtick": step * _DAY_MS, "tickformat": "%d %b"}


def _date_axis(times: Sequence[datetime.datetime]) -> dict[str, object]:
    if not times:
        return {"type": "date"}
    air = max((max(times) - min(times)) * 0.05, datetime.timedelta(hours=1))
    return {"type": "date", "nticks": 6, "range": [(min(times) - air).isoformat(), (max(times) + air).isoformat()]}


def _level(at: float) -> dict[str, object]:
    line = {"color": RULE, "dash": "dash", "width": 1}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": at, "y1": at, "line": line}
