"""Charts, as Vega-Lite; the numbers come ready from the store and analytics."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics.balance import ClassMatrix, shares
from analytics.sizes import SizeBins
from figures.colours import split_colours
from figures.names import one_line

NO_SPLIT = "no split"
ROW_PX = 26
AXIS_PX, LEGEND_PX = 60, 36
AT_MOST_BARS = 60


def class_bars(
    matrix: ClassMatrix, names: Sequence[str], *, as_shares: bool, log: bool, grouped: bool, by_split: bool
) -> int:
    """Draw a bar (or a bar a split) for each class, the largest first; returns how many classes are drawn.

    Shares are of all images; grouped, of each split. A logarithmic axis cannot stack: splits stand side by side.
    """
    order = np.argsort(-matrix.per_class, kind="stable")[:AT_MOST_BARS]
    splits = [NO_SPLIT if split is None else one_line(split) for split in matrix.splits] if by_split else ["all"]
    counts = matrix.counts if by_split else matrix.per_class[:, None]
    grouped = by_split and (grouped or log)
    parts = shares(counts.T).T if as_shares and grouped else counts / max(counts.sum(), 1)
    labels = _unlike([one_line(names[i]) for i in order])
    table = pa.table(
        {
            "class": [label for label in labels for _ in splits],
            "split": splits * len(order),
            "images": counts[order].ravel(),
            "share": parts[order].ravel(),
            "place": list(range(len(splits))) * len(order),
        }
    )
    table = table.filter(pa.compute.greater(table["images"], 0)) if log else table
    colours = split_colours(list(matrix.splits)) if by_split else ["#0f8a80"]
    n_bars = len(order) * (len(splits) if grouped else 1)
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "tooltip": True},
        "height": max(ROW_PX * len(order), 14 * n_bars) + AXIS_PX + (LEGEND_PX if by_split else 0),
        "encoding": {
            "y": {
                "field": "class",
                "type": "nominal",
                "sort": labels,
                "title": None,
                "axis": {"labelLimit": 140, "labelOverlap": False, "ticks": False, "domain": False},
            },
            "x": _length(as_shares=as_shares, of_split=grouped),
            "color": _split_colour(splits, colours) if by_split else {"value": colours[0]},
            "tooltip": _tooltips(by_split=by_split),
        },
    }
    if grouped:
        spec["encoding"]["yOffset"] = {"field": "split", "sort": splits}
    if log:
        least = pa.compute.min(table["share" if as_shares else "images"]).as_py() / 2
        spec["encoding"]["x"] |= {"stack": None, "scale": {"type": "log", "domainMin": least}}
        spec["encoding"]["x2"] = {"datum": least}
    elif by_split and not grouped:
        spec["encoding"]["order"] = {"field": "place", "type": "quantitative"}
    st.vega_lite_chart(table, spec, alt=f"Images of each class; {one_line(names[order[0]])} has most")
    return len(order)


def size_bubbles(bins: SizeBins) -> None:
    """Draw a circle for each group of similar sizes: width across, height up, area by the number of images."""
    table = pa.table({"width": bins.width, "height": bins.height, "images": bins.n})
    side = {"type": "quantitative", "scale": {"type": "log", "base": 2, "nice": True}, "axis": {"tickCount": 6}}
    spec = {
        "mark": {"type": "circle", "opacity": 0.65, "color": "#0f8a80"},
        "height": 280,
        "encoding": {
            "x": {**side, "field": "width", "title": "Width (pixels)"},
            "y": {**side, "field": "height", "title": "Height (pixels)"},
            "size": {"field": "images", "type": "quantitative", "scale": {"range": [30, 900]}, "legend": None},
            "tooltip": [
                {"field": "width", "format": ",.0f", "title": "mean width"},
                {"field": "height", "format": ",.0f", "title": "mean height"},
                {"field": "images", "format": ",", "title": "images"},
            ],
        },
    }
    st.vega_lite_chart(table, spec, alt="Widths and heights of the images")


def small_bars(counts: Mapping[str, int], *, what: str) -> None:
    """Draw a short bar chart of a few named counts, in their order."""
    names = _unlike([one_line(name) for name in counts])
    table = pa.table({what: names, "images": list(counts.values())})
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "color": "#0f8a80", "tooltip": True},
        "height": ROW_PX * len(names) + AXIS_PX,
        "encoding": {
            "y": {
                "field": what,
                "type": "nominal",
                "sort": names,
                "title": None,
                "axis": {"labelLimit": 140, "labelOverlap": False, "ticks": False, "domain": False},
            },
            "x": {"field": "images", "type": "quantitative", "title": "Images", "axis": {"tickCount": 4}},
            "tooltip": [{"field": what}, {"field": "images", "format": ","}],
        },
    }
    st.vega_lite_chart(table, spec, alt=f"Images by {what}")


def _length(*, as_shares: bool, of_split: bool) -> dict[str, object]:
    title = ("Share of the split's images" if of_split else "Share of all images") if as_shares else "Images"
    axis = {"format": "~%" if as_shares else ",d", "tickCount": 6}
    return {
        "field": "share" if as_shares else "images",
        "type": "quantitative",
        "title": title,
        "axis": axis,
    }


def _split_colour(splits: list[str], colours: list[str]) -> dict[str, object]:
    return {
        "field": "split",
        "type": "nominal",
        "title": None,
        "sort": splits,
        "scale": {"domain": splits, "range": colours},
        "legend": {"orient": "top"},
    }


def _tooltips(*, by_split: bool) -> list[dict[str, str]]:
    split = [{"field": "split"}] if by_split else []
    return [{"field": "class"}, *split, {"field": "images", "format": ","}, {"field": "share", "format": ".1%"}]


def _unlike(names: list[str]) -> list[str]:
    """The names, with a count behind those that came before: two bars never share a place."""
    seen: dict[str, int] = {}
    unlike = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unlike.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unlike
