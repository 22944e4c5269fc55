"""A finished training run: scores on pictures it has not seen, each class, downloads, and all runs in a table."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from figures.class_scores import score_by_class
from figures.names import one_line
from pages.train import wording
from pages.ui import charts, session, tables
from pages.ui.job_wording import rate, span
from pages.ui.text import count, percent, plain
from store.datasets import Dataset
from store.training import TrainingRun

_CHECKPOINT, _ONNX = "best.pt", "model.onnx"


def show_figures(run: TrainingRun) -> None:
    """The numbers at the top; each says on what."""
    figures = run.figures
    on = f"On {count(figures.get('n_test', 0), 'picture')} of the evaluation set “{run.parameters.get('evaluation')}”."
    with st.container(horizontal=True, gap="medium"):
        called, score = wording.score_of(run)
        st.metric(f"{called}, test", percent(score), width="content", help=plain(on))
        if figures.get("test_f1_macro") is not None:
            help_text = "Labels count from a probability of 0.5 on. Macro: the mean of the classes; micro: all labels."
            both = f"{percent(figures['test_f1_macro'])} · {percent(figures.get('test_f1_micro'))}"
            st.metric("F1, macro · micro", both, width="content", help=help_text)
        validation = figures.get("validation_mean_average_precision") or figures.get("validation_balanced_accuracy")
        st.metric(
            "Validation", percent(validation), width="content", help="Of the epoch chosen by it: a little too high."
        )
        if figures.get("best_epoch"):
            st.metric("Best epoch", f"{figures['best_epoch']} of {figures['n_epochs']}", width="content")
        st.metric("Trained on", f"{figures.get('n_train', 0):,}", width="content")
        st.metric("Took", span(run.seconds), width="content")
        if figures.get("images_per_second"):
            waiting = percent(figures.get("waiting_share"))
            help_text = f"While training; {waiting} of that time went by waiting for pictures."
            st.metric("Images a second", rate(figures["images_per_second"]), width="content", help=help_text)
        st.metric("Device", str(run.device or figures.get("device")), width="content")


def show_recalls(run: TrainingRun) -> None:
    """A bar for each class: the share of its test pictures that were recognised, or (several labels) its precision."""
    several = run.figures.get("test_precisions")
    what = "Average precision on test pictures" if several else "Recall on test pictures"
    scores = several or run.figures.get("test_recalls") or []
    chart = score_by_class(scores, names=run.figures.get("classes") or [], measure=what)
    if not chart.is_empty:
        charts.draw(chart)


def show_downloads(dataset: Dataset, run: TrainingRun) -> None:
    """The way to the saliency maps, weights for plain torchvision, ONNX; nothing is read before it is asked for."""
    folder = session.workspace().root / "models" / f"run-{run.run_id}"
    if not (folder / _CHECKPOINT).is_file():
        return
    name = f"{run.model}-run{run.run_id}"
    session.link(
        session.PAGES.saliency,
        label="Saliency",
        icon=":material/center_focus_strong:",
        query_params={"dataset": dataset.name, "run": one_line(wording.title(run))},
    )
    if not session.may("start_job"):
        return
    with st.container(horizontal=True):
        _download("Weights (.pt)", folder / _CHECKPOINT, f"{name}.pt", key="train_pt")
        if (folder / _ONNX).is_file():
            _download("ONNX", folder / _ONNX, f"{name}.onnx", key="train_onnx")
    n_classes, side = len(run.figures.get("classes") or []), run.parameters.get("side")
    st.code(
        f"network = torchvision.models.{run.model}(num_classes={n_classes})\n"
        f'network.load_state_dict(torch.load("{name}.pt", weights_only=True))\n'
        f"# pictures: RGB, {side}x{side}, (value / 255 - mean) / std with ImageNet's mean and std",
        language="python",
        wrap_lines=True,
    )


def show_all(runs: Sequence[TrainingRun]) -> None:
    """Every finished run, the newest first."""
    rows = [
        {
            "run": run.run_id,
            "model": wording.MODELS.get(run.model, run.model),
            "pictures and labels": one_line(wording.source(run)),
            "evaluation set": one_line(run.parameters.get("evaluation") or ""),
            "test pictures": run.figures.get("n_test"),
            "score": wording.score_of(run)[1],
            "trained on": run.figures.get("n_train"),
            "epochs": run.figures.get("n_epochs"),
            "seconds": run.seconds,
            "device": run.device,
            "older than the data": run.is_stale,
        }
        for run in runs
    ]
    tables.show(
        rows,
        hide_index=True,
        column_config={
            "score": st.column_config.NumberColumn(
                format="percent", help="Balanced accuracy on test pictures; of several labels, mean average precision"
            ),
            "seconds": st.column_config.NumberColumn(format="%.0f"),
        },
    )


def _download(label: str, path: Path, file_name: str, *, key: str) -> None:
    st.download_button(
        label,
        path.read_bytes,
        file_name=file_name,
        mime="application/octet-stream",
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )
