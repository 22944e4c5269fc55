"""What representatives are worth over k: distortion and inertia, the loss, silhouettes, coverage."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import pyarrow as pa

from figures.chart import Axis, Chart, count_axis, draw, hover, rule, titled
from figures.colours import ACCENT, QUIET, SECOND

_DASH = "4px 3px"


def distortion_and_inertia(curve: pa.Table, *, k: int) -> Chart:
    """One line read on two axes: the mean of squared distances at the left, their sum at the right.

    curve: a row a k, rising: k, n_images, distortion, inertia. k: marked with a thin line.
    """
    n = curve["n_images"][0].as_py() if curve.num_rows else 1
    most = max(curve["distortion"].to_pylist(), default=0) * 1.05 or 1.0
    left = _line(curve, "distortion", customdata=curve["inertia"].to_pylist())
    left.hovertemplate = hover("k: %{x}", "distortion: %{y:,.4~f}", "inertia: %{customdata:,.4~f}")
    # the same line once more, unseen: it gives the right axis its numbers
    right = _line(curve, "inertia", yaxis="y2", opacity=0, hoverinfo="skip", hovertemplate=None)
    figure = _over_k(
        [left, right],
        curve,
        k=k,
        y=_inked({"title": titled("Distortion: mean of d²"), "range": [0, most]}, ACCENT),
        yaxis2=_inked(
            {
                **_Y,
                "title": titled("Inertia: sum of d²"),
                "range": [0, most * n],
                "overlaying": "y",
                "tickmode": "auto",  # not at the left axis's ticks, where its own numbers are not round
                "side": "right",
                "showgrid": False,
                "tickformat": "~s",
            },
            SECOND,
        ),
    )
    return Chart(figure, "Distortion and inertia over k", curve.num_rows)


def loss(curve: pa.Table, *, k: int) -> Chart:
    """The loss over all pictures; dashed, what the samples promised where there were any.

    curve: a row a k: k, n_images, n_sample, loss, promised. k: marked with a thin line.
    """
    lines = [_line(curve, "loss")]
    if any(row["n_sample"] < row["n_images"] for row in curve.select(["n_sample", "n_images"]).to_pylist()):
        lines.append(_line(curve, "promised", colour=QUIET, dash=_DASH))
    figure = _over_k(lines, curve, k=k, y={"title": titled("Loss: sum of d"), "tickformat": "~s"})
    return Chart(figure, "k-medoids' loss over k", curve.num_rows)


def silhouettes(curve: pa.Table, *, k: int) -> Chart:
    """The mean silhouette; dashed, the medoid silhouette. curve: k, silhouette, medoid_silhouette. k: marked."""
    lines = [_line(curve, "silhouette"), _line(curve, "medoid_silhouette", colour=SECOND, dash=_DASH)]
    figure = _over_k(lines, curve, k=k, y={"title": titled("Silhouette"), "rangemode": "tozero"})
    return Chart(figure, "Silhouettes over k", curve.num_rows)


def coverage(table: pa.Table, *, k: int) -> Chart:
    """The share of pictures with a near representative. table: k, share in [0, 1]. k: marked."""
    y = {"title": titled("Share covered"), "range": [0, 1], "tickformat": "~%"}
    figure = _over_k([_line(table, "share", value="%{y:.1%}")], table, k=k, y=y)
    return Chart(figure, "Coverage over k", table.num_rows)


_Y: Axis = {"tickformat": "~g", "nticks": 6}


def _line(
    table: pa.Table,
    column: str,
    *,
    value: str = "%{y:,.4~f}",
    colour: str = ACCENT,
    dash: str = "solid",
    **more: object,
) -> go.Scatter:
    """A line over k of a column of the table."""
    said = hover("k: %{x}", f"{column.replace('_', ' ')}: {value}")
    style = {"color": colour, "dash": dash, "width": 2}
    values = [table[name].to_pylist() for name in ("k", column)]
    return go.Scatter(**{"mode": "lines", "x": values[0], "y": values[1], "line": style, "hovertemplate": said, **more})


def _over_k(lines: Sequence[go.Scatter], table: pa.Table, *, k: int, y: Axis, **layout: Any) -> go.Figure:
    """The lines, and a thin one at k."""
    most = max([*table["k"].to_pylist(), 1])
    return draw(
        lines,
        height=230,
        x=count_axis("k", most=most, from_zero=False),
        y={**_Y, **y},
        shapes=[rule(k, colour=QUIET, dash="2px 3px")],
        showlegend=False,
        **layout,
    )


def _inked(axis: Axis, colour: str) -> Axis:
    """The axis with its words in the colour of what is read on it."""
    return {**axis, "title": {**axis["title"], "font": {"color": colour}}, "tickfont": {"color": colour}}
