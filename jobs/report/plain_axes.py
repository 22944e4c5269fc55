"""Axes, ticks, legend and lines of a Plotly figure, drawn by matplotlib."""

import datetime
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator, NullLocator
from matplotlib.transforms import blended_transform_factory

from jobs.report.plain_style import colour_of, dashes, ink, listed
from jobs.report.plain_text import plain, written
from jobs.report.plain_traces import Marks
from jobs.report.plain_values import as_numbers

_TICKS = 6  # where a figure asks for no number


class Plot:
    """A Plotly figure on a matplotlib one."""

    def __init__(self, canvas: Figure, figure: go.Figure) -> None:
        self.canvas, self.figure, self.layout = canvas, figure, figure.layout
        self.text, self.grid = ink(figure, "text", "#22272b"), ink(figure, "grid", "#dcd8ce")
        self.axes: Axes = canvas.add_subplot()
        self.axes.set_axisbelow(True)
        self.second: Axes | None = None
        if any(getattr(trace, "yaxis", None) == "y2" for trace in figure.data):
            self.second = self.axes.twinx()

    def draw(self) -> None:
        """Everything, in Plotly's order: axes, traces, lines, legend."""
        for axes in filter(None, (self.axes, self.second)):
            axes.spines[:].set_visible(False)
            axes.patch.set_visible(False)
        marks = Marks(self.figure, self.axes, self.second)
        marks.draw()
        self._axis("x", self.axes, self.layout.xaxis, marks)
        self._axis("y", self.axes, self.layout.yaxis, marks)
        if self.second is not None:
            self._axis("y", self.second, self.layout.yaxis2, marks)
        for shape in self.layout.shapes:
            self._line(shape)
        for note in self.layout.annotations:
            self._note(note)
        if self._has_legend(len(marks.legend)):
            self._legend(marks)
        if self.layout.title.text:
            self.canvas.suptitle(plain(self.layout.title.text), color=self.text, fontsize=14)

    def _axis(self, side: Literal["x", "y"], axes: Axes, wanted: Any, marks: Marks) -> None:
        """Range, ticks, grid and title of an axis."""
        axis: Any = axes.xaxis if side == "x" else axes.yaxis
        if wanted.visible is False:
            axis.set_visible(False)
        if wanted.type == "log":
            (axes.set_xscale if side == "x" else axes.set_yscale)("log")
        self._range(side, axes, wanted, marks)
        _ticks(axis, wanted, marks.is_date(side))
        colour = wanted.tickfont.color or self.text
        on_top = wanted.side == "top"
        axes.tick_params(
            axis=side, which="both", length=0, pad=5, labelcolor=colour, labelsize=wanted.tickfont.size or 12
        )
        if side == "x" and on_top:
            axis.set_label_position("top")
            axis.tick_top()
        if wanted.tickangle:
            turn = -float(wanted.tickangle)
            for label in axis.get_ticklabels():
                label.set(rotation=turn, ha="left" if on_top else "right", rotation_mode="anchor")
        if wanted.showgrid is not False and axes is self.axes:
            axis.grid(True, which="major", color=self.grid, linewidth=1)
        if wanted.title.text:
            size, ink_ = wanted.title.font.size or 14, wanted.title.font.color or self.text
            axis.set_label_text(plain(wanted.title.text), color=ink_, fontsize=size)
            axis.labelpad = float(wanted.title.standoff if wanted.title.standoff is not None else 8)
        if wanted.scaleanchor:
            axes.set_aspect("equal", adjustable="box")

    def _range(self, side: str, axes: Axes, wanted: Any, marks: Marks) -> None:
        """The range as the figure has it, else as Plotly would find it from the marks."""
        ends = [None, None] if wanted.range is None else list(wanted.range)
        found = marks.ends(
            side, second=axes is self.second, log=wanted.type == "log", to_zero=wanted.rangemode == "tozero"
        )
        low, high = (each if end is None else _number(end, wanted.type) for end, each in zip(ends, found, strict=True))
        if wanted.autorange == "reversed":
            low, high = high, low
        (axes.set_xlim if side == "x" else axes.set_ylim)(low, high)

    def _line(self, shape: Any) -> None:
        """A line through the chart, or a box; each end in the data or in parts of the plot."""
        x_parts, y_parts = str(shape.xref).endswith("paper"), str(shape.yref).endswith("paper")
        data, parts = self.axes.transData, self.axes.transAxes
        places = blended_transform_factory(parts if x_parts else data, parts if y_parts else data)
        xs, ys = [shape.x0, shape.x1], [shape.y0, shape.y1]
        width = 2 if shape.line.width is None else shape.line.width
        if shape.type == "rect":
            xs, ys = [xs[0], xs[1], xs[1], xs[0], xs[0]], [ys[0], ys[0], ys[1], ys[1], ys[0]]
            if shape.fillcolor:
                self.axes.fill(xs, ys, color=colour_of(shape.fillcolor), transform=places, zorder=0.5)
        self.axes.plot(
            xs,
            ys,
            color=colour_of(shape.line.color or self.text),
            linewidth=width,
            linestyle=dashes(shape.line.dash, width),
            transform=places,
            scalex=False,
            scaley=False,
            zorder=3,
        )

    def _note(self, note: Any) -> None:
        """A note at its place; an arrow is left out."""
        x_parts, y_parts = str(note.xref) == "paper", str(note.yref) == "paper"
        self.axes.annotate(
            plain(note.text or ""),
            (float(note.x), float(note.y)),
            xycoords=("axes fraction" if x_parts else "data", "axes fraction" if y_parts else "data"),
            ha={"left": "left", "right": "right"}.get(note.xanchor or "", "center"),
            va={"top": "top", "bottom": "bottom"}.get(note.yanchor or "", "center"),
            fontsize=note.font.size or 12,
            color=note.font.color or self.text,
        )

    def _has_legend(self, n_entries: int) -> bool:
        return (
            bool(n_entries)
            and (self.layout.showlegend is not False)
            and (bool(self.layout.showlegend) or n_entries > 1)
        )

    def _legend(self, marks: Marks) -> None:
        """The legend on the side where Plotly puts it: above, below, or to the right."""
        wanted = self.layout.legend
        handles, names = zip(*marks.legend, strict=True)
        below = wanted.yref == "container" and (wanted.y or 0) < 0.5
        beside = wanted.orientation != "h" and wanted.x is None
        place: Any = "outside right upper" if beside else "outside lower left" if below else "outside upper left"
        n_columns = 1 if wanted.orientation != "h" else _columns(names, width=float(self.layout.width))
        self.canvas.legend(
            list(handles),
            list(names),
            loc=place,
            ncols=n_columns,
            frameon=False,
            labelcolor=self.text,
            fontsize=wanted.font.size or 12,
            handlelength=1.4,
            columnspacing=1.4,
        )


