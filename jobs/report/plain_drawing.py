"""Figures drawn by matplotlib from the same Plotly figure: the kinds that we draw, for machines without a browser."""

import contextlib
import functools
import io
import logging
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from jobs.report.fonts import FAMILIES, font_files
from jobs.report.plain_style import colour_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHARP = 2  # pixels of points that are a picture, for one of the figure
_CLEAR = "rgba(0,0,0,0)"
_INCH = 72  # of matplotlib's points; a point is a pixel here
# what stands in an SVG's head and says nothing of the figure
_SIZE = re.compile(rb'width="[\d.]+pt" height="[\d.]+pt"')


def drawn(figure: go.Figure, *, width: int, height: int) -> bytes:
    """The figure as an SVG file. Raises CannotDraw."""
    out = io.BytesIO()
    with _our_settings():
        canvas = plotted(figure, width=width, height=height)
        canvas.savefig(out, format="svg", dpi=_INCH * _SHARP, metadata={"Date": None, "Creator": None})
    size = f'width="{width}" height="{height}"'.encode("ascii")
    return _SIZE.sub(size, out.getvalue(), count=1)


def plotted(figure: go.Figure, *, width: int, height: int) -> "Figure":
    """The figure as matplotlib has it, not yet a file. Raises CannotDraw."""
    from matplotlib.figure import Figure

    from jobs.report.plain_axes import Plot

    canvas = Figure(figsize=(width / _INCH, height / _INCH), dpi=_INCH, layout="constrained")
    canvas.patch.set_facecolor(colour_of(figure.layout.paper_bgcolor or _CLEAR))
    Plot(canvas, figure).draw()
    return canvas


@contextlib.contextmanager
def _our_settings() -> Iterator[None]:
    """matplotlib's settings within it: our fonts, letters that stay text, names that are never read as formulas."""
    import matplotlib

    settings: Any = {
        "font.family": [*_families(), "DejaVu Sans"],
        "font.size": 12,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "vitrine",  # the same names within the file each time
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # a letter that no font has is drawn as a box; who writes the report says so, not this
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


@functools.cache
def _families() -> tuple[str, ...]:
    """Our families, made known to matplotlib; of a collection it reads the first face, Japanese forms."""
    from matplotlib import font_manager

    # it would say of each variable font that it takes the one weight there is
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    for path in font_files():
        font_manager.fontManager.addfont(str(path))
    known = set(font_manager.fontManager.get_font_names())
    wanted = [family.replace("CJK SC", "CJK JP") for family in FAMILIES]
    return tuple(family for family in wanted if family in known)
