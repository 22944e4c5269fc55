"""The map as an SVG: points, names at their places, legend and caption. Text is escaped: names come from strangers."""

import html
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.map_columns import NOTHING, fit
from figures.names import one_line
from pages.map.colours import Colouring

SIDE, MARGIN, LEGEND = 900, 24, 230  # pixels
ROUNDS = 8  # points of a colour are drawn in so many turns, so that none covers all others
ENTRIES = 30  # of a legend
LINE = 20
TURN_3D = ((0.825, 0.0, 0.565), (0.194, 0.939, -0.283))  # right and up, as solid.js begins
_DOTS = ((1500, 70), (10_000, 45), (60_000, 30), (300_000, 20))  # up to so many points: tenths of a pixel across
_INK, _FAINT, _PAPER = "#22272b", "#5d656c", "#ffffff"
_FONT = "font-family=\"'Source Sans 3','Source Sans Pro','Helvetica Neue',Arial,sans-serif\""


@dataclass(frozen=True)
class Plate:
    """What a picture of a map shows. places: (n, 2) or (n, 3); codes: (n,) uint8; shown: (n,) bool."""

    places: np.ndarray
    codes: np.ndarray
    shown: np.ndarray
    colouring: Colouring
    title: str
    caption: Sequence[str]


def draw(plate: Plate) -> str:
    """The plate as SVG text: about 8 bytes a point."""
    flat = plate.places if plate.places.shape[1] == 2 else plate.places @ np.array(TURN_3D, np.float32).T
    pixels = np.rint((fit(flat) * (1, -1) + 1) / 2 * SIDE * 10).astype(int)  # tenths of a pixel
    legend = _legend(plate)
    top = MARGIN + 34
    foot = top + max(SIDE, LINE * len(legend)) + 26
    width, height = MARGIN * 3 + SIDE + LEGEND, foot + LINE * len(plate.caption) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" {_FONT}>',
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        _text(MARGIN, MARGIN + 14, plate.title, size=20, weight=600),
        f'<g transform="translate({MARGIN} {top})">',
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="#d9d9d4"/>',
        *_points(plate, pixels),
        *_names(plate, pixels),
        "</g>",
        f'<g transform="translate({MARGIN * 2 + SIDE} {top})">',
        *legend,
        "</g>",
        *(_text(MARGIN, foot + LINE * i, line, size=14, fill=_FAINT) for i, line in enumerate(plate.caption)),
        "</svg>",
    ]
    return "\n".join(parts)


def _points(plate: Plate, pixels: np.ndarray) -> list[str]:
    """Round dots: strokes of no length, a path for each colour and turn."""
    n_shown = int(plate.shown.sum())
    width = next((width for most, width in _DOTS if n_shown < most), 12)
    out = [f'<g transform="scale(.1)" fill="none" stroke-linecap="round" stroke-width="{width}" stroke-opacity=".8">']
    rows = np.flatnonzero(plate.shown)
    order = np.argsort(plate.codes[rows], kind="stable")
    for turn in range(ROUNDS):
        mine = rows[order[turn::ROUNDS]]
        codes = plate.codes[mine]
        for code in np.unique(codes):
            marks = pixels[mine[codes == code]]
            path = "".join(f"M{x} {y}h0" for x, y in marks.tolist())
            out.append(f'<path stroke="{plate.colouring.colours[code]}" d="{path}"/>')
    return [*out, "</g>"]


def _names(plate: Plate, pixels: np.ndarray) -> list[str]:
    """Each class's name at the point nearest to the median of its points."""
    out = []
    for code, name in enumerate(plate.colouring.names if plate.colouring.has_names else ()):
        mine = pixels[plate.shown & (plate.codes == code)]
        if len(mine):
            middle = np.median(mine, axis=0)
            x, y = mine[np.argmin(((mine - middle) ** 2).sum(axis=1))] / 10
            halo = f'stroke="{_PAPER}" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
            out.append(_text(x, y + 5, _short(name), size=15, weight=600, more=f'text-anchor="middle" {halo}'))
    return out


def _legend(plate: Plate) -> list[str]:
    colouring = plate.colouring
    out = [_text(0, 14, colouring.title, size=15, weight=600)]
    if not colouring.names:
        stops = "".join(
            f'<stop offset="{place / 4}" stop-color="{colouring.colours[code]}"/>'
            for place, code in enumerate((0, 64, 127, 191, NOTHING - 1))
        )
        out.append(f'<defs><linearGradient id="ramp">{stops}</linearGradient></defs>')
        out.append(f'<rect y="26" width="{LEGEND - 30}" height="12" rx="6" fill="url(#ramp)"/>')
        out.append(_text(0, 56, colouring.low, size=14, fill=_FAINT))
        return [*out, _text(LEGEND - 30, 56, colouring.high, size=14, fill=_FAINT, more='text-anchor="end"')]
    counts = np.bincount(plate.codes[plate.shown], minlength=NOTHING + 1)
    entries = [(code, name) for code, name in enumerate(colouring.names) if counts[code]]
    entries += [(NOTHING, "none")] if counts[NOTHING] else []
    for line, (code, name) in enumerate(entries[:ENTRIES], start=2):
        y = LINE * line
        out.append(f'<circle cx="7" cy="{y - 5}" r="6" fill="{colouring.colours[code]}"/>')
        out.append(_text(22, y, f"{_short(name)}  {counts[code]:,}", size=14))
    if len(entries) > ENTRIES:
        out.append(_text(22, LINE * (ENTRIES + 2), f"and {len(entries) - ENTRIES:,} more", size=14, fill=_FAINT))
    return out


def _short(name: str) -> str:
    shown = one_line(name)
    return shown if len(shown) <= 28 else shown[:27] + "…"


def _text(x: float, y: float, words: str, *, size: int, weight: int = 400, fill: str = _INK, more: str = "") -> str:
    text = html.escape(one_line(words))
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{fill}" {more}>{text}</text>'


def hide(shown: np.ndarray, codes: np.ndarray, *, hidden: Collection[int]) -> np.ndarray:
    """`shown` (n,) bool without the points of hidden codes."""
    return shown & ~np.isin(codes, list(hidden))
