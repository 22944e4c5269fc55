"""Detected objects: how many a picture, which classes meet, where boxes lie and how large they are."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
import pyarrow as pa

from analytics.wording import count
from figures.cells import SMALLEST, Cells, across, cells, overhang
from figures.chart import Axis, Chart, class_axis, count_axis, draw, hover, titled
from figures.colours import ACCENT, RAMP
from figures.names import literal, one_line

MOST_TOGETHER = 18  # classes in the matrix, the commonest ones
_COLUMN_PX, _CELL_PX, _MARGIN_PX = 42, 30, 110
_LABEL_PX, _ANGLE = 90, -60


def objects_per_picture(table: pa.Table, *, what: str, n_images: int) -> Chart:
    """In how many pictures there are 0, 1, 2, … objects.

    table: n, n_images; what: the objects' name; n_images: pictures that were looked at.
    """
    name, pictures = literal(what), table["n_images"].to_pylist()
    bars = go.Bar(
        x=[str(n) for n in table["n"].to_pylist()],
        y=pictures,
        marker={"color": ACCENT},
        meta=name,
        hovertemplate=hover("%{meta} in a picture: %{x}", "pictures: %{y:,}"),
    )
    figure = draw(
        [bars],
        height=280,
        # side by side also where a number is left out; Plotly writes as many of them as there is room for
        x={"type": "category", "title": titled(f"{name} per picture"), "tickangle": 0, "showgrid": False},
        y=count_axis("Pictures", most=max(pictures, default=0)),
        bargap=0.15,
    )
    return Chart(figure, f"{one_line(what)} per picture, of {count(n_images, 'picture')}", table.num_rows)


def co_occurrence(table: pa.Table, *, names: Mapping[int, str], common: Sequence[int]) -> Chart:
    """In how many pictures two classes meet, and on the diagonal in how many one is; the first MOST_TOGETHER of common.

    table: first_class, second_class, n; names: by class index; common: class indices, the commonest first. The colour
    is the share of the row's pictures. Empty where no class has an object.
    """
    chosen = common[:MOST_TOGETHER]
    pairs = [row for row in table.to_pylist() if row["first_class"] in chosen and row["second_class"] in chosen]
    alone = {row["first_class"]: row["n"] for row in pairs if row["first_class"] == row["second_class"]}
    order = [index for index in chosen if index in alone]
    place = {index: at for at, index in enumerate(order)}
    shares = np.array([row["n"] / alone[row["first_class"]] for row in pairs], float)
    drawn = Cells(
        row=np.array([place[row["first_class"]] for row in pairs], int),
        column=np.array([place[row["second_class"]] for row in pairs], int),
        value=shares,
        text=[f"{row['n']:,}" for row in pairs],
        custom=[
            [literal(names[row["first_class"]]), literal(names[row["second_class"]]), f"{share:.0%}"]
            for row, share in zip(pairs, shares, strict=True)
        ],
        is_dark=(shares > 0.55).tolist(),
    )
    said = hover("%{customdata[0]}, %{customdata[1]}", "pictures: %{text}", "of the row's pictures: %{customdata[2]}")
    shown = [one_line(names[index]) for index in order]
    figure = draw(
        [cells(drawn, colours=["#f2f6f5", "#0f8a80"], ends=(0.0, 1.0), hovertemplate=said, font_px=11)],
        width=_COLUMN_PX * len(order) + _MARGIN_PX,
        height=_CELL_PX * len(order) + _MARGIN_PX,
        x=across(shown, title=None, label_px=_LABEL_PX, angle=_ANGLE),
        y=class_axis(shown, label_px=120),
        margin=overhang(shown, label_px=_LABEL_PX, angle=_ANGLE),
        uniformtext=SMALLEST,
    )
    return Chart(figure, "Pictures in which two classes meet", len(pairs))


def box_positions(table: pa.Table, *, n_cells: int) -> Chart:
    """Boxes by the place of their middle, in shares of the picture, from above as in the picture.

    table: x, y (cell, from 0 on), n boxes; n_cells: cells along each side.
    """
    figure = _heat(table, n_cells=n_cells, x="From the left", y="From the top", is_downwards=True)
    return Chart(figure, "Boxes by place", table.num_rows)


def box_sizes(table: pa.Table, *, n_cells: int) -> Chart:
    """Boxes by width and height, in shares of the picture. table, n_cells: as in box_positions."""
    figure = _heat(table, n_cells=n_cells, x="Width", y="Height", is_downwards=False)
    return Chart(figure, "Boxes by size", table.num_rows)


def _heat(table: pa.Table, *, n_cells: int, x: str, y: str, is_downwards: bool) -> go.Figure:
    """A coloured cell where there are boxes, by the square root of how many, so that single ones are seen too."""
    boxes = np.zeros((n_cells, n_cells), np.int64)
    boxes[table["y"].to_numpy(), table["x"].to_numpy()] = table["n"].to_numpy()
    most = max(int(boxes.max()), 1)
    heat = go.Heatmap(
        z=boxes.astype(np.min_scalar_type(most)),
        x0=0.5 / n_cells,
        dx=1 / n_cells,
        y0=0.5 / n_cells,
        dy=1 / n_cells,
        zmin=0,
        zmax=most,
        colorscale=_by_root(most),
        colorbar={
            "len": 1,
            "thickness": 10,
            "outlinewidth": 0,
            "title": {"text": "Boxes"},
            **{key: value for key, value in count_axis("", most=most, n_ticks=4).items() if "tick" in key},
        },
        hovertemplate=hover(f"{x}: %{{x:.0%}}", f"{y}: %{{y:.0%}}", "boxes: %{z:,}"),
    )
    across = _share_axis(f"{x} (share of the picture)")
    down = _share_axis(f"{y} (share of the picture)")
    if is_downwards:
        down["range"] = [1, 0]
    return draw([heat], height=320, x=across, y=down)


def _by_root(most: int) -> list[list[object]]:
    """A colour scale by the square root of a number up to `most`; nothing has no colour."""
    n = len(RAMP) - 1
    steps = [[max((i / n) ** 2, 0.5 / most), colour] for i, colour in enumerate(RAMP)]
    return [[0, "rgba(0,0,0,0)"], [steps[0][0], "rgba(0,0,0,0)"], *steps]


def _share_axis(title: str) -> Axis:
    return {"title": titled(title), "range": [0, 1], "tickformat": "~%", "dtick": 0.25, "showgrid": False}
