"""The map component: Python tells it addresses, colours and names; it tells Python of a selection or a click."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.map import http
from pages.map.colours import Colouring

HEIGHT = 620
_FOLDER = Path(__file__).parents[2] / "components" / "map"
_COMPONENT = st.components.v2.component(
    "vitrine_map",
    html=(_FOLDER / "map.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "map.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "loader.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the drawing library looks for its canvas under the pointer, which a shadow root would hide
)


@dataclass(frozen=True)
class View:
    """One pane: a run's points, how they are coloured, which are shown, and the address of the picture of it all.

    chosen: the selection to show, as map_selection.for_view gives it.
    """

    run_id: int
    dims: int
    colouring: Colouring
    label: str
    filter_url: str = ""
    picture_url: str = ""
    chosen: dict[str, str] | None = None
    height: int = HEIGHT


def show(
    view: View, *, key: str, on_open: Callable[[int], None], on_select: Callable[[dict[str, object]], None]
) -> None:
    """Draw a pane. Points, codes and sets do not pass here: the browser fetches them.

    on_select hears {"run", "n", "key", "turn"}: which points of the run were selected here.
    """
    colour = vars(view.colouring)
    data = {
        "code": http.code_url(),
        "run": view.run_id,
        "dims": view.dims,
        "points": http.points_url(view.run_id),
        "facts": http.facts_url(view.run_id),
        "keep": http.keep_url(view.run_id),
        "height": view.height,
        "label": view.label,
        "picture": view.picture_url,
        "filter": {"url": view.filter_url} if view.filter_url else None,
        "chosen": view.chosen,
        "colour": {**colour, "names": list(colour["names"]), "colours": list(colour["colours"])},
    }

    def opened() -> None:
        image_id = st.session_state[key].get("opened")
        if isinstance(image_id, int | float):
            on_open(int(image_id))

    def selected() -> None:
        found = st.session_state[key].get("selected")
        if isinstance(found, dict):
            on_select(found)

    _COMPONENT(data=data, key=key, on_opened_change=opened, on_selected_change=selected)
