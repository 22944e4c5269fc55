"""What more pictures and cleaner ones are worth, by a data budget."""

from typing import Literal

from pydantic import Field

from analytics import budget
from analytics.budget import Curve
from analytics.budget import Interval as Spread
from evidence import budget_curves
from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.value import Interval, Unit, Value
from evidence.wording import literal
from store.budget import BudgetRun, list_budgets, read_evaluation
from store.claims import eye_counts

_DRAWS = "Student's t over the draws, and binomial over the pictures that are judged"


class LineParameters(Parameters):
    """run: the data budget's number, 0: the newest. line: a state of the data, as the page calls it."""

    run: int = Field(0, ge=0)
    line: str = budget.RAW
    part: Literal["cleanliness", "noise", "selection"] = "cleanliness"


class GainParameters(LineParameters):
    """against: the other line."""

    line: str = budget.CLEANED
    against: str = budget.RAW


class DoublingParameters(Parameters):
    """run: the data budget's number, 0: the newest. line: a state of the data."""

    run: int = Field(0, ge=0)
    line: str = budget.RAW


def budget_run(case: Case, run_id: int) -> BudgetRun:
    """The data budget of that number, the newest for 0; raises CannotMeasure."""
    runs = case.once("budgets", lambda: list_budgets(case.workspace, case.dataset.id))
    return chosen(runs, run_id, what="data budget")


def lines_of(case: Case, run: BudgetRun, *, part: str) -> list[Curve]:
    """The lines of a part of a data budget."""
    judged = case.once(("judged", run.run_id), lambda: read_evaluation(case.workspace, run.run_id))
    return case.once(
        ("curves", run.run_id, part),
        lambda: budget_curves.curves(case.workspace, run, part=part, judged=judged),
    )


def _line(case: Case, run: BudgetRun, name: str, *, part: str) -> Curve:
    lines = lines_of(case, run, part=part)
    found = budget_curves.find(lines, name)
    if found is None:
        known = ", ".join(line.line for line in lines) or "none"
        raise CannotMeasure(f"Data budget {run.run_id} has no line called {name!r} (lines: {known}).")
    return found


def _value(case: Case, run: BudgetRun, found: Spread, *, unit: Unit, method: str) -> Value:
    has_ends = found.low is not None and found.high is not None
    eyes = case.once(("eyes", run.run_id), lambda: eye_counts(case.workspace, case.dataset.id, budget_run=run.run_id))
    weak = () if eyes.n_checked else ("None of the labels that it is judged by has been checked by eye.",)
    if run.is_stale:
        weak = (*weak, "The data budget is older than the data.")
    return Value(
        number=found.mean,
        unit=unit,
        n=int(run.figures.get("n_evaluation") or eyes.n),
        interval=Interval(float(found.low or 0), float(found.high or 0), method) if has_ends else None,
        run_ids=(run.run_id,),
        evaluation_set=str(run.figures.get("evaluated_on") or ""),
        weak=weak if has_ends else (*weak, "It rests on one draw."),
    )


def _accuracy(case: Case, asked: LineParameters) -> Value:
    run = budget_run(case, asked.run)
    line = _line(case, run, asked.line, part=asked.part)
    return _value(case, run, line.last.accuracy, unit="share", method=_DRAWS)


def _said_of_accuracy(case: Case, asked: LineParameters) -> str:
    return (
        f"Trained on the data “{literal(asked.line)}”, a small classifier reaches {{budget_accuracy}} balanced "
        "accuracy ({budget_accuracy_low} to {budget_accuracy_high})."
    )


def _gain(case: Case, asked: GainParameters) -> Value:
    run = budget_run(case, asked.run)
    line, other = (_line(case, run, name, part=asked.part) for name in (asked.line, asked.against))
    return _value(case, run, budget_curves.difference(line, other), unit="points", method=_DRAWS)


def _said_of_gain(case: Case, asked: GainParameters) -> str:
    return (
        f"“{literal(asked.line)}” changes balanced accuracy by {{budget_gain}} points against "
        f"“{literal(asked.against)}” ({{budget_gain_low}} to {{budget_gain_high}})."
    )


def _doubling(case: Case, asked: DoublingParameters) -> Value:
    run = budget_run(case, asked.run)
    gain = (run.figures.get("doubling") or {}).get(asked.line) or []
    if len(gain) != 3 or gain[0] is None:
        raise CannotMeasure(f"No power law fits the line {asked.line!r} of data budget {run.run_id}.")
    return _value(case, run, Spread(*gain), unit="points", method="bootstrap over the draws, through a power law")


def _said_of_doubling(case: Case, asked: DoublingParameters) -> str:
    return (
        "Twice as many pictures of this kind would be worth about {budget_doubling} points of balanced accuracy "
        "({budget_doubling_low} to {budget_doubling_high})."
    )


_ABOUT = "Logistic regressions on the embedding, a draw a seed, all judged on the same pictures."
MEASURES = (
    Measure(
        name="budget-accuracy", title="Accuracy of a state of the data", unit="share", parameters=LineParameters,
        compute=_accuracy, sentence=_said_of_accuracy, page="data_budget", kinds=("data-budget",), about=_ABOUT,
    ),
    Measure(
        name="budget-gain", title="What a state of the data gains", unit="points", parameters=GainParameters,
        compute=_gain, sentence=_said_of_gain, page="data_budget", kinds=("data-budget",),
        about=f"{_ABOUT} Differences are taken seed by seed.",
    ),
    Measure(
        name="budget-doubling", title="What twice the data would bring", unit="points",
        parameters=DoublingParameters, compute=_doubling, sentence=_said_of_doubling, page="data_budget",
        kinds=("data-budget",), about="By a power law through the line (Hestness et al., 2017).",
    ),
)  # fmt: skip
