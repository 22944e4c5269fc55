"""Bars of a Plotly figure, drawn by matplotlib: beside or on each other, or from a base, with words in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes

from analytics.arrays import Floats
from jobs.report.plain_scale import is_scale, scaled
from jobs.report.plain_style import colour_of, listed, many
from jobs.report.plain_text import plain
from jobs.report.plain_values import as_numbers

_PLOT, _LETTER = 0.75, 0.65  # about: of the width that is plot; a digit's width over its height
_GAP = 0.2  # Plotly's own, between the places of bars


@dataclass(frozen=True)
class Drawn:
    """Where bars are, (n,) each: start and end along them, middle and width across."""

    start: Floats
    end: Floats
    middle: Floats
    width: Floats


class Bars:
    """The bars of a figure, which know of each other."""

    def __init__(self, figure: go.Figure) -> None:
        layout = figure.layout
        self.traces = [
            trace for trace in figure.data if trace.type == "bar" and trace.visible not in (False, "legendonly")
        ]
        self.mode = layout.barmode or "group"
        gap = layout.bargap if layout.bargap is not None else layout.template.layout.bargap
        self.gap = _GAP if gap is None else float(gap)
        self._layout = layout
        self._tops: dict[tuple[float, bool], float] = {}

    def draw(self, trace: Any, axes: Axes, *, place: int, colour: str) -> Drawn:
        """The bars of a trace."""
        lies = trace.orientation == "h"
        at, length = as_numbers(trace.y if lies else trace.x), as_numbers(trace.x if lies else trace.y)
        if not len(at):
            at = np.arange(len(length), dtype=float)
        width, shift = self._slot(trace, at)
        start = self._starts(trace, at, length)
        middle = at + shift
        drawn = Drawn(start, start + np.nan_to_num(length), middle, width)
        self._rectangles(axes, drawn, self._colours(trace, colour, len(at)), lies=lies, trace=trace, place=place)
        if trace.text is not None and trace.textposition != "none":
            self._write(trace, axes, drawn, lies=lies)
        return drawn

    def _slot(self, trace: Any, at: Floats) -> tuple[Floats, Floats]:
        """How wide each bar is, and how far from its place its middle lies."""
        n = len(at)
        if trace.width is not None:
            width = np.array([float(one) for one in many(trace.width, n)])
            return width, np.zeros(n) if trace.offset is None else np.full(n, float(trace.offset)) + width / 2
        unit = min((step for step in np.diff(np.unique(at)) if step > 0), default=1.0) * (1 - self.gap)
        if self.mode != "group" or len(self.traces) == 1:
            return np.full(n, unit), np.zeros(n)
        own = next(i for i, each in enumerate(self.traces) if each is trace)
        part = unit / len(self.traces)
        return np.full(n, part), np.full(n, (own - (len(self.traces) - 1) / 2) * part)

    def _starts(self, trace: Any, at: Floats, length: Floats) -> Floats:
        """Where each bar begins: at its base, on those before it, or at zero."""
        if trace.base is not None:
            return np.array([0.0 if one is None else float(one) for one in many(trace.base, len(at))])
        if self.mode not in ("stack", "relative"):
            return np.zeros(len(at))
        starts = []
        for where, value in zip(at, np.nan_to_num(length), strict=True):
            key = (float(where), bool(value < 0))
            starts.append(self._tops.get(key, 0.0))
            self._tops[key] = starts[-1] + float(value)
        return np.array(starts)

    def _colours(self, trace: Any, colour: str, n: int) -> list[Any]:
        if is_scale(trace.marker):
            return list(scaled(trace.marker, as_numbers(trace.marker.color)))
        return [colour_of(one or colour) for one in many(trace.marker.color, n)]

    def _rectangles(self, axes: Axes, drawn: Drawn, colours: list[Any], *, lies: bool, trace: Any, place: int) -> None:
        length, opacity = drawn.end - drawn.start, trace.opacity if trace.opacity is not None else trace.marker.opacity
        alpha = float(opacity) if isinstance(opacity, int | float) else None
        if lies:
            bars = axes.barh(
                drawn.middle, length, height=drawn.width, left=drawn.start, color=colours, alpha=alpha, zorder=2
            )
        else:
            bars = axes.bar(
                drawn.middle, length, width=drawn.width, bottom=drawn.start, color=colours, alpha=alpha, zorder=2
            )
        for number, bar in enumerate(bars):
            bar.set_gid(f"bar-{place}-{number}")

    def _write(self, trace: Any, axes: Axes, drawn: Drawn, *, lies: bool) -> None:
        """The words in the bars, in the middle."""
        n, inside = len(drawn.middle), trace.insidetextfont
        size = self._size_of_words(trace, float(inside.size or 12))
        inks = many(inside.color, n)
        for place, text in enumerate(many(trace.text, n)):
            if not text:
                continue
            along, across = (drawn.start[place] + drawn.end[place]) / 2, drawn.middle[place]
            x, y = (along, across) if lies else (across, along)
            axes.text(
                x, y, plain(text), ha="center", va="center", fontsize=size, color=colour_of(inks[place] or "#22272b")
            )

    def _size_of_words(self, trace: Any, wanted: float) -> float:
        """The size of the words in a matrix's cells: one for all, the largest that fits the longest into its cell."""
        ends = self._layout.xaxis.range
        if self._layout.uniformtext.mode is None or ends is None or trace.orientation != "h":
            return wanted
        cells = as_numbers(trace.x)
        cell_px = (
            float(cells.min(initial=np.inf)) / abs(float(ends[1]) - float(ends[0])) * float(self._layout.width) * _PLOT
        )
        longest = max((len(str(text)) for text in listed(trace.text)), default=1) or 1
        return max(float(self._layout.uniformtext.minsize or 7), min(wanted, cell_px / (longest * _LETTER)))
