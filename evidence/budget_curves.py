"""The lines of a data budget: its cells added up, with intervals. The page Data budget and measures share it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics import budget
from analytics.budget import Curve, Interval, Point
from store.budget import BudgetRun, read_cells
from store.connection import Workspace

CLEANLINESS, NOISE, SELECTION = "cleanliness", "noise", "selection"
_NAMES = {CLEANLINESS: "condition", NOISE: "noise", SELECTION: "selection"}


def curves(workspace: Workspace, run: BudgetRun, *, part: str, judged: pa.Table) -> list[Curve]:
    """The lines of a part of the grid, the best at its largest size first.

    judged: the run's evaluation set (store.budget.read_evaluation).
    """
    gains = (run.figures.get("doubling") or {}) if part == CLEANLINESS else {}
    cells = read_cells(workspace, run.run_id)
    cells = cells.filter(pc.equal(cells["part"], part))
    keys = cells[_NAMES[part]].to_pylist()
    lines = [f"{round(100 * key)} % wrong" if part == NOISE else str(key) for key in keys]
    sizes, seeds, values, pools = (cells[name].to_numpy() for name in ("size", "seed", "balanced_accuracy", "n_pool"))
    recalls = np.stack(cells["recalls"].to_numpy()) if cells.num_rows else np.empty((0, 0))
    counts = np.bincount(judged["label"].fill_null(0).to_numpy(), minlength=recalls.shape[1])
    found = []
    for line in dict.fromkeys(lines):
        mine = np.array([each == line for each in lines])
        gain = gains.get(line)
        points = _points(line, sizes[mine], values[mine], recalls[mine], counts, n_pool=int(pools[mine].max()))
        found.append(Curve(line, points, sizes[mine], seeds[mine], values[mine], Interval(*gain) if gain else None))
    return sorted(found, key=lambda curve: -curve.last.accuracy.mean)


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


def find(lines: Sequence[Curve], line: str) -> Curve | None:
    """The line called `line`, or None."""
    return next((curve for curve in lines if curve.line == line), None)


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
