"""What a Plotly figure says, read: lists, colours, dashes and signs. It needs no matplotlib."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

_DASHES = {"dot": (1, 2), "dash": (4, 3), "longdash": (8, 4), "dashdot": (4, 3, 1, 3)}
_SIGNS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "cross": "P",
    "x": "X",
    "triangle-up": "^",
    "triangle-down": "v",
    "line-ns": "|",
    "line-ew": "_",
    "star": "*",
}


class CannotDraw(ValueError):
    """There is no browser, and the figure is of a kind that only a browser draws."""


def ink(figure: go.Figure, name: str, otherwise: str) -> str:
    """A colour of the figure's template: 'text' or 'grid'."""
    layout = figure.layout.template.layout
    found = layout.font.color if name == "text" else layout.xaxis.gridcolor
    return str(found or otherwise)


def colour_of(colour: Any) -> Any:
    """A CSS colour as matplotlib reads it."""
    text = str(colour).strip()
    if not text.startswith("rgb"):
        return text
    parts = [float(part) for part in text[text.index("(") + 1 : -1].split(",")]
    return (*(part / 255 for part in parts[:3]), parts[3] if len(parts) > 3 else 1.0)


def dashes(dash: str | None, width: float) -> Any:
    """Plotly's dash, a name or lengths in pixels, as matplotlib's, which counts in widths of the line."""
    if dash in (None, "solid"):
        return "solid"
    if dash in _DASHES:
        return (0, _DASHES[str(dash)])
    lengths = [float(part.removesuffix("px")) / max(width, 0.1) for part in str(dash).replace(",", " ").split()]
    return (0, lengths) if lengths else "solid"


def sign(symbol: Any) -> str:
    """Plotly's symbol as matplotlib's; a dot for others."""
    name = str(symbol if symbol is not None else "circle")
    return _SIGNS.get(name, _SIGNS.get(name.removesuffix("-open"), "o"))


def listed(values: Any) -> list[Any]:
    """The values as a list: of an array, of a column, or of Plotly's own form for its JSON, bytes as base64."""
    if values is None:
        return []
    if isinstance(values, Mapping):
        flat = np.frombuffer(base64.b64decode(values["bdata"]), np.dtype(values["dtype"]))
        shape = [int(part) for part in str(values.get("shape", len(flat))).split(",")]
        return list(flat.reshape(shape).tolist())
    return list(values.tolist() if hasattr(values, "tolist") else values)


def many(value: Any, n: int) -> list[Any]:
    """A value for each of n marks: its own where there is a list, else the same."""
    if value is None or isinstance(value, str | int | float):
        return [value] * n
    found = listed(value)
    return found[:n] + [None] * max(0, n - len(found))