def _columns(names: Sequence[str], *, width: float) -> int:
    """How many entries stand beside each other."""
    widest = max(len(name) for name in names) * 7 + 40
    return max(1, min(len(names), int(width // widest)))


def _number(end: Any, kind: str | None) -> float:
    """An end of an axis as matplotlib has it: a day as a number, a power as its value."""
    if isinstance(end, str):
        return float(mdates.date2num(datetime.datetime.fromisoformat(end)))
    return float(10 ** float(end)) if kind == "log" else float(end)


def _ticks(axis: Any, wanted: Any, is_date: bool) -> None:
    """Where ticks are, and what stands at them."""
    axis.set_minor_locator(NullLocator())
    if wanted.showticklabels is False:
        axis.set_ticks([])
    elif wanted.tickvals is not None:
        form = wanted.tickformat or ""
        at = as_numbers(wanted.tickvals).tolist()
        texts = [written(value, form) for value in at] if wanted.ticktext is None else listed(wanted.ticktext)
        axis.set_ticks(at, labels=[plain(text) for text in texts])
    elif is_date:
        locator = mdates.AutoDateLocator(minticks=3, maxticks=wanted.nticks or _TICKS)
        axis.set_major_locator(locator)
        axis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    else:
        _number_ticks(axis, wanted)


def _number_ticks(axis: Any, wanted: Any) -> None:
    form, n = wanted.tickformat or "", wanted.nticks or _TICKS
    if wanted.type != "log":
        locator = MultipleLocator(float(wanted.dtick)) if wanted.dtick else MaxNLocator(n, steps=[1, 2, 5, 10])
        axis.set_major_locator(locator)
    low, high = sorted(axis.get_view_interval())
    step = float(np.diff(axis.get_majorticklocs()[:2])[0]) if len(axis.get_majorticklocs()) > 1 else high - low
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    axis.set_major_formatter(FuncFormatter(lambda value, _: written(value, form, digits=digits)))
