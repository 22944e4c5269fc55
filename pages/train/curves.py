"""Learning curves, of a run that has ended and of one that is under way."""

from collections.abc import Sequence

import pyarrow as pa
import streamlit as st

from figures.colours import class_colour
from figures.names import one_line
from jobs.engine.spec import JobView
from pages.ui import session

LIVE_S = 2.0


def show_live(jobs: Sequence[JobView], *, names: Sequence[str]) -> None:
    """The curve of the training job that runs now, drawn anew while it does."""
    running = next((job for job in jobs if job.kind == "train"), None)
    if running is not None:
        st.fragment(_live, run_every=LIVE_S)(running.id, tuple(names))


def show(
    epochs: Sequence[dict[str, object]], *, best_epoch: int | None, names: Sequence[str], key: str = "train_each_class"
) -> None:
    """Loss, balanced accuracy and, on demand, each class's recall by epoch."""
    several = any(epoch.get("mean_average_precision") is not None for epoch in epochs)
    name = "mean_average_precision" if several else "balanced_accuracy"
    scored = [epoch for epoch in epochs if epoch[name] is not None]
    left, right = st.columns(2)
    with left:
        _lines(
            [("training", e["epoch"], e["train_loss"]) for e in epochs]
            + [("validation", e["epoch"], e["validation_loss"]) for e in scored],
            title="Loss",
            form=".2f",
            colours={"training": "#7d858f", "validation": "#d06a1c"},
            best=best_epoch,
        )
    with right:
        _lines(
            [("validation", e["epoch"], e[name]) for e in scored],
            title=name.replace("_", " ").capitalize(),
            form=".0%",
            colours={"validation": "#0f8a80"},
            best=best_epoch,
        )
    if scored and st.toggle("Each class", key=key, help="Recall of each class on validation pictures"):
        points = [
            (one_line(names[i]) if i < len(names) else f"class {i}", e["epoch"], recall)
            for e in scored
            for i, recall in enumerate(e["recalls"])
            if recall is not None
        ]
        titles = list(dict.fromkeys(name for name, _, _ in points))
        colours = {name: class_colour(i) for i, name in enumerate(titles)}
        _lines(points, title="Recall", form=".0%", colours=colours, best=best_epoch)


def show_rates(curve: Sequence[Sequence[float]], *, rate: float) -> None:
    """The smoothed loss over rising learning rates, and the rate that was taken."""
    table = pa.table({"rate": [float(point[0]) for point in curve], "loss": [float(point[1]) for point in curve]})
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "title": "Learning rate",
        "axis": {"format": ".0e", "tickCount": 6},
    }
    y = {"field": "loss", "type": "quantitative", "title": "Loss, smoothed", "scale": {"zero": False}}
    spec = {
        "height": 180,
        "layer": [
            {"mark": {"type": "line", "tooltip": True, "color": "#0f8a80"}, "encoding": {"x": x, "y": y}},
            {"mark": {"type": "rule", "strokeDash": [4, 4], "color": "#7d858f"}, "encoding": {"x": {"datum": rate}}},
        ],
    }
    st.vega_lite_chart(table, spec, alt="Loss over rising learning rates")


def _live(job_id: str, names: tuple[str, ...]) -> None:
    curve = session.supervisor().curve(job_id)
    epochs = curve.get("epochs") or []
    if not epochs:
        st.caption("The first epoch is under way; the curve begins at its end.")
        return
    show(epochs, best_epoch=None, names=names, key="train_each_class_live")


def _lines(
    points: Sequence[tuple[str, object, object]], *, title: str, form: str, colours: dict[str, str], best: int | None
) -> None:
    if not points:
        return
    table = pa.table(
        {"what": [p[0] for p in points], "epoch": [int(p[1]) for p in points], "value": [float(p[2]) for p in points]}
    )
    colours = {what: colour for what, colour in colours.items() if any(point[0] == what for point in points)}
    x = {"field": "epoch", "type": "quantitative", "title": "Epoch", "axis": {"tickMinStep": 1, "format": "d"}}
    y = {"field": "value", "type": "quantitative", "title": title, "axis": {"format": form, "tickCount": 5}}
    colour = {
        "field": "what",
        "type": "nominal",
        "title": None,
        "legend": {"orient": "top"} if len(colours) > 1 else None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
    }
    layers: list[dict[str, object]] = [
        {"mark": {"type": "line", "point": True, "tooltip": True}, "encoding": {"x": x, "y": y, "color": colour}}
    ]
    if best is not None:
        rule = {"mark": {"type": "rule", "strokeDash": [4, 4], "color": "#7d858f"}, "encoding": {"x": {"datum": best}}}
        layers.append(rule)
    st.vega_lite_chart(table, {"height": 240, "layer": layers}, alt=f"{title} by epoch")
