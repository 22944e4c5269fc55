"""Charts that PowerPoint draws itself, from a Plotly figure: bars and plain lines. Others stay pictures."""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.util import Pt

from figures.colours import BASE
from jobs.report.letters import seen
from jobs.report.plain_style import listed
from jobs.report.plain_text import plain
from jobs.report.slide import INK, LINE, QUIET, Box, describe

_BARS = {
    ("h", "group"): XL_CHART_TYPE.BAR_CLUSTERED,
    ("h", "stack"): XL_CHART_TYPE.BAR_STACKED,
    ("v", "group"): XL_CHART_TYPE.COLUMN_CLUSTERED,
    ("v", "stack"): XL_CHART_TYPE.COLUMN_STACKED,
}
_FORMS = {"~%": "0%", ".0%": "0%", ",d": "#,##0"}


@dataclass(frozen=True)
class Native:
    """A chart as PowerPoint takes it. axis: of the numbers; names: whether the other one is of names, from
    above."""

    kind: Any
    data: Any
    colours: list[str]
    axis: Any
    other: Any
    names: bool
    has_legend: bool


def as_native(figure: go.Figure) -> Native | None:
    """The figure for PowerPoint, None where a picture shows it better: intervals, bands, cells, maps, logarithms."""
    traces = list(figure.data)
    layout = figure.layout
    if not traces or "log" in (layout.xaxis.type, layout.yaxis.type) or any(map(_has_more, traces)):
        return None
    if all(trace.type == "bar" for trace in traces):
        return _bars(figure)
    if all(trace.type == "scatter" and trace.mode == "lines" for trace in traces):
        return _lines(figure)
    return None


def put_chart(slide: Any, box: Box, native: Native, *, alt: str) -> Any:
    """The chart on a slide, in our colours."""
    shape = slide.shapes.add_chart(native.kind, *box.emu(), native.data)
    describe(shape, alt)
    chart = shape.chart
    chart.font.size, chart.font.color.rgb = Pt(12), RGBColor.from_string(INK)
    chart.has_title = False
    chart.has_legend = native.has_legend
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    for series, colour in zip(chart.plots[0].series, native.colours, strict=False):
        _paint(series, colour, as_line=not native.names)
    if native.names:
        chart.plots[0].gap_width = 40
        _names_from_above(chart.category_axis, chart.value_axis)
    _axis(chart.value_axis, native.axis)
    if not native.names:
        _axis(chart.category_axis, native.other)
    return shape


def _has_more(trace: Any) -> bool:
    """Whether a trace has what PowerPoint does not draw, or not well."""
    if trace.type not in ("bar", "scatter"):
        return True
    if any(bar.array is not None for bar in (trace.error_x, trace.error_y)):
        return True
    if trace.type == "bar":
        return trace.base is not None or trace.text is not None or isinstance(trace.width, list | tuple)
    return trace.fill not in (None, "none") or trace.yaxis == "y2"


def _bars(figure: go.Figure) -> Native | None:
    """Bars by the names at their places."""
    layout, lies = figure.layout, figure.data[0].orientation == "h"
    names_axis, axis = (layout.yaxis, layout.xaxis) if lies else (layout.xaxis, layout.yaxis)
    kind = _BARS.get(("h" if lies else "v", layout.barmode or "group"))
    if kind is None or names_axis.ticktext is None:
        return None
    at = [float(place) for place in listed(names_axis.tickvals)]
    data = CategoryChartData()
    data.categories = [seen(plain(text)) for text in listed(names_axis.ticktext)]
    colours = []
    for number, trace in enumerate(figure.data):
        places, lengths = (trace.y, trace.x) if lies else (trace.x, trace.y)
        found = dict(zip(map(float, listed(places)), listed(lengths), strict=False))
        data.add_series(_name(trace, axis), [found.get(place) for place in at])
        colours.append(_colour(trace.marker.color, number))
    return Native(kind, data, colours, axis, names_axis, names=True, has_legend=_has_legend(figure))


def _lines(figure: go.Figure) -> Native | None:
    """Lines over numbers, and each upright line through the chart as a series of its own."""
    layout = figure.layout
    data, colours = XyChartData(), []
    for number, trace in enumerate(figure.data):
        series = data.add_series(_name(trace, layout.yaxis))
        for x, y in zip(listed(trace.x), listed(trace.y), strict=False):
            if isinstance(x, str):
                return None
            if x is not None and y is not None:
                series.add_data_point(x, y)
        colours.append(_colour(trace.line.color, number))
    for shape in layout.shapes:
        if shape.x0 != shape.x1 or layout.yaxis.range is None:
            return None
        series = data.add_series("marked")
        for end in layout.yaxis.range:
            series.add_data_point(shape.x0, end)
        colours.append(f"-{QUIET}")
    kind, legend = XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, _has_legend(figure)
    return Native(kind, data, colours, layout.yaxis, layout.xaxis, names=False, has_legend=legend)


def _name(trace: Any, axis: Any) -> str:
    """What a series is called: as the trace, else as the axis of its numbers."""
    return seen(plain(trace.name or axis.title.text or "Values"))


def _has_legend(figure: go.Figure) -> bool:
    return sum(bool(trace.name) and trace.showlegend is not False for trace in figure.data) > 1


def _colour(colour: Any, number: int) -> str:
    """A colour as six digits."""
    text = str(colour) if isinstance(colour, str) and colour.startswith("#") else BASE[number % len(BASE)]
    return text.lstrip("#").upper()


def _paint(series: Any, colour: str, *, as_line: bool) -> None:
    """colour: with - before it, a dashed line."""
    ink = RGBColor.from_string(colour.removeprefix("-"))
    if as_line:
        series.smooth = False
        series.format.line.color.rgb, series.format.line.width = ink, Pt(2.25)
        series.marker.style = XL_MARKER_STYLE.NONE
        if colour.startswith("-"):
            series.format.line.dash_style, series.format.line.width = MSO_LINE_DASH_STYLE.DASH, Pt(1)
        return
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = ink
    series.invert_if_negative = False


def _names_from_above(axis: Any, numbers: Any) -> None:
    """Names in Plotly's order, the first on top, with the numbers below them all the same."""
    axis.reverse_order = True
    # python-pptx sets this for axes of numbers alone
    numbers._element.xpath("c:crosses")[0].set("val", "max")
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.color.rgb = RGBColor.from_string(LINE)
    axis.tick_labels.font.size = Pt(11)


def _axis(axis: Any, wanted: Any) -> None:
    """An axis of numbers, with the range, the form and the title that the figure has."""
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
    axis.format.line.fill.background()
    axis.tick_labels.font.size = Pt(11)
    form = _FORMS.get(str(wanted.tickformat or ""))
    if form is not None:
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
    if wanted.range is not None and form == "0%":
        axis.minimum_scale, axis.maximum_scale = (float(end) for end in wanted.range)
    elif wanted.range is not None:
        axis.minimum_scale = float(wanted.range[0])
    if wanted.title.text:
        axis.has_title = True
        axis.axis_title.text_frame.text = seen(plain(wanted.title.text))
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
        axis.axis_title.text_frame.paragraphs[0].runs[0].font.bold = False
