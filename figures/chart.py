"""A chart: its rows, how they are drawn, and what is seen, in words."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Spec = dict[str, Any]  # Vega-Lite or a part of it: what JSON can hold


@dataclass(frozen=True)
class Chart:
    """table: the rows that are drawn; spec: Vega-Lite without its data; alt: what is seen, for who cannot see it."""

    table: pa.Table
    spec: Spec
    alt: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw, and words should stand in its place."""
        return not self.table.num_rows


def class_axis(names: list[str], *, label_px: int = 140) -> Spec:
    """The vertical axis of bars by class: `names` from above, the column `class` of the table."""
    axis = {"labelLimit": label_px, "ticks": False}
    return {"field": "class", "type": "nominal", "sort": names, "title": None, "axis": axis}


def unit_axis(title: str, *, n_ticks: int = 5) -> Spec:
    """An axis from 0 to 1 in percent, without its field."""
    axis = {"format": "~%", "tickCount": n_ticks}
    return {"type": "quantitative", "scale": {"domain": [0, 1]}, "title": title, "axis": axis}


def count_axis(title: str, *, n_ticks: int = 6) -> Spec:
    """An axis of whole numbers, without its field: few are few ticks, none twice."""
    axis = {"format": ",d", "tickCount": n_ticks, "tickMinStep": 1}
    return {"type": "quantitative", "title": title, "axis": axis}
