"""The map component: Python tells it addresses, colours and names; it tells Python of a selection or a click."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.parts import colours, map_data
from pages.parts.text import one_line

HEIGHT = 620
_FOLDER = Path(__file__).parents[2] / "components" / "map"
_COMPONENT = st.components.v2.component(
    "vitrine_map",
    html=(_FOLDER / "map.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "map.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "loader.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # the drawing library looks for its canvas under the pointer, which a shadow root would hide
)
N_CODES = 256
# Dark blue over green to yellow: even steps of lightness, also in print and for the colour-blind.
# Ref: viridis, van der Walt and Smith, 2015.
_RAMP = ("#440154", "#3b528b", "#21918c", "#5ec962", "#e8d21d")


@dataclass(frozen=True)
class Colouring:
    """How points are coloured: names and colours by code, or a ramp from low to high."""

    url: str
    title: str
    names: Sequence[str]
    colours: Sequence[str]
    low: str = ""
    high: str = ""
    has_names: bool = False


@dataclass(frozen=True)
class Selection:
    """What the lasso caught: how many, and the first of them."""

    n: int
    image_ids: tuple[int, ...]


def by_class(url: str, names: Sequence[str]) -> Colouring:
    """Colours of classes by index, their names written on the map."""
    palette = [colours.class_colour(index) for index in range(N_CODES - 1)]
    shown = [one_line(name) for name in names[: N_CODES - 1]]
    return Colouring(url, "Label", shown, [*palette, colours.UNLABELLED], has_names=True)


def by_split(url: str, splits: Sequence[str | None]) -> Colouring:
    """Colours of splits, in the order of their codes."""
    found = colours.split_colours(list(splits))
    palette = [*found, *[colours.UNLABELLED] * (N_CODES - len(found))]
    return Colouring(url, "Split", [one_line(split) if split else "(no split)" for split in splits], palette)


def by_measure(url: str, title: str, *, low: float | None, high: float | None) -> Colouring:
    """A ramp from the lowest to the highest value; grey where there is none."""
    ends = ["–" if end is None else f"{end:.2f}" for end in (low, high)]
    return Colouring(url, title, (), [*_ramp(N_CODES - 1), colours.UNLABELLED], low=ends[0], high=ends[1])


def show(run_id: int, colouring: Colouring, *, label: str, key: str, on_open: Callable[[int], None]) -> None:
    """Draw the map of run `run_id`. Points and codes do not pass here: the browser fetches them."""
    data = {
        "code": map_data.code_url(),
        "run": run_id,
        "points": map_data.points_url(run_id),
        "facts": map_data.facts_url(run_id),
        "height": HEIGHT,
        "label": label,
        "colour": {**vars(colouring), "names": list(colouring.names), "colours": list(colouring.colours)},
    }

    def opened() -> None:
        image_id = st.session_state[key].get("opened")
        if isinstance(image_id, int | float):
            on_open(int(image_id))

    _COMPONENT(data=data, key=key, on_opened_change=opened, on_selected_change=_nothing)


def selection(key: str, *, run_id: int) -> Selection | None:
    """What is selected on the map of run `run_id`, or None."""
    found = (st.session_state.get(key) or {}).get("selected")
    if not isinstance(found, dict) or found.get("run") != run_id or not found.get("n"):
        return None
    image_ids = [int(image_id) for image_id in found.get("ids", ()) if isinstance(image_id, int | float)]
    return Selection(int(found["n"]), tuple(image_ids))


def _nothing() -> None:
    """A selection needs no more than the rerun."""


def _ramp(n: int) -> list[str]:
    """`n` colours along the ramp, #rrggbb."""
    stops = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in _RAMP]
    found = []
    for step in range(n):
        place = step / (n - 1) * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        parts = [a + (b - a) * (place - index) for a, b in zip(stops[index], stops[index + 1], strict=True)]
        found.append("#" + "".join(f"{round(part):02x}" for part in parts))
    return found
