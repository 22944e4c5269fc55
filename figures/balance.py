"""How many images each class has, by split, and small counts beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.balance import ClassMatrix, shares
from figures.chart import Axis, Chart, class_axis, count_axis, draw, hover, log_axis, titled
from figures.colours import ACCENT, split_colours
from figures.names import distinct, literal, one_line

NO_SPLIT = "no split"
MOST_CLASSES = 60
_ROW_PX, _AXIS_PX, _LEGEND_PX = 26, 60, 36


def images_per_class(
    matrix: ClassMatrix,
    *,
    names: Sequence[str],
    as_shares: bool = False,
    log: bool = False,
    grouped: bool = False,
    by_split: bool = False,
) -> Chart:
    """A bar (or a bar a split) for each of the MOST_CLASSES largest classes, the largest first.

    names: of every class by index. Shares are of all images; grouped, of each split. A logarithmic axis cannot stack:
    splits stand side by side then, and a class without an image has no bar.
    """
    order = np.argsort(-matrix.per_class, kind="stable")[:MOST_CLASSES]
    labels = distinct(names[i] for i in order)
    splits = [NO_SPLIT if split is None else one_line(split) for split in matrix.splits]
    grouped = by_split and (grouped or log)
    counts = matrix.counts if by_split else matrix.per_class[:, None]
    parts = shares(counts.T).T if as_shares and grouped else counts / max(counts.sum(), 1)
    counts, parts = counts[order], parts[order]
    shown = counts > 0 if log else np.ones(counts.shape, bool)
    colours = split_colours(list(matrix.splits)) if by_split else [ACCENT]
    traces = [
        _bars(counts[:, i], parts[:, i], labels=labels, split=split, colour=colour, as_shares=as_shares, log=log)
        for i, (split, colour) in enumerate(zip(splits if by_split else [None], colours, strict=True))
    ]
    n_bars = len(order) * (len(splits) if grouped else 1)
    drawn = (parts if as_shares else counts).astype(float)
    figure = draw(
        traces,
        height=max(_ROW_PX * len(order), 14 * n_bars) + _AXIS_PX + (_LEGEND_PX if by_split else 0),
        x=_length(drawn if grouped else drawn.sum(axis=1), as_shares=as_shares, of_split=grouped, log=log),
        y=class_axis(labels),
        barmode="group" if grouped else "stack",
        bargap=0.2,
        showlegend=by_split,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "traceorder": "normal"},
    )
    most = f"; {one_line(names[order[0]])} has most" if len(order) else ""
    return Chart(figure, f"Images of each class{most}", int(shown.sum()))


def named_counts(counts: Mapping[str, int], *, what: str) -> Chart:
    """A short bar for each of a few named counts of images, in their order. what: what the names are, as 'format'."""
    names, values = distinct(counts), list(counts.values())
    bars = go.Bar(
        orientation="h",
        x=values,
        y=list(range(len(names))),
        marker={"color": ACCENT},
        hovertext=[literal(name) for name in names],
        hovertemplate=hover("%{hovertext}", "images: %{x:,}"),
    )
    figure = draw(
        [bars],
        height=_ROW_PX * len(names) + _AXIS_PX,
        x=count_axis("Images", most=max(values, default=0), n_ticks=4),
        y=class_axis(names),
    )
    return Chart(figure, f"Images by {what}", len(names))


def _bars(
    counts: np.ndarray,
    parts: np.ndarray,
    *,
    labels: list[str],
    split: str | None,
    colour: str,
    as_shares: bool,
    log: bool,
) -> go.Bar:
    """The bars of one split, or of all images. counts, parts: (classes,)."""
    shown, other = (parts, counts) if as_shares else (counts, parts)
    n, share = ("customdata", "x") if as_shares else ("x", "customdata")
    of_split = ["%{fullData.name}"] if split is not None else []
    return go.Bar(
        name=None if split is None else literal(split, px=160),
        orientation="h",
        x=[None if log and not value else value for value in shown.tolist()],
        y=list(range(len(labels))),
        customdata=other.tolist(),
        marker={"color": colour},
        hovertext=[literal(label) for label in labels],
        hovertemplate=hover("%{hovertext}", *of_split, f"images: %{{{n}:,}}", f"share: %{{{share}:.1%}}"),
    )


def _length(values: np.ndarray, *, as_shares: bool, of_split: bool, log: bool) -> Axis:
    """The horizontal axis. values: the lengths of the bars, or of their stacks."""
    title = ("Share of the split's images" if of_split else "Share of all images") if as_shares else "Images"
    most, positive = float(values.max(initial=0)), values[values > 0]
    axis = count_axis(title, most=most)
    if as_shares:
        axis = {"title": titled(title), "tickformat": "~%", "nticks": 6, "range": [0, (most or 1) * 1.04]}
    if not log:
        return axis
    # bars begin at half the least value: a logarithmic axis has no zero
    least = (float(positive.min()) if positive.size else 1.0) / 2
    form = axis["tickformat"]
    return log_axis(title, least=least, most=most or 1, form=form, starts_at_least=True)
