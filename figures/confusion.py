"""Confusion matrices: pictures by true class and by what a model says, of one model or as a difference of two."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from figures.chart import Chart, Spec
from figures.names import one_line

PARAM = "cell"  # a click gives the fields true_index and said_index of the cell under this name
SIDE_BY_SIDE = 16  # classes, up to which two matrices fit beside each other
_ROW_PX, _MARGIN_PX = 30, 96
_ALT = "Pictures by label and by what the run says"


def confusion(counts: np.ndarray, *, names: Sequence[str], as_shares: bool = False) -> Chart:
    """A cell for each pair of classes; rows are the true class. Empty where there is no picture.

    counts: (c, c) pictures by true class and said class; names: (c,). Classes that are neither true nor said are left
    out. Shares are of the pictures of the true class, so that recall stands on the diagonal.
    """
    values = _of_rows(counts, n=counts.sum(axis=1)) if as_shares else counts
    table = _table(values, names=names, shown=counts > 0, used=_used(counts))
    scale = {"range": ["#f3ead9", "#d06a1c"], "domain": [0, _most(table)]}
    form = ".0%" if as_shares else ","
    return Chart(table, _spec(table, scale=scale, form=form, what="pictures"), _ALT)


def confusion_difference(
    first: np.ndarray, second: np.ndarray, *, names: Sequence[str], as_shares: bool = False
) -> Chart:
    """second less first, cell by cell: orange where second says it more often, blue where first does.

    first, second: (c, c) as in confusion, both of the same pictures. Cells without a difference carry no number.
    """
    change = second - first
    values = _of_rows(change, n=first.sum(axis=1)) if as_shares else change
    table = _table(values, names=names, shown=change != 0, used=_used(first + second))
    most = _most(table)
    scale = {"range": ["#4a7fd0", "#f6f3ee", "#d06a1c"], "interpolate": "rgb", "domain": [-most, 0, most]}
    form = "+.0%" if as_shares else "+,"
    return Chart(table, _spec(table, scale=scale, form=form, what="difference"), _ALT)


def _of_rows(values: np.ndarray, *, n: np.ndarray) -> np.ndarray:
    """Each row of values (c, c) as shares of n (c,); 0 where n is."""
    shares = np.zeros(values.shape)
    np.divide(values, n[:, None], out=shares, where=n[:, None] > 0)
    return shares


def _used(counts: np.ndarray) -> np.ndarray:
    return np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1) > 0)


def _table(values: np.ndarray, *, names: Sequence[str], shown: np.ndarray, used: np.ndarray) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "true": one_line(names[true]),
                "true_index": int(true),
                "said": one_line(names[said]),
                "said_index": int(said),
                "value": float(values[true, said]),
                "is_shown": bool(shown[true, said]),
            }
            for true in used
            for said in used
        ]
    )


def _most(table: pa.Table) -> float:
    return max(1e-9, float(pc.max(pc.abs(table["value"])).as_py())) if table.num_rows else 1e-9


def _spec(table: pa.Table, *, scale: Spec, form: str, what: str) -> Spec:
    order = list(dict.fromkeys(table["true"].to_pylist())) if table.num_rows else []
    axis = {"labelLimit": 90, "domain": False, "ticks": False, "labelOverlap": False}
    x_axis = {**axis, "orient": "top", "labelAngle": -40}
    tooltip = [
        {"field": "true", "title": "label"},
        {"field": "said"},
        {"field": "value", "format": form, "title": what},
    ]
    cells = {
        "params": [{"name": PARAM, "select": {"type": "point", "fields": ["true_index", "said_index"]}}],
        "mark": {"type": "rect", "cursor": "pointer", "cornerRadius": 3, "tooltip": True},
        "encoding": {
            "color": {"field": "value", "type": "quantitative", "legend": None, "scale": scale},
            "tooltip": tooltip,
        },
    }
    font_px = 11 if len(order) <= SIDE_BY_SIDE else 9
    numbers = {
        "transform": [{"filter": "datum.is_shown"}],
        "mark": {"type": "text", "fontSize": font_px, "color": "#2b2520", "tooltip": None},
        "encoding": {"text": {"field": "value", "format": form}},
    }
    return {
        "padding": {"left": 5, "top": 5, "right": 34, "bottom": 5},
        "height": _ROW_PX * len(order) + _MARGIN_PX,
        "encoding": {
            "x": {"field": "said", "type": "nominal", "sort": order, "title": "Said", "axis": x_axis},
            "y": {"field": "true", "type": "nominal", "sort": order, "title": "Label", "axis": axis},
        },
        "layer": [cells, numbers],
    }
