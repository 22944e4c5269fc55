"""What representatives are worth over k: distortion and inertia, the loss, silhouettes, coverage."""

import pyarrow as pa

from figures.chart import Chart, Spec, count_axis
from figures.colours import ACCENT, QUIET, SECOND

_K: Spec = {"field": "k", **count_axis("k"), "scale": {"nice": False, "zero": False}}


def distortion_and_inertia(curve: pa.Table, *, k: int) -> Chart:
    """One line read on two axes: the mean of squared distances at the left, their sum at the right.

    curve: a row a k, rising: k, n_images, distortion, inertia. k: marked with a thin line.
    """
    n = curve["n_images"][0].as_py() if curve.num_rows else 1
    most = max(curve["distortion"].to_pylist(), default=0) * 1.05 or 1.0
    left = {"titleColor": ACCENT, "labelColor": ACCENT}
    right = {"orient": "right", "format": "~s", "titleColor": SECOND, "labelColor": SECOND}
    layers = [
        _line("distortion", "Distortion: mean of d²", domain=[0, most], axis=left),
        _line("inertia", "Inertia: sum of d²", domain=[0, most * n], axis=right, opacity=0),
    ]
    chart = _over_k(curve, layers, k=k, alt="Distortion and inertia over k")
    return Chart(chart.table, {**chart.spec, "resolve": {"scale": {"y": "independent"}}}, chart.alt)


def loss(curve: pa.Table, *, k: int) -> Chart:
    """The loss over all pictures; dashed, what the samples promised where there were any.

    curve: a row a k: k, n_images, n_sample, loss, promised. k: marked with a thin line.
    """
    sums: Spec = {"axis": {"format": "~s"}, "zero": False}
    layers = [_line("loss", "Loss: sum of d", **sums)]
    if any(row["n_sample"] < row["n_images"] for row in curve.select(["n_sample", "n_images"]).to_pylist()):
        layers.append(_line("promised", "Loss: sum of d", colour=QUIET, dash=[4, 3], **sums))
    return _over_k(curve, layers, k=k, alt="k-medoids' loss over k")


def silhouettes(curve: pa.Table, *, k: int) -> Chart:
    """The mean silhouette; dashed, the medoid silhouette. curve: k, silhouette, medoid_silhouette. k: marked."""
    layers = [
        _line("silhouette", "Silhouette"),
        _line("medoid_silhouette", "Silhouette", colour=SECOND, dash=[4, 3]),
    ]
    return _over_k(curve, layers, k=k, alt="Silhouettes over k")


def coverage(table: pa.Table, *, k: int) -> Chart:
    """The share of pictures with a near representative. table: k, share in [0, 1]. k: marked."""
    line = _line("share", "Share covered", domain=[0, 1], axis={"format": "~%"})
    return _over_k(table, [line], k=k, alt="Coverage over k")


def _line(
    field: str,
    title: str,
    *,
    domain: list[float] | None = None,
    axis: Spec | None = None,
    zero: bool = True,
    colour: str = ACCENT,
    dash: list[int] | None = None,
    opacity: float = 1,
) -> Spec:
    mark: Spec = {
        "type": "line",
        "color": colour,
        "opacity": opacity,
        "point": {"size": 60, "opacity": 0},
        "tooltip": True,
    }
    y = {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": domain, "nice": False} if domain else {"zero": zero},
        "axis": {"format": "~g", "tickCount": 5, **(axis or {})},
    }
    tooltip = [{"field": "k"}, {"field": field, "format": ",.4~f"}]
    return {"mark": mark | ({"strokeDash": dash} if dash else {}), "encoding": {"x": _K, "y": y, "tooltip": tooltip}}


def _over_k(table: pa.Table, layers: list[Spec], *, k: int, alt: str) -> Chart:
    """The lines, and a thin one at k. Whose pictures are covered is not drawn, and not sent."""
    rule = {"mark": {"type": "rule", "strokeDash": [2, 3], "color": QUIET}, "encoding": {"x": {"datum": k}}}
    sent = table.select([name for name in table.column_names if name != "covered"])
    return Chart(sent, {"height": 230, "layer": [*layers, rule]}, alt)
