"""Detections summed up: charts with their captions, and the table of classes."""

import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from figures.detections import box_positions, box_sizes, co_occurrence, objects_per_picture
from figures.names import one_line
from pages.detections.queries import CELLS, RunClasses
from pages.ui import charts, tables
from pages.ui.text import count
from store.detections import Totals


def histogram(table: pa.Table, *, what: str, n_images: int) -> None:
    """Draw in how many pictures there are 0, 1, 2, … objects. table: n, n_images."""
    charts.draw(objects_per_picture(table, what=what, n_images=n_images))
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
    tables.show(
        shown,
        hide_index=True,
        height="content" if shown.num_rows <= 12 else 460,
        column_config={
            "class": st.column_config.TextColumn("Class", width=130),
            "objects": st.column_config.NumberColumn("Objects", format="localized"),
            "pictures": st.column_config.NumberColumn("Pictures", format="localized"),
            "share": st.column_config.NumberColumn("Of all pictures", format="percent"),
            "most": st.column_config.NumberColumn("Most in one"),
            "area": st.column_config.NumberColumn(
                "Mean area", help="Of the picture; masks where there are some.", format="percent"
            ),
        },
    )


def together(table: pa.Table, classes: RunClasses) -> None:
    """Draw in how many pictures two classes meet, and on the diagonal in how many one is.

    table: first_class, second_class, n.
    """
    chart = co_occurrence(table, names=classes.names, common=classes.found)
    if chart.is_empty:
        st.info("No object scores that much.", icon=":material/filter_alt_off:")
        return
    charts.draw(chart, width="content")
    n_classes = pc.sum(pc.equal(table["first_class"], table["second_class"])).as_py()
    n_drawn = len(chart.figure.layout.yaxis.tickvals)
    left_out = f" The {n_drawn} commonest of {n_classes} classes are drawn." if n_classes > n_drawn else ""
    st.caption(
        "Numbers are pictures with an object of both classes; on the diagonal, pictures with that class. The colour is "
        f"the share of the row's pictures in which the column's class is too.{left_out}"
    )


def heat(table: pa.Table, *, of: str) -> None:
    """Draw boxes by the place of their middle, or by width and height, in shares of the picture. table: x, y, n."""
    figure = box_sizes if of == "sizes" else box_positions
    charts.draw(figure(table, n_cells=CELLS))


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
