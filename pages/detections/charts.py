"""Charts of detections, as Vega-Lite: objects per picture, classes that meet, places and sizes of boxes."""

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from figures.names import one_line
from pages.detections.queries import CELLS, RunClasses
from pages.ui.text import count, share
from store.detections import Totals

COLOUR = "#0f8a80"
MOST_TOGETHER = 18  # classes in the matrix, the commonest ones
_CELL_PX, _MARGIN_PX = 30, 110


def histogram(table: pa.Table, *, what: str, n_images: int) -> None:
    """Draw in how many pictures there are 0, 1, 2, … objects. table: n, n_images."""
    spec = {
        "mark": {"type": "bar", "color": COLOUR, "cornerRadiusEnd": 2},
        "height": 280,
        "encoding": {
            "x": {
                "field": "n",
                "type": "ordinal",
                "title": f"{one_line(what)} per picture",
                "axis": {"labelAngle": 0, "labelOverlap": True},
            },
            "y": {"field": "n_images", "type": "quantitative", "title": "Pictures", "axis": {"tickMinStep": 1}},
            "tooltip": [
                {"field": "n", "title": f"{one_line(what)} in a picture"},
                {"field": "n_images", "format": ",", "title": "pictures"},
            ],
        },
    }
    st.vega_lite_chart(table, spec, alt=f"{one_line(what)} per picture, of {n_images:,} pictures")
    mean, median, largest = _middle(table)
    st.caption(
        f"Mean {mean:.1f} a picture, median {median}, at most {largest}; {count(n_images, 'picture')} looked at."
    )


def class_table(counts: pa.Table, totals: Totals) -> None:
    """List every class with its objects and pictures."""
    shown = pa.table(
        {
            "class": [one_line(name) for name in counts["name"].to_pylist()],
            "objects": counts["n_objects"],
            "pictures": counts["n_images"],
            "share": pc.divide(pc.cast(counts["n_images"], pa.float64()), max(totals.n_images, 1)),
            "most": counts["most"],
            "area": counts["mean_share"],
        }
    )
    percent = {"format": "percent"}
    st.dataframe(
        shown,
        hide_index=True,
        height="content" if shown.num_rows <= 12 else 460,
        column_config={
            "class": st.column_config.TextColumn("Class", width=130),
            "objects": st.column_config.NumberColumn("Objects", format="localized"),
            "pictures": st.column_config.NumberColumn("Pictures", format="localized"),
            "share": st.column_config.NumberColumn("Of all pictures", **percent),
            "most": st.column_config.NumberColumn("Most in one"),
            "area": st.column_config.NumberColumn(
                "Mean area", help="Of the picture; masks where there are some.", **percent
            ),
        },
    )


