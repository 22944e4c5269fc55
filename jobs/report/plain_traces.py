"""Traces of a Plotly figure, drawn by matplotlib: bars and cells, lines, bands, points with intervals, heat maps."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analytics.arrays import Floats
from jobs.report.plain_bars import Bars
from jobs.report.plain_scale import colour_map, is_scale, scaled
from jobs.report.plain_style import CannotDraw, colour_of, dashes, listed, many, sign
from jobs.report.plain_text import plain
from jobs.report.plain_values import as_numbers, is_day

_OF_MANY = "#444444"  # Plotly's colour of intervals where points have one each
_AIR = 0.056  # of its length that Plotly adds to an axis without a range, on the sides where it adds


class Marks:
    """The traces of a figure. legend: a sign and a name for each that the legend names."""

    def __init__(self, figure: go.Figure, axes: Axes, second: Axes | None) -> None:
        self.figure, self.axes, self.second = figure, axes, second
        self.legend: list[tuple[Any, str]] = []
        self._seen: dict[tuple[str, bool], list[Floats]] = {}
        self._has_points: set[tuple[str, bool]] = set()
        self._dates: set[str] = set()
        colours = figure.layout.colorway or figure.layout.template.layout.colorway or ("#0f8a80",)
        self._colours = [str(colour) for colour in colours]
        self._bars = Bars(figure)

    def draw(self) -> None:
        """Each trace, in order. Raises CannotDraw for a kind that only a browser draws."""
        for place, trace in enumerate(self.figure.data):
            colour = self._colours[place % len(self._colours)]
            if trace.visible is False or trace.visible == "legendonly":
                continue
            if trace.type == "bar":
                self._bar(trace, place, colour)
            elif trace.type in ("scatter", "scattergl"):
                self._scatter(trace, place, colour)
            elif trace.type == "heatmap":
                self._heatmap(trace, place)
            else:
                raise CannotDraw(f"A chart of the kind {trace.type!r} is drawn only where a browser is installed.")

    def is_date(self, side: str) -> bool:
        """Whether an axis is of days."""
        return side in self._dates

    def ends(self, side: str, *, second: bool, log: bool, to_zero: bool) -> tuple[float, float]:
        """The ends of an axis that the marks ask for, with air as Plotly leaves it."""
        key = (side, second and side == "y")
        values = np.concatenate(self._seen.get(key, [np.array([0.0, 1.0])]))
        values = values[np.isfinite(values) & ((values > 0) | (not log))]
        if not len(values):
            return (1.0, 10.0) if log else (0.0, 1.0)
        low, high = float(values.min()), float(values.max())
        if log:
            air = max(math.log10(high / low), 0.3) * _AIR
            return low / 10**air, high * 10**air
        air = (high - low or abs(high) or 1.0) * _AIR
        is_x_of_lines = side == "x" and key not in self._has_points
        if is_x_of_lines and high > low:
            return low, high
        return (0.0 if to_zero or low == 0 else low - air), (high if high == 0 else high + air)

    def _axes(self, trace: Any) -> Axes:
        return self.second if self.second is not None and trace.yaxis == "y2" else self.axes

    def _note(self, trace: Any, side: str, values: Floats, *, points: bool = False) -> None:
        """Remember what an axis must show."""
        key = (side, side == "y" and trace.yaxis == "y2")
        self._seen.setdefault(key, []).append(np.asarray(values, float).ravel())
        if points:
            self._has_points.add(key)

    def _values(self, trace: Any, side: str) -> Floats:
        values = getattr(trace, side)
        if is_day(values):
            self._dates.add(side)
        return as_numbers(values)

    def _named(self, trace: Any, handle: Any) -> None:
        if trace.showlegend is not False and trace.name:
            self.legend.append((handle, plain(trace.name)))

    def _bar(self, trace: Any, place: int, colour: str) -> None:
        """Bars of a trace, with intervals and the words in them."""
        drawn = self._bars.draw(trace, self._axes(trace), place=place, colour=colour)
        across, along = ("y", "x") if trace.orientation == "h" else ("x", "y")
        self._note(trace, along, np.concatenate([drawn.start, drawn.end]))
        self._note(trace, across, np.concatenate([drawn.middle - drawn.width / 2, drawn.middle + drawn.width / 2]))
        x, y = (drawn.end, drawn.middle) if across == "y" else (drawn.middle, drawn.end)
        self._intervals(trace, x, y, colour=colour)
        first = colour_of(many(trace.marker.color, 1)[0] or colour) if not is_scale(trace.marker) else colour
        self._named(trace, Patch(facecolor=first))

    def _scatter(self, trace: Any, place: int, colour: str) -> None:
        """Lines, bands and points of a trace."""
        axes, mode = self._axes(trace), trace.mode or "lines+markers"
        x, y = self._values(trace, "x"), self._values(trace, "y")
        n = min(len(x), len(y))
        x, y = x[:n], y[:n]
        self._note(trace, "x", x, points="markers" in mode)
        self._note(trace, "y", y)
        dots = trace.marker.color
        own = str(trace.line.color or (dots if isinstance(dots, str) else None) or colour)
        self._band(trace, axes, x, y, colour=own)
        handle: Any = None
        width = 2.0 if trace.line.width is None else float(trace.line.width)
        if "lines" in mode and width:
            style = {"color": colour_of(own), "linewidth": width, "linestyle": dashes(trace.line.dash, width)}
            steps = {"hv": "steps-post", "vh": "steps-pre", "hvh": "steps-mid"}.get(trace.line.shape or "", "default")
            axes.plot(x, y, drawstyle=steps, gid=f"line-{place}", zorder=2.5, **style)
            handle = Line2D([], [], **style)
        self._intervals(trace, x, y, colour=own if dots is None or isinstance(dots, str) else _OF_MANY)
        if "markers" in mode:
            dot = self._points(trace, axes, x, y, place=place, colour=own)
            if handle is None:
                handle = dot
            else:
                handle.set(
                    marker=sign(trace.marker.symbol if isinstance(trace.marker.symbol, str) else None), markersize=6
                )
        if handle is not None:
            self._named(trace, handle)

    def _band(self, trace: Any, axes: Axes, x: Floats, y: Floats, *, colour: str) -> None:
        """The area of a trace, closed in itself or down to zero."""
        if trace.fill in (None, "none") or not len(x):
            return
        fill = colour_of(trace.fillcolor) if trace.fillcolor else (*_rgb(colour), 0.5)
        if trace.fill == "toself":
            axes.add_collection(
                PolyCollection([np.column_stack([x, y])], facecolors=[fill], edgecolors="none", zorder=1.5)
            )
        elif trace.fill == "tozeroy":
            axes.fill_between(x, y, 0.0, color=fill, linewidth=0, zorder=1.5)
        else:
            raise CannotDraw(f"An area of the kind {trace.fill!r} is drawn only where a browser is installed.")

    def _points(self, trace: Any, axes: Axes, x: Floats, y: Floats, *, place: int, colour: str) -> Line2D:
        """The points of a trace; many are a picture within the SVG. Gives a sign for the legend."""
        marker, n = trace.marker, len(x)
        sizes = np.array([6.0 if size is None else float(size) for size in many(marker.size, n)])
        if is_scale(marker):
            colours = scaled(marker, as_numbers(marker.color))
        else:
            colours = [colour_of(one or colour) for one in many(marker.color, n)]
        own = sign(marker.symbol if isinstance(marker.symbol, str) else None)
        is_stroke = own in "|_"
        edge = marker.line.color if isinstance(marker.line.color, str) else None
        axes.scatter(
            x,
            y,
            s=sizes**2,  # points of area
            c=[colour_of(edge or colour)] * n if is_stroke else colours,
            marker=own,
            linewidths=float(marker.line.width or 0) if isinstance(marker.line.width, int | float) else 0,
            alpha=None if marker.opacity is None and trace.opacity is None else _opacity(marker.opacity, trace.opacity),
            clip_on=trace.cliponaxis is not False if trace.type == "scatter" else True,
            zorder=3,
            gid=f"points-{place}",
            rasterized=trace.type == "scattergl",
        )
        first = colours[0] if n else colour
        return Line2D([], [], linestyle="none", marker=own, markersize=7, color=first, markeredgewidth=0)

    def _intervals(self, trace: Any, x: Floats, y: Floats, *, colour: str) -> None:
        """The intervals of a trace, both ways."""
        for side, bar in (("x", trace.error_x), ("y", trace.error_y)):
            if bar.array is None or bar.visible is False or not len(x):
                continue
            plus = np.nan_to_num(as_numbers(bar.array))
            minus = plus if bar.arrayminus is None else np.nan_to_num(as_numbers(bar.arrayminus))
            ends: Mapping[str, Any] = {f"{side}err": np.abs([minus, plus])}
            ink = colour_of(bar.color or colour)
            width = 2.0 if bar.thickness is None else float(bar.thickness)
            self._axes(trace).errorbar(
                x, y, fmt="none", ecolor=ink, elinewidth=width, capsize=bar.width or 0, zorder=2.8, **ends
            )
            values = x if side == "x" else y
            self._note(trace, side, np.concatenate([values - minus, values + plus]), points=True)

    def _heatmap(self, trace: Any, place: int) -> None:
        """A heat map: cells evenly apart or between the edges given, with its bar of colours."""
        values = np.array([as_numbers(row) for row in listed(trace.z)])
        x = _edges(None if trace.x is None else self._values(trace, "x"), values.shape[1])
        y = _edges(None if trace.y is None else self._values(trace, "y"), values.shape[0])
        least, most = (
            (np.nanmin(values) if trace.zmin is None else trace.zmin),
            (np.nanmax(values) if trace.zmax is None else trace.zmax),
        )
        mesh = self.axes.pcolormesh(
            x, y, values, cmap=colour_map(trace.colorscale), norm=Normalize(least, most), gid=f"cells-{place}"
        )
        self._note(trace, "x", x)
        self._note(trace, "y", y)
        if trace.showscale is not False:
            bar = self.axes.figure.colorbar(mesh, ax=self.axes, shrink=0.8)
            bar.outline.set_visible(False)


def _rgb(colour: str) -> tuple[float, float, float]:
    return to_rgb(colour_of(colour))


def _opacity(*values: Any) -> float:
    return math.prod(float(value) for value in values if value is not None)


def _edges(at: Floats | None, n: int) -> Floats:
    """n + 1 edges of n cells: those given, else around their middles."""
    if at is None:
        return np.arange(n + 1) - 0.5
    if len(at) == n + 1:
        return at
    step = np.diff(at).mean() if n > 1 else 1.0
    return np.concatenate([[at[0] - step / 2], (at[:-1] + at[1:]) / 2, [at[-1] + step / 2]])
