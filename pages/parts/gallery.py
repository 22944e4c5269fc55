"""Thumbnails that can be clicked: the gallery component, with pictures over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from pages.parts import media
from pages.parts.text import one_line

_FOLDER = Path(__file__).parents[2] / "components" / "gallery"
_COMPONENT = st.components.v2.component(
    "vitrine_gallery",
    html=(_FOLDER / "gallery.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "gallery.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "gallery.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Item:
    """One thumbnail."""

    image_id: int
    sha256: str
    caption: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Thumbnails under a title; with a key the title can be clicked."""

    items: Sequence[Item]
    title: str = ""
    note: str = ""
    key: str = ""
    colour: str = ""


@dataclass(frozen=True)
class Clicked:
    """What was clicked in this run: an image, or the title of a section."""

    image_id: int | None = None
    section: str | None = None


def show(
    sections: Sequence[Section],
    *,
    key: str,
    label: str,
    layout: str = "grid",
    side: int = 128,
    on_open: Callable[[int], None] | None = None,
) -> Clicked:
    """Draw sections of thumbnails and return what was clicked; `on_open` hears of an image before the script runs.

    layout: "grid" (one even grid), "rows" (a row a section, its title at the left), "clusters" (a frame a section).
    side: pixels of a thumbnail.
    """
    data = {
        "layout": layout,
        "side": side,
        "label": label,
        "sections": [_section(section) for section in sections],
    }

    def opened() -> None:
        image_id = _whole(st.session_state[key].get("opened"))
        if on_open is not None and image_id is not None:
            on_open(image_id)

    result = _COMPONENT(data=data, key=key, on_opened_change=opened, on_entered_change=lambda: None)
    known = {section.key for section in sections}
    entered = result.entered if result.entered in known else None
    return Clicked(_whole(result.opened), entered)


def _section(section: Section) -> dict[str, object]:
    items = [
        {
            "id": item.image_id,
            "url": media.thumb_url(item.image_id, item.sha256),
            "caption": one_line(item.caption),
            "note": one_line(item.note),
        }
        for item in section.items
    ]
    return {
        **asdict(section),
        "title": one_line(section.title),
        "note": one_line(section.note),
        "items": items,
    }


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
