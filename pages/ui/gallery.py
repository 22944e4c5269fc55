"""Thumbnails that can be clicked: the gallery component, with pictures over HTTP."""

import html
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from figures.names import one_line
from pages.ui import media
from pages.ui.filters import label_text
from pages.ui.text import plain
from store.neighbours import ImageRow

_FOLDER = Path(__file__).parents[2] / "components" / "gallery"
_COMPONENT = st.components.v2.component(
    "vitrine_gallery",
    html=(_FOLDER / "gallery.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "gallery.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Drawing:
    """What is drawn over a picture, in pixels of its width x height: boxes (x1, y1, x2, y2, colour, words).

    overlay: the address of a transparent picture over it all, or "".
    """

    width: int
    height: int
    shapes: Sequence[tuple[float, float, float, float, str, str]] = ()
    overlay: str = ""


@dataclass(frozen=True)
class Item:
    """One thumbnail. mix: colours with their shares of a bar under it, in [0, 1]."""

    image_id: int
    sha256: str
    caption: str = ""
    note: str = ""
    mix: Sequence[tuple[str, float]] = ()
    drawing: Drawing | None = None


@dataclass(frozen=True)
class Section:
    """Thumbnails under a title; href: where the title leads, an address of this app."""

    items: Sequence[Item]
    title: str = ""
    note: str = ""
    href: str = ""
    colour: str = ""


def show(
    sections: Sequence[Section],
    *,
    key: str,
    label: str,
    layout: str = "grid",
    side: int = 128,
    on_open: Callable[[int], None] | None = None,
) -> None:
    """Draw sections of thumbnails; `on_open` hears which image was clicked, before the script runs again.

    layout: "grid" (one even grid), "rows" (a row a section, its title at the left), "clusters" (a frame a section).
    side: pixels of a thumbnail.
    """
    columns = max((len(section.items) for section in sections), default=1)
    shown = [_section(section) for section in sections]
    data = {"layout": layout, "side": side, "label": label, "columns": columns, "sections": shown}

    def opened() -> None:
        image_id = st.session_state[key].get("opened")
        if on_open is not None and isinstance(image_id, int | float):
            on_open(int(image_id))

    _COMPONENT(data=data, key=key, on_opened_change=opened)


def show_one(row: ImageRow, *, names: Sequence[str]) -> None:
    """One picture, large, with its label and name."""
    url = html.escape(media.picture_url(row.image_id, row.sha256))
    style = "display:block;width:min(100%,360px);max-height:50vh;object-fit:contain;border-radius:.4rem"
    st.html(f'<img src="{url}" alt="{html.escape(row.path)}" style="{style}">')
    st.markdown(f"**{plain(label_text(row.label, row.labels, names=names))}**")
    st.caption(plain(" · ".join(filter(None, [row.path, row.split, f"number {row.image_id}"]))))


def _section(section: Section) -> dict[str, object]:
    items = [
        {
            "id": item.image_id,
            "url": media.thumb_url(item.image_id, item.sha256),
            "caption": one_line(item.caption),
            "note": one_line(item.note),
            "mix": [list(part) for part in item.mix],
            "drawing": None if item.drawing is None else _drawing(item.drawing),
        }
        for item in section.items
    ]
    return {
        **asdict(section),
        "title": one_line(section.title),
        "note": one_line(section.note),
        "items": items,
    }


def _drawing(drawing: Drawing) -> dict[str, object]:
    shapes = [[*(round(side, 1) for side in shape[:4]), shape[4], one_line(shape[5])] for shape in drawing.shapes]
    return {"width": drawing.width, "height": drawing.height, "overlay": drawing.overlay, "shapes": shapes}
