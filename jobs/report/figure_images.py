"""Figures as pictures: by an installed browser, which draws them as a page does, else by matplotlib, much the same."""

import contextlib
import copy
import logging
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from figures.template import LIGHT
from jobs.report import browser_drawing, plain_drawing
from jobs.report.fonts import MAIN
from jobs.report.plain_style import CannotDraw, listed
from jobs.report.typeset import png_from_svg

__all__ = ["CannotDraw", "height_of", "one_browser", "png_of", "prepared", "svg_of"]

MOST_POINTS = 5_000  # of a trace as shapes; more are drawn as one picture within the SVG
_DEFAULT_HEIGHT = 400
_AIR_PX = 8  # at the left: a browser measures letters of other scripts in another font than they are set in
_log = logging.getLogger(__name__)


@contextlib.contextmanager
def one_browser() -> Iterator[None]:
    """Within it, one browser draws all figures; it is closed at the end. Without it, each figure starts its own.

    Where no browser is, or it does not start, matplotlib draws, and nothing is started.
    """
    with browser_drawing.kept():
        yield


def svg_of(figure: go.Figure, *, width: int, height: int) -> bytes:
    """The figure as an SVG file of that many pixels; its letters stay text. Raises CannotDraw.

    Points of WebGL, and many points, are a picture within it.
    """
    sized = prepared(figure, width=width, height=height)
    if browser_drawing.is_there():
        try:
            return browser_drawing.drawn(sized, form="svg", width=width, height=height)
        except browser_drawing.BrowserFailed as error:
            _log.warning("The browser did not draw a figure, matplotlib does: %s", error)
    return plain_drawing.drawn(sized, width=width, height=height)


def png_of(figure: go.Figure, *, width: int, height: int, scale: float = 2.0) -> bytes:
    """The figure as a PNG file of width * scale by height * scale pixels on clear ground. Raises CannotDraw.

    It is made from the SVG, so that names are written in our fonts on a machine that has none for them.
    """
    return png_from_svg(svg_of(figure, width=width, height=height), width=width, height=height, scale=scale)


def height_of(figure: go.Figure) -> int:
    """The height that the figure asks for, in pixels."""
    return int(figure.layout.height or _DEFAULT_HEIGHT)


def prepared(figure: go.Figure, *, width: int, height: int) -> go.Figure:
    """A copy in our look and of this size, nothing in it heavy. A page's figure is kept without its template."""
    drawn = go.Figure(copy.deepcopy(figure))
    margin = {"l": (drawn.layout.margin.l or 0) + _AIR_PX}
    drawn.update_layout(
        template=LIGHT, width=width, height=height, margin=margin, font={"family": f"{MAIN}, sans-serif"}
    )
    drawn.layout.images = ()  # a browser would ask for them
    heavy = [_as_webgl(trace) if _is_heavy(trace) else trace for trace in drawn.data]
    return go.Figure(data=heavy, layout=drawn.layout)


def _is_heavy(trace: Any) -> bool:
    return trace.type == "scatter" and len(listed(trace.x)) > MOST_POINTS


def _as_webgl(trace: Any) -> go.Scattergl:
    return go.Scattergl({**trace.to_plotly_json(), "type": "scattergl"}, skip_invalid=True)
