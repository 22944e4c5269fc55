"""Learning curves, of a run that has ended and of one that is under way."""

from collections.abc import Sequence

import streamlit as st

from figures.chart import Chart
from figures.learning_curves import loss_by_epoch, loss_by_rate, recall_by_epoch, score_by_epoch
from jobs.engine.spec import JobView
from pages.ui import charts, session
from store.training import EpochRow

LIVE_S = 2.0


def show_live(jobs: Sequence[JobView], *, names: Sequence[str]) -> None:
    """The curve of the training job that runs now, drawn anew while it does."""
    running = next((job for job in jobs if job.kind == "train"), None)
    if running is not None:
        st.fragment(_live, run_every=LIVE_S)(running.id, tuple(names))


def show(
    epochs: Sequence[EpochRow], *, best_epoch: int | None, names: Sequence[str], key: str = "train_each_class"
) -> None:
    """Loss, balanced accuracy and, on demand, each class's recall by epoch."""
    several = any(epoch.mean_average_precision is not None for epoch in epochs)
    name = "mean_average_precision" if several else "balanced_accuracy"
    scored = [epoch for epoch in epochs if getattr(epoch, name) is not None]
    left, right = st.columns(2)
    with left:
        _draw(
            loss_by_epoch(
                [(epoch.epoch, epoch.train_loss) for epoch in epochs],
                validation=[(each.epoch, each.validation_loss) for each in scored if each.validation_loss is not None],
                best_epoch=best_epoch,
            )
        )
    with right:
        points = [(epoch.epoch, getattr(epoch, name)) for epoch in scored]
        _draw(score_by_epoch(points, measure=name.replace("_", " ").capitalize(), best_epoch=best_epoch))
    if scored and st.toggle("Each class", key=key, help="Recall of each class on validation pictures"):
        recalls = [(epoch.epoch, epoch.recalls) for epoch in scored if epoch.recalls is not None]
        _draw(recall_by_epoch(recalls, names=names, best_epoch=best_epoch))


def show_rates(curve: Sequence[Sequence[float]], *, rate: float) -> None:
    """The smoothed loss over rising learning rates, and the rate that was taken."""
    rates, losses = [float(point[0]) for point in curve], [float(point[1]) for point in curve]
    charts.draw(loss_by_rate(rates, losses=losses, taken=rate))


def _live(job_id: str, names: tuple[str, ...]) -> None:
    curve = session.supervisor().curve(job_id)
    epochs = curve.get("epochs") or []
    if not epochs:
        st.caption("The first epoch is under way; the curve begins at its end.")
        return
    show([EpochRow(**epoch) for epoch in epochs], best_epoch=None, names=names, key="train_each_class_live")


def _draw(chart: Chart) -> None:
    if not chart.is_empty:
        charts.draw(chart)
