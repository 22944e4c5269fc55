"""Maps of where a network looks, drawn over pictures as transparent PNGs; no pixel of a picture is in them."""

import base64
import html
import io

import numpy as np
from PIL import Image

from analytics.saliency_maps import enlarged
from figures.colours import RAMP

_FAINTEST = 0.35  # what is not looked at is dimmed a little, so that it is seen to have been weighed
_STOPS = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in RAMP], np.float32)


def overlay(
    values: np.ndarray,
    *,
    stride: int,
    side: int,
    width: int,
    height: int,
    top: float,
    opacity: float = 1.0,
    longest: int = 160,
) -> str:
    """A map as a data address, to be laid over a whole picture of width x height.

    The network saw the square in the picture's middle, at `side` pixels; beside it nothing is drawn. top: the value of
    the ramp's bright end (0: nothing speaks for the class); what is not positive has its dark end.
    """
    size = max(1, round(longest * min(width, height) / max(width, height)))
    shares = np.clip(enlarged(values, stride=stride, side=side, size=size) / top, 0, 1) if top > 0 else None
    square = np.zeros((size, size, 4), np.uint8)
    if shares is not None:
        place = np.linspace(0, 1, len(_STOPS))
        for channel in range(3):
            square[..., channel] = np.interp(shares, place, _STOPS[:, channel]).round()
        square[..., 3] = np.round(255 * opacity * (_FAINTEST + (1 - _FAINTEST) * shares))
    shape = (round(longest * width / max(width, height)), round(longest * height / max(width, height)))
    sheet = Image.new("RGBA", (max(shape[0], size), max(shape[1], size)))
    sheet.paste(Image.fromarray(square), ((sheet.width - size) // 2, (sheet.height - size) // 2))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def picture_html(url: str, *, name: str, width: int, height: int, over: str, opacity: float) -> str:
    """A picture in a box of its shape, a map over it; `over` may be "". name: a stranger's, escaped here."""
    widest = 420 * width // max(width, height)
    box = f"position:relative;width:min(100%,{widest}px);aspect-ratio:{width}/{height};overflow:hidden"
    fill = "display:block;width:100%;height:100%"
    picture = f'<img src="{html.escape(url)}" alt="{html.escape(name)}" style="{fill}">'
    map_over = (
        f'<img src="{over}" alt="" style="position:absolute;inset:0;{fill};opacity:{opacity:.2f}">' if over else ""
    )
    return f'<div style="{box};border-radius:.4rem">{picture}{map_over}</div>'


def legend_html(low: str, high: str) -> str:
    """The ramp from "speaks not for it" to the top value, with its ends in words."""
    ramp = f"linear-gradient(90deg,{','.join(RAMP)})"
    bar = f'<span style="flex:1;height:.6rem;border-radius:3px;background:{ramp}"></span>'
    style = "display:flex;align-items:center;gap:.5rem;font-size:.8rem;max-width:420px"
    return f'<div style="{style}"><span>{html.escape(low)}</span>{bar}<span>{html.escape(high)}</span></div>'
