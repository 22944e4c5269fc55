"""Texts of an SVG apart from its shapes: an SVG may not take its letters from more than one font, typst does."""

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_CALL = re.compile(r"(\w+)\(([^)]*)\)")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
_INHERITED = ("font-size", "fill", "fill-opacity", "text-anchor", "font-weight", "font-style", "opacity", "font")
_SHIFTS = {"middle": 0.5, "end": 1.0}
Matrix = tuple[float, float, float, float, float, float]  # a b c d e f, as SVG has them


@dataclass(frozen=True)
class Placed:
    """A line of text. x, y: where it is held, on its base line; shift: the share of its width left of there.

    size: of letters in pixels; angle: in degrees, clockwise; colour: as #rrggbb.
    """

    text: str
    x: float
    y: float
    size: float
    angle: float
    shift: float
    colour: str
    is_bold: bool


def texts_apart(svg: bytes) -> tuple[bytes, list[Placed]]:
    """The SVG without its texts, and these with their places."""
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    root = ET.fromstring(svg)
    found = list(_taken(root, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), {}))
    return ET.tostring(root, encoding="utf-8"), found


def _taken(element: ET.Element, outer: Matrix, style: Mapping[str, str]) -> Iterator[Placed]:
    """The texts within an element, which are taken out of it."""
    matrix, own = _times(outer, _matrix(element.get("transform", ""))), _style(element, style)
    for child in list(element):
        if child.tag != f"{{{_SVG}}}text":
            yield from _taken(child, matrix, own)
            continue
        yield from _lines(child, _times(matrix, _matrix(child.get("transform", ""))), _style(child, own))
        element.remove(child)


def _lines(text: ET.Element, matrix: Matrix, style: Mapping[str, str]) -> Iterator[Placed]:
    """The lines of a text: a part with a place of its own begins one."""
    x, y = _float(text.get("x")), _float(text.get("y"))
    said = text.text or ""
    for part in text:
        begins = part.get("x") is not None or part.get("dy") is not None
        if begins:
            if said.strip():
                yield _placed(said, x, y, matrix, style)
            said = ""
            x = _float(part.get("x"), x)
            y = _float(part.get("y"), y) + _length(part.get("dy", "0"), _size(style))
        said += "".join(part.itertext()) + (part.tail or "")
    if said.strip():
        yield _placed(said, x, y, matrix, style)


def _placed(text: str, x: float, y: float, matrix: Matrix, style: Mapping[str, str]) -> Placed:
    a, b, c, d, e, f = matrix
    return Placed(
        text=text.strip(),
        x=round(a * x + c * y + e, 3),
        y=round(b * x + d * y + f, 3),
        size=round(_size(style) * math.hypot(a, b), 3),
        angle=round(math.degrees(math.atan2(b, a)), 3),
        shift=_SHIFTS.get(style.get("text-anchor", ""), 0.0),
        colour=_colour(style.get("fill", "#000000")),
        is_bold=style.get("font-weight", "") in ("bold", "600", "700", "800", "900"),
    )


def _style(element: ET.Element, outer: Mapping[str, str]) -> dict[str, str]:
    own = dict(outer)
    own.update({name: value for name in _INHERITED if (value := element.get(name)) is not None})
    for entry in element.get("style", "").split(";"):
        name, _, value = entry.partition(":")
        if name.strip() in _INHERITED:
            own[name.strip()] = value.strip()
    return own


def _size(style: Mapping[str, str]) -> float:
    found = re.search(r"([\d.]+)px", style.get("font-size", "") or style.get("font", ""))
    return float(found[1]) if found else 12.0


def _colour(fill: str) -> str:
    if fill.startswith("rgb"):
        parts = [round(float(part)) for part in _NUMBER.findall(fill)[:3]]
        return "#" + "".join(f"{part:02x}" for part in parts)
    return fill if re.fullmatch(r"#[0-9a-fA-F]{6}", fill) else "#000000"


def _float(text: str | None, otherwise: float = 0.0) -> float:
    found = _NUMBER.match(text or "")
    return float(found[0]) if found else otherwise


def _length(text: str, size: float) -> float:
    """A length in pixels; em is the size of letters."""
    return _float(text) * (size if text.endswith("em") else 1)


def _matrix(transform: str) -> Matrix:
    """What a transform does, as one matrix."""
    result: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for name, inside in _CALL.findall(transform):
        result = _times(result, _one(name, [float(number) for number in _NUMBER.findall(inside)]))
    return result


def _one(name: str, numbers: list[float]) -> Matrix:
    if name == "translate":
        return (1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1] if len(numbers) > 1 else 0.0)
    if name == "scale":
        return (numbers[0], 0.0, 0.0, numbers[1] if len(numbers) > 1 else numbers[0], 0.0, 0.0)
    if name == "matrix" and len(numbers) == 6:
        a, b, c, d, e, f = numbers
        return (a, b, c, d, e, f)
    if name == "rotate":
        turn = math.radians(numbers[0])
        x, y = (numbers[1], numbers[2]) if len(numbers) > 2 else (0.0, 0.0)
        cos, sin = math.cos(turn), math.sin(turn)
        return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
    return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _times(first: Matrix, second: Matrix) -> Matrix:
    """First after second, as nested groups are."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)
