"""What a map can be coloured by: one registry.

A new colour is one entry of COLOURS and a function that reads its values.

A colour of a result (a cluster, an issue) names in `needs` the job kind that computes it, and is offered where a run of
that kind is complete.
"""

import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.map_columns import NOTHING, Codes, category_codes, class_codes, measure_codes
from analytics.quality import SCORES
from figures import colours
from figures.names import one_line
from pages.ui import owner
from pages.ui.session import SettledGeneration
from store import projections
from store.attributes import point_attribute
from store.connection import Workspace

CLASS, CATEGORY, MEASURE = "class", "category", "measure"
N_CODES = NOTHING + 1
STABILITY = "stability"  # offered where a projection has measured it


@dataclass(frozen=True)
class MapColour:
    """Something that each point has. read(workspace, run_id): its values in the order of the run's points.

    kind CLASS: (n,) int, the class index, negative for none. CATEGORY: names (n,), null for none. MEASURE: (n,) float,
    NaN for none. name: in the address of its codes. title: what people read, and the URL says. legend: above a ramp.
    has_names: a category's names are written on the map, as those of classes are.
    """

    name: str
    title: str
    kind: str
    read: Callable[[Workspace, int], Any]
    needs: str = ""
    legend: str = ""
    has_names: bool = False


@dataclass(frozen=True)
class Coded:
    """The codes of a colour, and for a category the name of each code."""

    codes: Codes
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colouring:
    """How points are coloured: names and colours by code, or a ramp from low to high. url: where the codes are."""

    url: str
    title: str
    names: Sequence[str]
    colours: Sequence[str]
    low: str = ""
    high: str = ""
    has_names: bool = False


def _labels(workspace: Workspace, run_id: int) -> np.ndarray:
    return projections.point_values(workspace, run_id)["label"].fill_null(-1).to_numpy()


def _splits(workspace: Workspace, run_id: int) -> pa.ChunkedArray:
    return projections.point_values(workspace, run_id)["split"]


def _predicted(workspace: Workspace, run_id: int) -> np.ndarray:
    return projections.point_opinions(workspace, run_id)["predicted"].fill_null(-1).to_numpy()


def _issues(workspace: Workspace, run_id: int) -> pa.ChunkedArray:
    return projections.point_opinions(workspace, run_id)["issue"]


def _severities(workspace: Workspace, run_id: int) -> np.ndarray:
    return projections.point_opinions(workspace, run_id)["severity"].to_numpy()


def _objects(workspace: Workspace, run_id: int) -> np.ndarray:
    return projections.point_objects(workspace, run_id)


def _score(name: str) -> Callable[[Workspace, int], np.ndarray]:
    def read(workspace: Workspace, run_id: int) -> np.ndarray:
        return SCORES[name](projections.point_values(workspace, run_id)[name].to_numpy().astype(np.float64))

    return read


COLOURS: tuple[MapColour, ...] = (
    MapColour("label", "Label", CLASS, _labels),
    MapColour("split", "Split", CATEGORY, _splits),
    MapColour("source", "Source", CATEGORY, projections.point_sources),
    MapColour("predicted", "Predicted label", CLASS, _predicted, needs="label-issues"),
    MapColour("zero-shot", "Zero-shot label", CLASS, projections.point_zero_shot, needs="zero-shot"),
    MapColour("issue", "Label issue", CATEGORY, _issues, needs="label-issues"),
    MapColour("doubt", "Doubt", MEASURE, _severities, needs="label-issues", legend="Doubt about the label"),
    MapColour("cluster", "Cluster", CATEGORY, projections.point_clusters, needs="medoids", has_names=True),
    MapColour("objects", "Objects", MEASURE, _objects, needs="detect", legend="Objects detected"),
    MapColour("attribute", "Attribute", MEASURE, point_attribute, needs="attributes", legend="Share of yes"),
    MapColour("trust", "Trust", MEASURE, projections.point_trust, legend="Share of its neighbours kept"),
    MapColour(
        "stability",
        "Stability",
        MEASURE,
        projections.point_stability,
        needs=STABILITY,
        legend="Share of its neighbours on a second map too",
    ),
    *(
        MapColour(name, name.capitalize(), MEASURE, _score(name), legend=f"{name.capitalize()} (score)")
        for name in SCORES
    ),
)


def offered(complete_kinds: Collection[str]) -> dict[str, MapColour]:
    """The colours there are values for, by title. complete_kinds: job kinds that have a complete run."""
    return {colour.title: colour for colour in COLOURS if not colour.needs or colour.needs in complete_kinds}


def find(name: str) -> MapColour | None:
    """The colour called `name` in an address, or None."""
    return next((colour for colour in COLOURS if colour.name == name), None)


@functools.lru_cache(maxsize=8)
def coded(root: str, run_id: int, name: str, generation: SettledGeneration) -> Coded:
    """The codes of a colour, a byte a point in the order of the places; kept for the generation."""
    colour = next(each for each in COLOURS if each.name == name)
    values = colour.read(owner.get().workspace, run_id)
    if colour.kind == CLASS:
        return Coded(Codes(class_codes(values)))
    if colour.kind == MEASURE:
        return Coded(measure_codes(np.asarray(values, np.float64)))
    codes, names = category_codes(values)
    return Coded(Codes(codes), tuple(names))


def colouring(colour: MapColour, found: Coded, *, url: str, class_names: Sequence[str]) -> Colouring:
    """The palette and the legend of a colour."""
    if colour.kind == CLASS:
        shown = [one_line(name) for name in class_names[: N_CODES - 1]]
        return Colouring(url, colour.title, shown, _classes(), has_names=True)
    if colour.kind == CATEGORY:
        palette = colours.split_colours(list(found.names)) if colour.name == "split" else _classes()[: len(found.names)]
        grey = [colours.UNLABELLED] * (N_CODES - len(palette))
        shown = [one_line(name) for name in found.names]
        return Colouring(url, colour.title, shown, [*palette, *grey], has_names=colour.has_names)
    ends = ["–" if end is None else f"{end:.2f}" for end in (found.codes.low, found.codes.high)]
    ramp = [*_ramp(N_CODES - 1), colours.UNLABELLED]
    return Colouring(url, colour.legend or colour.title, (), ramp, low=ends[0], high=ends[1])


def _classes() -> list[str]:
    return [*(colours.class_colour(index) for index in range(N_CODES - 1)), colours.UNLABELLED]


@functools.cache
def _ramp(n: int) -> tuple[str, ...]:
    """`n` colours along the ramp, #rrggbb."""
    stops = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in colours.RAMP]
    found = []
    for step in range(n):
        place = step / (n - 1) * (len(stops) - 1)
        index = min(int(place), len(stops) - 2)
        parts = [a + (b - a) * (place - index) for a, b in zip(stops[index], stops[index + 1], strict=True)]
        found.append("#" + "".join(f"{round(part):02x}" for part in parts))
    return tuple(found)
