"""The map's filter: widgets in, a set of points out, a bit a point."""

import functools
import math
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics.point_sets import pack_set
from analytics.quality import SCORES
from figures.names import one_line
from pages.ui import links, owner
from pages.ui.filters import NO_SPLIT_TITLE
from pages.ui.session import SettledGeneration
from pages.ui.text import LONGEST_LINE, count
from store import projections

MEASURES = {name.capitalize(): name for name in SCORES}


@dataclass(frozen=True)
class MapFilter:
    """Which points are shown. Empty leaves a filter open. splits: "" is no split. low, high: of the measure's score."""

    classes: tuple[int, ...] = ()
    splits: tuple[str, ...] = ()
    text: str = ""
    measure: str = ""
    low: float = 0.0
    high: float = 1.0

    @property
    def is_open(self) -> bool:
        """Whether every point fits."""
        return self == MapFilter()

    def query(self) -> str:
        """As the query of an address."""
        words: list[tuple[str, object]] = [("class", index) for index in self.classes]
        words += [("split", split) for split in self.splits]
        words += [("text", self.text)] if self.text else []
        words += [("measure", self.measure), ("low", self.low), ("high", self.high)] if self.measure else []
        return urllib.parse.urlencode(words)


def from_query(words: Sequence[tuple[str, str]]) -> MapFilter:
    """The filter in an address's query; raises ValueError for a word that is no number or no measure."""
    one: Mapping[str, str] = dict(words)
    measure = one.get("measure", "")
    if measure and measure not in SCORES:
        raise ValueError(f"measure must be one of {', '.join(SCORES)}, not {measure[:40]!r}.")
    classes = [links.number_of(value) for name, value in words if name == "class"]
    low, high = float(one.get("low", 0)), float(one.get("high", 1))
    if None in classes or not math.isfinite(low) or not math.isfinite(high):
        raise ValueError("a class is a whole number, and low and high are finite ones.")
    return MapFilter(
        tuple(index for index in classes if index is not None),
        tuple(value for name, value in words if name == "split"),
        one.get("text", ""),
        measure,
        low,
        high,
    )


@functools.lru_cache(maxsize=16)
def fitting(root: str, run_id: int, wanted: MapFilter, generation: SettledGeneration) -> tuple[bytes, int]:
    """The points that fit, a bit each, and how many they are; kept for the generation."""
    workspace = owner.get().workspace
    values = projections.point_values(workspace, run_id)
    fits = np.ones(values.num_rows, bool)
    if wanted.classes:
        fits &= np.isin(values["label"].fill_null(-1).to_numpy(), wanted.classes)
    if wanted.splits:
        encoded = values["split"].fill_null("").combine_chunks().dictionary_encode()
        wished = [place for place, split in enumerate(encoded.dictionary.to_pylist()) if split in wanted.splits]
        fits &= np.isin(encoded.indices.to_numpy(zero_copy_only=False), wished)
    if wanted.measure:
        scores = SCORES[wanted.measure](values[wanted.measure].to_numpy().astype(np.float64))
        fits &= (scores >= wanted.low) & (scores <= wanted.high)
    if wanted.text:
        fits &= projections.point_matches(workspace, run_id, text=wanted.text)
    return pack_set(fits), int(fits.sum())


def choose(names: Sequence[str], splits: Sequence[str | None]) -> MapFilter:
    """Draw the filter's widgets, bound to the URL. names: class labels by index; splits: None for no split."""
    titles = {NO_SPLIT_TITLE if split is None else one_line(split): split or "" for split in splits}
    with st.popover("Filter", icon=":material/filter_alt:"):
        classes = st.multiselect("Classes", list(names), key="classes", bind="query-params", placeholder="All")
        picked = []
        if len(titles) > 1:
            picked = st.multiselect("Splits", list(titles), key="splits", bind="query-params", placeholder="All")
        text = st.text_input(
            "File name contains", key="named", bind="query-params", type="search", max_chars=LONGEST_LINE
        )
        measure = st.selectbox(
            "Quality measure", list(MEASURES), index=None, key="measure", bind="query-params", placeholder="Any"
        )
        low, high = 0.0, 1.0
        if measure:
            low, high = st.slider("Score from and to", 0.0, 1.0, (0.0, 1.0), 0.01, key="score", bind="query-params")
        st.button("Show all again", on_click=_open, icon=":material/filter_alt_off:", key="map_filter_open")
    indices = tuple(names.index(name) for name in classes if name in names)
    name = MEASURES.get(measure or "", "")
    chosen = tuple(titles[title] for title in picked if title in titles)
    return MapFilter(indices, chosen, (text or "").strip(), name, low, high)


def in_words(n_fitting: int, n_points: int) -> str:
    """How many points the filter leaves."""
    return f"The filter leaves {count(n_fitting, 'point')} of {n_points:,}."


def _open() -> None:
    st.session_state.update({"classes": [], "splits": [], "named": "", "measure": None})
