"""Charts over k, as Vega-Lite: distortion and inertia on one line, the loss, the silhouettes, the coverage."""

import pyarrow as pa
import streamlit as st

HEIGHT = 230
MAIN, SECOND, QUIET = "#0f8a80", "#d06a1c", "#7d858f"
_K = {"field": "k", "type": "quantitative", "title": "k", "scale": {"nice": False, "zero": False}}


def distortion_and_inertia(curve: pa.Table, *, k: int) -> None:
    """One line read on two axes: its mean of squares at the left, their sum at the right."""
    n = curve["n_images"][0].as_py()
    most = max(curve["distortion"].to_pylist()) * 1.05 or 1.0
    right = {"orient": "right", "format": "~s", "titleColor": SECOND, "labelColor": SECOND}
    layers = [
        _line("distortion", "Distortion: mean of d²", domain=[0, most], axis={"titleColor": MAIN, "labelColor": MAIN}),
        _line("inertia", "Inertia: sum of d²", domain=[0, most * n], axis=right, opacity=0),
        _rule(k),
    ]
    _draw(curve, layers, alt="Distortion and inertia over k", resolve={"scale": {"y": "independent"}})


def loss(curve: pa.Table, *, k: int) -> None:
    """The loss over all pictures, and what the samples promised where there were any."""
    sums = {"axis": {"format": "~s"}, "zero": False}
    layers = [_line("loss", "Loss: sum of d", **sums)]
    if any(row["n_sample"] < row["n_images"] for row in curve.select(["n_sample", "n_images"]).to_pylist()):
        layers.append(_line("promised", "Loss: sum of d", colour=QUIET, dash=[4, 3], **sums))
    _draw(curve, [*layers, _rule(k)], alt="k-medoids' loss over k")


def silhouettes(curve: pa.Table, *, k: int) -> None:
    """The mean silhouette and the medoid silhouette."""
    layers = [
        _line("silhouette", "Silhouette"),
        _line("medoid_silhouette", "Silhouette", colour=SECOND, dash=[4, 3]),
        _rule(k),
    ]
    _draw(curve, layers, alt="Silhouettes over k")


def coverage(table: pa.Table, *, k: int) -> None:
    """The share of pictures with a near representative."""
    layers = [_line("share", "Share covered", domain=[0, 1], axis={"format": "~%"}), _rule(k)]
    _draw(table, layers, alt="Coverage over k")


def _line(
    field: str,
    title: str,
    *,
    domain: list[float] | None = None,
    axis: dict[str, object] | None = None,
    zero: bool = True,
    colour: str = MAIN,
    dash: list[int] | None = None,
    opacity: float = 1,
) -> dict[str, object]:
    scale = {"domain": domain, "nice": False} if domain else {"zero": zero}
    mark = {"type": "line", "color": colour, "opacity": opacity, "point": {"size": 60, "opacity": 0}, "tooltip": True}
    y = {"field": field, "type": "quantitative", "title": title, "scale": scale}
    y["axis"] = {"format": "~g", "tickCount": 5, **(axis or {})}
    tooltip = [{"field": "k"}, {"field": field, "format": ",.4~f"}]
    return {"mark": mark | ({"strokeDash": dash} if dash else {}), "encoding": {"x": _K, "y": y, "tooltip": tooltip}}


def _rule(k: int) -> dict[str, object]:
    """A thin line at the k shown."""
    return {"mark": {"type": "rule", "strokeDash": [2, 3], "color": QUIET}, "encoding": {"x": {"datum": k}}}


def _draw(
    table: pa.Table, layers: list[dict[str, object]], *, alt: str, resolve: dict[str, object] | None = None
) -> None:
    spec = {"height": HEIGHT, "layer": layers, **({"resolve": resolve} if resolve else {})}
    few = [name for name in table.column_names if name != "covered"]
    st.vega_lite_chart(table.select(few), spec, alt=alt)
