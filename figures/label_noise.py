"""Label noise: which labels are doubted in favour of which, and how many of each class are wrong."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa

from figures.cells import SMALLEST, Cells, across, cells, overhang
from figures.chart import Chart, class_axis, draw, hover, titled
from figures.colours import RULE
from figures.names import literal, one_line

_CELL_PX, _ROW_PX, _MARGIN_PX = 46, 34, 100
_LABEL_PX, _ANGLE = 110, -35
_BARS = "rgba(208,106,28,0.5)"  # colours.SECOND, so that the interval is seen through it


def doubted_pairs(counts: pa.Table, *, names: Sequence[str]) -> pa.Table:
    """given, suggested (names on one line), pictures, share of the doubted labels of the given class.

    counts: label, suggested (class indices), n; names: of every class by index.
    """
    rows = counts.to_pylist()
    per_class: dict[int, int] = {}
    for row in rows:
        per_class[row["label"]] = per_class.get(row["label"], 0) + row["n"]
    return pa.table(
        {
            "given": pa.array([one_line(names[row["label"]]) for row in rows], pa.string()),
            "suggested": pa.array([one_line(names[row["suggested"]]) for row in rows], pa.string()),
            "pictures": pa.array([row["n"] for row in rows], pa.int64()),
            "share": pa.array([row["n"] / per_class[row["label"]] for row in rows], pa.float64()),
        }
    )


def given_by_suggested(counts: pa.Table, *, names: Sequence[str], as_shares: bool = False) -> Chart:
    """The noise matrix: a cell for each pair of given and suggested class that has doubted labels.

    Arguments: doubted_pairs. Shares are of the doubted labels of the given class. A click gives the indices of both
    classes, the given one first.
    """
    pairs = doubted_pairs(counts, names=names).to_pylist()
    given, suggested = (counts[side].to_pylist() for side in ("label", "suggested"))
    order = sorted({*given, *suggested})
    place = {index: at for at, index in enumerate(order)}
    shares, pictures = ([pair[of] for pair in pairs] for of in ("share", "pictures"))
    values = np.array(shares, float) if as_shares else np.array(pictures, int)
    drawn = Cells(
        row=np.array([place[index] for index in given], int),
        column=np.array([place[index] for index in suggested], int),
        value=values,
        text=[f"{share:.0%}" if as_shares else f"{n:,}" for share, n in zip(shares, pictures, strict=True)],
        custom=[
            [one, other, literal(pair["given"]), literal(pair["suggested"]), n if as_shares else f"{share:.1%}"]
            for one, other, pair, share, n in zip(given, suggested, pairs, shares, pictures, strict=True)
        ],
    )
    n, share = ("customdata[4]:,", "marker.color:.1%") if as_shares else ("marker.color:,", "customdata[4]")
    said = hover(
        "given: %{customdata[2]}",
        "suggested: %{customdata[3]}",
        f"pictures: %{{{n}}}",
        f"share of the class's doubted: %{{{share}}}",
    )
    ends = (0.0, float(values.max(initial=0)) or 1.0)
    shown = [one_line(names[index]) for index in order]
    figure = draw(
        [cells(drawn, colours=["#f3ead9", "#d06a1c"], ends=ends, hovertemplate=said, font_px=11)],
        width=_CELL_PX * len(order) + _MARGIN_PX,
        height=_ROW_PX * len(order) + _MARGIN_PX,
        x=across(shown, title="Suggested", label_px=_LABEL_PX, angle=_ANGLE),
        y={**class_axis(shown, label_px=120), "title": titled("Given")},
        margin=overhang(shown, label_px=_LABEL_PX, angle=_ANGLE),
        uniformtext=SMALLEST,
    )
    return Chart(figure, "Doubted labels by given and suggested class", len(pairs))


def noise_rates(
    rate: Sequence[float | None],
    *,
    low: Sequence[float | None],
    high: Sequence[float | None],
    n: Sequence[int],
    names: Sequence[str],
) -> Chart:
    """A bar with its interval for each class: the estimated share of wrong labels, the noisiest class first.

    All (c,): rate, low, high in [0, 1], None where nothing can be said; n: labels judged. A class without any is left
    out.
    """
    rows = [
        (one_line(name), estimate, estimate if start is None else start, estimate if end is None else end, judged)
        for name, estimate, start, end, judged in zip(names, rate, low, high, n, strict=True)
        if estimate is not None and judged
    ]
    rows.sort(key=lambda row: -row[1])
    bars = go.Bar(
        orientation="h",
        x=[estimate for _, estimate, _, _, _ in rows],
        y=list(range(len(rows))),
        error_x={
            "array": [end - estimate for _, estimate, _, end, _ in rows],
            "arrayminus": [estimate - start for _, estimate, start, _, _ in rows],
            "color": RULE,
            "thickness": 2,
            "width": 0,
        },
        marker={"color": _BARS},
        customdata=[[literal(name), start, end, judged] for name, _, start, end, judged in rows],
        hovertemplate=hover(
            "%{customdata[0]}",
            "estimate: %{x:.1%}",
            "from %{customdata[1]:.1%} to %{customdata[2]:.1%}",
            "labels judged: %{customdata[3]:,}",
        ),
    )
    figure = draw(
        [bars],
        height=26 * len(rows) + 48,
        x={
            "title": titled("Estimated share of wrong labels"),
            "tickformat": "~%",
            "nticks": 6,
            "range": [0, max((end for _, _, _, end, _ in rows), default=1) * 1.04 or 1],
        },
        y=class_axis([name for name, _, _, _, _ in rows]),
    )
    return Chart(figure, "Estimated share of wrong labels of each class", len(rows))
