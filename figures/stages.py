"""Something counted before and after, and what happened when."""

import datetime
from collections.abc import Sequence

import plotly.graph_objects as go

from figures.chart import Chart, class_axis, count_axis, draw, hover, titled
from figures.colours import ACCENT, BASE, QUIET, RULE, class_colour
from figures.names import literal, one_line

MOST_ROWS = 60
_ROW_PX = 30


def before_and_after(
    names: Sequence[str], *, before: Sequence[float], after: Sequence[float], titles: tuple[str, str], what: str
) -> Chart:
    """Two bars a name, grey before and green after; the first MOST_ROWS. titles: of both; what: is counted."""
    names, before, after = names[:MOST_ROWS], before[:MOST_ROWS], after[:MOST_ROWS]
    traces = [
        go.Bar(
            orientation="h",
            name=literal(title),
            x=list(values),
            y=list(range(len(names))),
            marker={"color": colour},
            hovertext=[literal(name) for name in names],
            hovertemplate=hover("%{hovertext}", f"{literal(title)}: %{{x:,}}"),
        )
        for title, values, colour in ((titles[0], before, QUIET), (titles[1], after, ACCENT))
    ]
    figure = draw(
        traces,
        height=_ROW_PX * len(names) + 90,
        x=count_axis(what, most=int(max([*before, *after], default=0))),
        y=class_axis([one_line(name) for name in names]),
        barmode="group",
        bargap=0.25,
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        margin={"t": 30},
    )
    return Chart(figure, f"{what} before and after", len(names))


def scores_with_intervals(
    titles: Sequence[str],
    *,
    values: Sequence[float],
    low: Sequence[float | None],
    high: Sequence[float | None],
    measure: str,
) -> Chart:
    """A point with its 95 % interval for each title, all in [0, 1]; the ends are None where there is no interval."""
    rows = list(zip(values, low, high, strict=True))
    figure = draw(
        [
            go.Scatter(
                mode="markers",
                x=list(values),
                y=list(range(len(rows))),
                error_x={
                    "array": [0 if end is None else end - value for value, _, end in rows],
                    "arrayminus": [0 if end is None else value - end for value, end, _ in rows],
                    "color": RULE,
                    "thickness": 2,
                    "width": 0,
                },
                marker={"size": 11, "color": [class_colour(place) for place in range(len(rows))]},
                hovertext=[literal(title) for title in titles],
                hovertemplate=hover("%{hovertext}", f"{measure}: %{{x:.1%}}"),
                cliponaxis=False,
            )
        ],
        height=34 * len(rows) + 70,
        x={"title": titled(measure), "tickformat": "~%", "nticks": 6},
        y=class_axis([one_line(title) for title in titles], label_px=300),
        showlegend=False,
    )
    return Chart(figure, f"{measure} by model", len(rows))


def what_happened(days: Sequence[str], *, kinds: Sequence[str], counts: Sequence[int], words: Sequence[str]) -> Chart:
    """A dot for each day and kind of act, larger for more of them."""
    rows = list(dict.fromkeys(kinds))
    most = max(counts, default=1)
    sizes = [10 + (20 * (n / most) ** 0.5 if most > 1 else 2) for n in counts]
    trace = go.Scatter(
        mode="markers",
        x=list(days),
        y=[rows.index(kind) for kind in kinds],
        marker={"size": sizes, "color": [BASE[rows.index(kind) % len(BASE)] for kind in kinds], "opacity": 0.85},
        hovertext=[literal(text) for text in words],
        hovertemplate=hover("%{x|%d %B %Y, %H:%M}", "%{hovertext}"),
        cliponaxis=False,
    )
    moments = sorted(datetime.datetime.fromisoformat(day) for day in days)
    air = (moments[-1] - moments[0]) * 0.04 + datetime.timedelta(minutes=1) if moments else datetime.timedelta(0)
    ends = {"range": [(moments[0] - air).isoformat(), (moments[-1] + air).isoformat()]} if moments else {}
    figure = draw(
        [trace],
        height=36 * len(rows) + 60,
        x={"type": "date", "nticks": 7, **ends},
        y=class_axis(rows),
        showlegend=False,
    )
    return Chart(figure, "What happened when", len(rows) if days else 0)
