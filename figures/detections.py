"""Detected objects: how many a picture, which classes meet, where boxes lie and how large they are."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from analytics.wording import count
from figures.chart import Chart, Spec, count_axis
from figures.colours import ACCENT
from figures.names import one_line

MOST_TOGETHER = 18  # classes in the matrix, the commonest ones
_COLUMN_PX, _CELL_PX, _MARGIN_PX = 42, 30, 110


def objects_per_picture(table: pa.Table, *, what: str, n_images: int) -> Chart:
    """In how many pictures there are 0, 1, 2, … objects.

    table: n, n_images; what: the objects' name; n_images: pictures that were looked at.
    """
    what = one_line(what)
    spec = {
        "mark": {"type": "bar", "color": ACCENT, "cornerRadiusEnd": 2},
        "height": 280,
        "encoding": {
            "x": {
                "field": "n",
                "type": "ordinal",
                "title": f"{what} per picture",
                "axis": {"labelAngle": 0, "labelOverlap": True},
            },
            "y": {"field": "n_images", **count_axis("Pictures")},
            "tooltip": [
                {"field": "n", "title": f"{what} in a picture"},
                {"field": "n_images", "format": ",", "title": "pictures"},
            ],
        },
    }
    return Chart(table, spec, f"{what} per picture, of {count(n_images, 'picture')}")


def co_occurrence(table: pa.Table, *, names: Mapping[int, str], common: Sequence[int]) -> Chart:
    """In how many pictures two classes meet, and on the diagonal in how many one is; the first MOST_TOGETHER of common.

    table: first_class, second_class, n; names: by class index; common: class indices, the commonest first. The colour
    is the share of the row's pictures. Empty where no class has an object.
    """
    chosen = common[:MOST_TOGETHER]
    pairs = [row for row in table.to_pylist() if row["first_class"] in chosen and row["second_class"] in chosen]
    alone = {row["first_class"]: row["n"] for row in pairs if row["first_class"] == row["second_class"]}
    rows = [
        {
            "one": one_line(names[row["first_class"]]),
            "other": one_line(names[row["second_class"]]),
            "pictures": row["n"],
            "share": row["n"] / alone[row["first_class"]],
            "same": row["first_class"] == row["second_class"],
        }
        for row in pairs
    ]
    order = [one_line(names[index]) for index in chosen if index in alone]
    return Chart(pa.Table.from_pylist(rows), _matrix(order), "Pictures in which two classes meet")


def box_positions(table: pa.Table, *, n_cells: int) -> Chart:
    """Boxes by the place of their middle, in shares of the picture, from above as in the picture.

    table: x, y (cell, from 0 on), n boxes; n_cells: cells along each side.
    """
    spec = _heat(x="From the left", y="From the top", is_downwards=True)
    return Chart(_in_shares(table, n_cells=n_cells), spec, "Boxes by place")


def box_sizes(table: pa.Table, *, n_cells: int) -> Chart:
    """Boxes by width and height, in shares of the picture. table, n_cells: as in box_positions."""
    return Chart(_in_shares(table, n_cells=n_cells), _heat(x="Width", y="Height", is_downwards=False), "Boxes by size")


def _matrix(order: list[str]) -> Spec:
    axis = {"type": "nominal", "sort": order, "title": None}
    bare = {"ticks": False, "labelOverlap": False}
    tooltip = [
        {"field": "one"},
        {"field": "other"},
        {"field": "pictures", "format": ","},
        {"field": "share", "format": ".0%", "title": "of the row's pictures"},
    ]
    colour = {
        "field": "share",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 1], "range": ["#f2f6f5", "#0f8a80"]},
    }
    ink = {"condition": {"test": "datum.share > 0.55", "value": "#ffffff"}, "value": "#333333"}
    numbers = {"text": {"field": "pictures", "format": ",d"}, "color": ink, "tooltip": tooltip}
    return {
        "width": _COLUMN_PX * len(order) + _MARGIN_PX,
        "height": _CELL_PX * len(order) + _MARGIN_PX,
        "encoding": {
            "y": {**axis, "field": "one", "axis": {"labelLimit": 120, **bare}},
            "x": {**axis, "field": "other", "axis": {"labelLimit": 90, "labelAngle": -60, "orient": "top", **bare}},
        },
        "layer": [
            {"mark": {"type": "rect"}, "encoding": {"color": colour, "tooltip": tooltip}},
            {"mark": {"type": "text", "fontSize": 11}, "encoding": numbers},
        ],
    }


def _in_shares(table: pa.Table, *, n_cells: int) -> pa.Table:
    """The table with the sides of each cell: left, top, right, low."""
    for side, cell in (("left", "x"), ("top", "y")):
        table = table.append_column(side, pc.divide(pc.cast(table[cell], pa.float64()), n_cells))
    for end, side in (("right", "left"), ("low", "top")):
        table = table.append_column(end, pc.add(table[side], 1 / n_cells))
    return table


def _heat(*, x: str, y: str, is_downwards: bool) -> Spec:
    side = {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "~%", "tickCount": 4, "grid": False},
    }
    up = {"domain": [0, 1], "reverse": is_downwards}
    return {
        "mark": {"type": "rect"},
        "height": 320,
        "encoding": {
            "x": {**side, "field": "left", "title": f"{x} (share of the picture)"},
            "x2": {"field": "right"},
            "y": {**side, "field": "top", "title": f"{y} (share of the picture)", "scale": up},
            "y2": {"field": "low"},
            "color": {
                "field": "n",
                "type": "quantitative",
                "title": "Boxes",
                "scale": {"type": "sqrt", "scheme": "viridis"},
                "legend": {"orient": "top", "gradientLength": 160, "tickCount": 4, "tickMinStep": 1, "format": ",d"},
            },
            "tooltip": [
                {"field": "left", "format": ".0%", "title": x},
                {"field": "top", "format": ".0%", "title": y},
                {"field": "n", "format": ",", "title": "boxes"},
            ],
        },
    }
