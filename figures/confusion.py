"""Confusion matrices: pictures by true class and by what a model says, of one model or as a difference of two."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from analytics.arrays import Floats, Ints, Numbers
from figures.cells import SMALLEST, Cells, across, cells, overhang
from figures.chart import Chart, class_axis, draw, hover, titled
from figures.names import literal, one_line

SIDE_BY_SIDE = 16  # classes, up to which two matrices fit beside each other
_ROW_PX, _MARGIN_PX = 30, 96
_LABEL_PX, _ANGLE = 90, -40
_ALT = "Pictures by label and by what the run says"


def confusion(counts: Ints, *, names: Sequence[str], as_shares: bool = False) -> Chart:
    """A cell for each pair of classes; rows are the true class. Empty where there is no picture.

    counts: (c, c) pictures by true class and said class; names: (c,). Classes that are neither true nor said are left
    out. Shares are of the pictures of the true class, so that recall stands on the diagonal. A click gives the indices
    of both classes, the true one first.
    """
    values = _of_rows(counts, n=counts.sum(axis=1)) if as_shares else counts
    used = _used(counts)
    form = ".0%" if as_shares else ","
    colours, ends = ["#f3ead9", "#d06a1c"], (0.0, _most(values, used))
    figure = _matrix(
        values, used=used, names=names, shown=counts > 0, form=form, what="pictures", colours=colours, ends=ends
    )
    return Chart(figure, _ALT, len(used) ** 2)


def confusion_difference(first: Ints, second: Ints, *, names: Sequence[str], as_shares: bool = False) -> Chart:
    """second less first, cell by cell: orange where second says it more often, blue where first does.

    first, second: (c, c) as in confusion, both of the same pictures. Cells without a difference carry no number.
    """
    change = second - first
    values = _of_rows(change, n=first.sum(axis=1)) if as_shares else change
    used = _used(first + second)
    most = _most(values, used)
    form = "+.0%" if as_shares else "+,"
    colours, ends = ["#4a7fd0", "#f6f3ee", "#d06a1c"], (-most, most)
    figure = _matrix(
        values, used=used, names=names, shown=change != 0, form=form, what="difference", colours=colours, ends=ends
    )
    return Chart(figure, _ALT, len(used) ** 2)


def _of_rows(values: Ints, *, n: Ints) -> Floats:
    """Each row of values (c, c) as shares of n (c,); 0 where n is."""
    shares = np.zeros(values.shape)
    np.divide(values, n[:, None], out=shares, where=n[:, None] > 0)
    return shares


def _used(counts: Ints) -> Ints:
    return np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1) > 0)


def _most(values: Numbers, used: Ints) -> float:
    return max(1e-9, float(np.abs(values[np.ix_(used, used)]).max(initial=0)))


def _matrix(
    values: Numbers,
    *,
    used: Ints,
    names: Sequence[str],
    shown: np.ndarray,
    form: str,
    what: str,
    colours: Sequence[str],
    ends: tuple[float, float],
) -> go.Figure:
    """The cells of the used classes. shown: (c, c) which carry a number; form: of a number; what: it is."""
    n = len(used)
    row, column = (each.ravel() for each in np.indices((n, n)))
    pairs = [(int(used[i]), int(used[j])) for i, j in zip(row, column, strict=True)]
    written = [format(values[pair].item(), form).replace("-", "−") for pair in pairs]
    whole = [literal(names[index]) for index in used]
    drawn = Cells(
        row=row,
        column=column,
        value=values[used[row], used[column]],
        text=[text if shown[pair] else "" for text, pair in zip(written, pairs, strict=True)],
        custom=[[*pair, whole[i], whole[j]] for pair, i, j in zip(pairs, row, column, strict=True)],
    )
    said = hover("label: %{customdata[2]}", "said: %{customdata[3]}", f"{what}: %{{marker.color:{form}}}")
    used_names = [one_line(names[index]) for index in used]
    font_px = 11 if n <= SIDE_BY_SIDE else 9
    return draw(
        [cells(drawn, colours=colours, ends=ends, hovertemplate=said, font_px=font_px)],
        height=_ROW_PX * n + _MARGIN_PX,
        x=across(used_names, title="Said", label_px=_LABEL_PX, angle=_ANGLE),
        y={**class_axis(used_names, label_px=_LABEL_PX), "title": titled("Label")},
        margin=overhang(used_names, label_px=_LABEL_PX, angle=_ANGLE),
        uniformtext=SMALLEST,
    )
