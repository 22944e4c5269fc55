"""The data budget in words: intervals, differences, what twice the data would bring. Nothing here draws."""

from analytics import budget
from analytics.budget import Curve, Interval
from pages.ui.text import count, percent
from store.budget import BudgetRun

STATES = {
    budget.RAW: "the labels as imported, all pictures",
    budget.NO_COPIES: "of each group of near duplicates one stays",
    budget.NO_OUTLIERS: "without the outliers of the label check",
    budget.NO_DOUBTED: "without the pictures whose label the check doubts",
    budget.RELABELLED: "doubted labels replaced by what the check suggests",
    budget.CLEANED: "copies, outliers and doubted labels out",
    budget.DECIDED: "labels and removals as people have decided so far",
}


def state(line: str) -> str:
    """What a line of the chart stands for."""
    return "pictures and labels as frozen" if line.startswith(budget.VERSION) else STATES.get(line, "")


def with_interval(interval: Interval) -> str:
    """'63.4 % (62.8 to 64.0)'."""
    if interval.low is None or interval.high is None:
        return percent(interval.mean)
    return f"{percent(interval.mean)} ({100 * interval.low:.1f} to {100 * interval.high:.1f})"


def points(interval: Interval) -> str:
    """A difference in percentage points: '+4.1 points (3.5 to 4.7)'; where chance can explain it, in words."""
    words = f"{100 * interval.mean:+.1f} points"
    if interval.low is None or interval.high is None:
        return f"{words}, one draw"
    words += f" ({100 * interval.low:+.1f} to {100 * interval.high:+.1f})"
    return words if interval.is_clear else f"{words}, not significant"


def doubling(curve: Curve) -> str:
    """What twice as many pictures of this kind would bring."""
    if curve.doubling is None:
        return "no power law fits"
    gain = curve.doubling
    if gain.low is None or gain.high is None:
        return f"{100 * gain.mean:+.1f} points"
    return f"{100 * gain.mean:+.1f} points ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"


def judged_on(run: BudgetRun) -> str:
    """The evaluation set in a sentence; holds an untrusted split name."""
    n = int(run.figures.get("n_evaluation", 0))
    return f"Judged on {count(n, 'picture')}: {run.figures.get('evaluated_on')}"