def together(table: pa.Table, classes: RunClasses) -> None:
    """Draw in how many pictures two classes meet, and on the diagonal in how many one is.

    table: first_class, second_class, n.
    """
    chosen = classes.found[:MOST_TOGETHER]
    alone = {row["first_class"]: row["n"] for row in table.to_pylist() if row["first_class"] == row["second_class"]}
    order = [one_line(classes.names[index]) for index in chosen if index in alone]
    rows = [
        {
            "one": one_line(classes.names[row["first_class"]]),
            "other": one_line(classes.names[row["second_class"]]),
            "pictures": row["n"],
            "share": row["n"] / alone[row["first_class"]],
            "same": row["first_class"] == row["second_class"],
        }
        for row in table.to_pylist()
        if row["first_class"] in chosen and row["second_class"] in chosen
    ]
    if not rows:
        st.info("No object scores that much.", icon=":material/filter_alt_off:")
        return
    axis = {"type": "nominal", "sort": order, "title": None}
    encoding = {
        "y": {**axis, "field": "one", "axis": {"labelLimit": 120, "ticks": False, "labelOverlap": False}},
        "x": {
            **axis,
            "field": "other",
            "axis": {"labelLimit": 90, "labelAngle": -60, "ticks": False, "orient": "top", "labelOverlap": False},
        },
    }
    tooltip = [
        {"field": "one"},
        {"field": "other"},
        {"field": "pictures", "format": ","},
        {"field": "share", "format": ".0%", "title": "of the row's pictures"},
    ]
    dark = {"condition": {"test": "datum.share > 0.55", "value": "#ffffff"}, "value": "#333333"}
    spec = {
        "width": 42 * len(order) + _MARGIN_PX,
        "height": _CELL_PX * len(order) + _MARGIN_PX,
        "encoding": encoding,
        "layer": [
            {
                "mark": {"type": "rect"},
                "encoding": {
                    "color": {
                        "field": "share",
                        "type": "quantitative",
                        "legend": None,
                        "scale": {"domain": [0, 1], "range": ["#f2f6f5", "#0f8a80"]},
                    },
                    "tooltip": tooltip,
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"text": {"field": "pictures", "format": ",d"}, "color": dark, "tooltip": tooltip},
            },
        ],
    }
    st.vega_lite_chart(pa.Table.from_pylist(rows), spec, width="content", alt="Pictures in which two classes meet")
    left_out = f" The {len(order)} commonest of {len(alone)} classes are drawn." if len(alone) > len(order) else ""
    st.caption(
        "Numbers are pictures with an object of both classes; on the diagonal, pictures with that class. The colour is "
        f"the share of the row's pictures in which the column's class is too.{left_out}"
    )


def heat(table: pa.Table, *, of: str) -> None:
    """Draw boxes by the place of their middle, or by width and height, in shares of the picture. table: x, y, n."""
    sizes = of == "sizes"
    x_title, y_title = ("Width", "Height") if sizes else ("From the left", "From the top")
    grid = table.append_column("left", pc.divide(pc.cast(table["x"], pa.float64()), CELLS))
    grid = grid.append_column("top", pc.divide(pc.cast(table["y"], pa.float64()), CELLS))
    grid = grid.append_column("right", pc.add(grid["left"], 1 / CELLS)).append_column(
        "low", pc.add(grid["top"], 1 / CELLS)
    )
    side = {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"format": "~%", "tickCount": 4, "grid": False},
    }
    # From above, as in the picture; a box's height grows upwards.
    down = {"domain": [0, 1], "reverse": not sizes}
    spec = {
        "mark": {"type": "rect"},
        "height": 320,
        "encoding": {
            "x": {**side, "field": "left", "title": f"{x_title} (share of the picture)"},
            "x2": {"field": "right"},
            "y": {**side, "field": "top", "title": f"{y_title} (share of the picture)", "scale": down},
            "y2": {"field": "low"},
            "color": {
                "field": "n",
                "type": "quantitative",
                "title": "Boxes",
                "scale": {"type": "sqrt", "scheme": "viridis"},
                "legend": {"orient": "top", "gradientLength": 160, "tickCount": 4},
            },
            "tooltip": [
                {"field": "left", "format": ".0%", "title": x_title},
                {"field": "top", "format": ".0%", "title": y_title},
                {"field": "n", "format": ",", "title": "boxes"},
            ],
        },
    }
    st.vega_lite_chart(grid, spec, alt=f"Boxes by {'size' if sizes else 'place'}")


def _middle(table: pa.Table) -> tuple[float, int, int]:
    """Mean, median and largest number of objects a picture."""
    rows = table.to_pylist()
    total = sum(row["n_images"] for row in rows) or 1
    seen, median = 0, 0
    for row in rows:
        seen += row["n_images"]
        if seen * 2 >= total:
            median = row["n"]
            break
    return sum(row["n"] * row["n_images"] for row in rows) / total, median, max((row["n"] for row in rows), default=0)


def precision_words(value: float) -> str:
    """An average precision as people write it; – where it is not known."""
    return "–" if value != value else share(value)
