"""Everything the data budget's page knows of one generation of a dataset, and its cells added up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from analytics import budget
from analytics.budget import Curve, Interval, Point
from pages.ui import filters, session
from pages.ui.session import SettledGeneration
from store.budget import BudgetRun, list_budgets, read_cells, read_evaluation
from store.datasets import class_table
from store.label_issues import list_label_runs
from store.overview import split_counts
from store.vectors import Space, list_spaces


@dataclass(frozen=True)
class BudgetData:
    """Class names, embedding spaces (the fullest first), finished budgets (the newest first), splits, a label check."""

    names: list[str]
    spaces: list[Space]
    runs: list[BudgetRun]
    splits: list[str]
    has_check: bool


@st.cache_data(max_entries=8, show_spinner=False)
def load_data(root: str, dataset_id: int, generation: SettledGeneration) -> BudgetData:
    """What the page needs."""
    workspace = session.workspace()
    spaces = sorted(list_spaces(workspace, dataset_id), key=lambda space: (-space.n_vectors, -space.id))
    splits = [split for split in split_counts(workspace, dataset_id)["split"].to_pylist() if split is not None]
    return BudgetData(
        filters.class_labels(class_table(workspace, dataset_id)),
        [space for space in spaces if space.n_vectors],
        list_budgets(workspace, dataset_id),
        splits,
        bool(list_label_runs(workspace, dataset_id)),
    )


@st.cache_data(max_entries=16, show_spinner=False)
def load_curves(root: str, dataset_id: int, generation: SettledGeneration, run_id: int, part: str) -> list[Curve]:
    """The lines of a part of the grid, the best at its largest size first."""
    runs = {run.run_id: run for run in list_budgets(session.workspace(), dataset_id)}
    gains = (runs[run_id].figures.get("doubling") or {}) if part == "cleanliness" else {}
    cells = read_cells(session.workspace(), run_id)
    cells = cells.filter(pa.compute.equal(cells["part"], part))
    names = {"cleanliness": "condition", "noise": "noise", "selection": "selection"}
    keys = cells[names[part]].to_pylist()
    lines = [f"{round(100 * key)} % wrong" if part == "noise" else str(key) for key in keys]
    sizes, seeds, values, pools = (cells[name].to_numpy() for name in ("size", "seed", "balanced_accuracy", "n_pool"))
    recalls = np.stack(cells["recalls"].to_numpy()) if cells.num_rows else np.empty((0, 0))
    judged = load_evaluation(root, dataset_id, generation, run_id)["label"].fill_null(0).to_numpy()
    counts = np.bincount(judged, minlength=recalls.shape[1])
    curves = []
    for line in dict.fromkeys(lines):
        mine = np.array([each == line for each in lines])
        gain = gains.get(line)
        points = _points(line, sizes[mine], values[mine], recalls[mine], counts, n_pool=int(pools[mine].max()))
        curves.append(Curve(line, points, sizes[mine], seeds[mine], values[mine], Interval(*gain) if gain else None))
    return sorted(curves, key=lambda curve: -curve.last.accuracy.mean)


def _points(
    line: str, sizes: np.ndarray, values: np.ndarray, recalls: np.ndarray, counts: np.ndarray, *, n_pool: int
) -> list[Point]:
    points = []
    for size in np.unique(sizes):
        here = sizes == size
        error = budget.evaluation_error(recalls[here].mean(axis=0), counts=counts[: recalls.shape[1]])
        accuracy = budget.widened(budget.interval(values[here]), error=error)
        points.append(Point(line, int(size), accuracy, bool(size == n_pool), error))
    return points


@st.cache_data(max_entries=4, show_spinner=False)
def load_evaluation(root: str, dataset_id: int, generation: SettledGeneration, run_id: int) -> pa.Table:
    """The pictures that a run's classifiers were judged on."""
    return read_evaluation(session.workspace(), run_id)


def difference(curve: Curve, other: Curve) -> Interval:
    """How much better `curve` is than `other`, each at its largest size, seed by seed.

    The interval takes their errors of judging as independent, which they are not: it is too wide, not too narrow.
    """
    mine, theirs = (
        dict(zip(each.seeds[each.sizes == each.last.size], each.accuracies[each.sizes == each.last.size], strict=True))
        for each in (curve, other)
    )
    found = budget.interval([mine[seed] - theirs[seed] for seed in sorted(set(mine) & set(theirs))])
    return found if curve is other else budget.widened(found, error=np.hypot(curve.last.error, other.last.error))


def find(curves: Sequence[Curve], line: str) -> Curve | None:
    """The line called `line`, or None."""
    return next((curve for curve in curves if curve.line == line), None)
