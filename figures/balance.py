"""How many images each class has, by split, and small counts beside it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.balance import ClassMatrix, shares
from figures.chart import Chart, Spec, count_axis
from figures.colours import ACCENT, split_colours
from figures.names import distinct, one_line

NO_SPLIT = "no split"
MOST_CLASSES = 60
_ROW_PX, _AXIS_PX, _LEGEND_PX = 26, 60, 36


def images_per_class(
    matrix: ClassMatrix,
    *,
    names: Sequence[str],
    as_shares: bool = False,
    log: bool = False,
    grouped: bool = False,
    by_split: bool = False,
) -> Chart:
    """A bar (or a bar a split) for each of the MOST_CLASSES largest classes, the largest first.

    names: of every class by index. Shares are of all images; grouped, of each split. A logarithmic axis cannot stack:
    splits stand side by side then, and a class without an image has no bar.
    """
    order = np.argsort(-matrix.per_class, kind="stable")[:MOST_CLASSES]
    labels = distinct(names[i] for i in order)
    splits = [NO_SPLIT if split is None else one_line(split) for split in matrix.splits] if by_split else ["all"]
    grouped = by_split and (grouped or log)
    counts = matrix.counts if by_split else matrix.per_class[:, None]
    parts = shares(counts.T).T if as_shares and grouped else counts / max(counts.sum(), 1)
    table = _table(counts[order], parts[order], labels=labels, splits=splits)
    n_bars = len(order) * (len(splits) if grouped else 1)
    colour = _split_colour(splits, split_colours(list(matrix.splits))) if by_split else {"value": ACCENT}
    encoding: Spec = {
        "y": _names_axis("class", labels),
        "x": _length(as_shares=as_shares, of_split=grouped),
        "color": colour,
        "tooltip": _tooltips(by_split=by_split),
    }
    if grouped:
        encoding["yOffset"] = {"field": "split", "sort": splits}
    if log:
        table = table.filter(pc.greater(table["images"], 0))
        _make_logarithmic(encoding, table["share" if as_shares else "images"])
    elif by_split and not grouped:
        encoding["order"] = {"field": "place", "type": "quantitative"}
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "tooltip": True},
        "height": max(_ROW_PX * len(order), 14 * n_bars) + _AXIS_PX + (_LEGEND_PX if by_split else 0),
        "encoding": encoding,
    }
    most = f"; {one_line(names[order[0]])} has most" if len(order) else ""
    return Chart(table, spec, f"Images of each class{most}")


def named_counts(counts: Mapping[str, int], *, what: str) -> Chart:
    """A short bar for each of a few named counts of images, in their order. what: what the names are, as 'format'."""
    names = distinct(counts)
    spec = {
        "mark": {"type": "bar", "cornerRadiusEnd": 2, "color": ACCENT, "tooltip": True},
        "height": _ROW_PX * len(names) + _AXIS_PX,
        "encoding": {
            "y": _names_axis(what, names),
            "x": {"field": "images", **count_axis("Images", n_ticks=4)},
            "tooltip": [{"field": what}, {"field": "images", "format": ","}],
        },
    }
    return Chart(pa.table({what: names, "images": list(counts.values())}), spec, f"Images by {what}")


def _table(counts: np.ndarray, parts: np.ndarray, *, labels: list[str], splits: list[str]) -> pa.Table:
    """A row a class and split; counts, parts: (classes, splits)."""
    return pa.table(
        {
            "class": [label for label in labels for _ in splits],
            "split": splits * len(labels),
            "images": counts.ravel(),
            "share": parts.ravel(),
            "place": list(range(len(splits))) * len(labels),
        }
    )


def _names_axis(field: str, names: list[str]) -> Spec:
    axis = {"labelLimit": 140, "labelOverlap": False, "ticks": False, "domain": False}
    return {"field": field, "type": "nominal", "sort": names, "title": None, "axis": axis}


def _length(*, as_shares: bool, of_split: bool) -> Spec:
    title = ("Share of the split's images" if of_split else "Share of all images") if as_shares else "Images"
    if not as_shares:
        return {"field": "images", **count_axis(title)}
    return {"field": "share", "type": "quantitative", "title": title, "axis": {"format": "~%", "tickCount": 6}}


def _make_logarithmic(encoding: Spec, values: pa.ChunkedArray) -> None:
    """Bars begin at half the least value: a logarithmic axis has no zero."""
    start = (pc.min(values).as_py() or 1) / 2
    encoding["x"] |= {"stack": None, "scale": {"type": "log", "domainMin": start}}
    encoding["x2"] = {"datum": start}


def _split_colour(splits: list[str], colours: list[str]) -> Spec:
    return {
        "field": "split",
        "type": "nominal",
        "title": None,
        "sort": splits,
        "scale": {"domain": splits, "range": colours},
        "legend": {"orient": "top"},
    }


def _tooltips(*, by_split: bool) -> list[Spec]:
    split = [{"field": "split"}] if by_split else []
    return [{"field": "class"}, *split, {"field": "images", "format": ","}, {"field": "share", "format": ".1%"}]
