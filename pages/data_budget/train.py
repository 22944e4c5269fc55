"""From a cell of the data budget to a training job: the same pictures in number and state, a network instead."""

from collections.abc import Sequence

import streamlit as st

from analytics import budget
from analytics.budget import Curve
from figures.names import one_line
from pages.data_budget.queries import BudgetData
from pages.ui import job_cards, session
from pages.ui.text import count, plain
from store.budget import BudgetRun
from store.datasets import Dataset

# what a training job calls a state of the data
_STATES: dict[str, dict[str, object]] = {
    budget.RAW: {"labels": "imported"},
    budget.NO_COPIES: {"labels": "imported", "treatment": "copies-out"},
    budget.NO_OUTLIERS: {"labels": "imported", "treatment": "outliers-out"},
    budget.NO_DOUBTED: {"labels": "imported", "treatment": "doubted-out"},
    budget.RELABELLED: {"labels": "imported", "treatment": "relabelled"},
    budget.CLEANED: {"labels": "imported", "treatment": "all-out"},
    budget.DECIDED: {"labels": "now"},
}
_MODELS = {"resnet34": "ResNet-34 from scratch", "resnet18": "ResNet-18 from scratch"}


def show(dataset: Dataset, run: BudgetRun, curves: Sequence[Curve], data: BudgetData, *, part: str) -> None:
    """A popover that starts a training job on one cell of a part of the grid; nothing where no job can express it."""
    if part not in ("cleanliness", "noise") or not session.may("start_job"):
        return
    with st.popover("Train a network on a cell", icon=":material/model_training:"):
        st.caption(
            "A network from scratch on as many pictures in the same state, scored on the same pictures as this budget: "
            f"evaluation set “data budget: run {run.run_id}”. It draws its own pictures."
        )
        by_line = {one_line(curve.line): curve for curve in curves}
        curve = by_line[str(st.selectbox("Line", list(by_line), key=f"budget_cell_line_{part}"))]
        sizes = {f"{point.size:,}{' (all)' if point.is_all else ''}": point for point in reversed(curve.points)}
        point = sizes[str(st.selectbox("Training pictures", list(sizes), key=f"budget_cell_size_{part}"))]
        left, right = st.columns(2)
        model = left.selectbox("Network", list(_MODELS), format_func=_MODELS.__getitem__, key="budget_cell_model")
        epochs = right.number_input("Epochs", 1, 1000, 10, key="budget_cell_epochs")
        parameters = parameters_of(run, part=part, line=curve.line, size=0 if point.is_all else point.size)
        parameters |= {"model": model, "epochs": int(epochs), "patience": 0}
        st.button(
            f"Train on {count(point.size, 'picture')}",
            type="primary",
            icon=":material/play_arrow:",
            key="budget_train",
            on_click=job_cards.attempt,
            args=(session.supervisor().start, "train"),
            kwargs={"dataset": dataset.name, "parameters": parameters, "who": job_cards.who()},
        )
        session.link(session.PAGES.train, label=f"Runs on {plain(dataset.name)}", icon=":material/arrow_forward:")


def parameters_of(run: BudgetRun, *, part: str, line: str, size: int) -> dict[str, object]:
    """A cell as parameters of a training job. line: a state, a version, or "20 % wrong". size: 0 for all there are."""
    parameters: dict[str, object] = {
        "evaluation": f"data budget: run {run.run_id}",
        "max_train": size,
        "split": "chance",
    }
    if part == "noise":  # planted in the cleanest state that the run had
        line, parameters["planted_noise"] = budget.CLEANED, int(line.split()[0]) / 100
    if line == budget.CLEANED and not run.parameters.get("label_run"):
        line = budget.NO_COPIES  # without a label check there was nothing else to take out
    if line.startswith(budget.VERSION):
        return parameters | {"version": line.removeprefix(budget.VERSION)}
    parameters |= _STATES[line]
    if parameters.get("treatment", "none") != "none":
        parameters["label_run"] = int(run.parameters.get("label_run") or 0)
    return parameters
