"""What the label check found: labels that are doubted or likely wrong, and pictures that belong nowhere."""

from typing import Any, Literal

from pydantic import Field

from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.value import Interval, Value
from evidence.wording import literal
from store.label_issues import IssueFilters, LabelRun, count_issues, list_label_runs
from store.subjects import LABELS, REMOVALS

CHECK = "label check"
_COUNTED = {
    "judged": ("n_judged", "{label_check} labels were judged."),
    "doubted": ("n_label_issues", "The check doubts {label_check} labels."),
    "outliers": ("n_outliers", "{label_check} pictures are like none of the classes."),
    "copies-at-odds": (
        "n_groups_with_other_labels",
        "{label_check} groups of near duplicates carry different labels.",
    ),
}
_BOOTSTRAP = "bootstrap over the pictures"


class RunParameters(Parameters):
    """run: the label check's number; 0: the newest."""

    run: int = Field(0, ge=0)


class CountParameters(RunParameters):
    """What of the check is counted."""

    what: Literal["judged", "doubted", "outliers", "copies-at-odds"] = "doubted"


class WrongParameters(RunParameters):
    """class_index: of the labels of one class; all by default."""

    class_index: int | None = Field(None, ge=0)


class PlantedParameters(Parameters):
    """run: the number of the run that planted errors, 0: the newest. kind: another class at random, or a likely one."""

    run: int = Field(0, ge=0)
    kind: Literal["any", "alike"] = "any"


def label_run(case: Case, run_id: int) -> LabelRun:
    """The label check of that number, the newest for 0; raises CannotMeasure."""
    runs = case.once("label runs", lambda: list_label_runs(case.workspace, case.dataset.id))
    return chosen(runs, run_id, what=CHECK)


def unseen(case: Case) -> tuple[str, ...]:
    """What weakens a number that rests on labels where nobody has looked at any."""
    eyes = case.eyes()
    return () if not eyes.n or eyes.n_checked else ("No label has been checked by eye yet.",)


def _of_run(case: Case, run: LabelRun) -> tuple[str, ...]:
    older = ("The check is older than the labels and pictures that there are now.",) if run.is_stale else ()
    return (*unseen(case), *older)


def _counted(case: Case, asked: CountParameters) -> Value:
    run = label_run(case, asked.run)
    number = int(run.figures.get(_COUNTED[asked.what][0]) or 0)
    n = int(run.figures.get("n_images") or run.figures.get("n_judged") or 0)
    weak = _of_run(case, run) if asked.what != "judged" else ()
    return Value(number=number, unit="count", n=n, run_ids=(run.run_id,), weak=weak)


def _share(case: Case, asked: RunParameters) -> Value:
    run = label_run(case, asked.run)
    n = int(run.figures.get("n_judged") or 0)
    if not n:
        raise CannotMeasure(f"Run {run.run_id} judged no label.")
    number = int(run.figures.get("n_label_issues") or 0) / n
    return Value(number=number, unit="share", n=n, run_ids=(run.run_id,), weak=_of_run(case, run))


def _wrong(case: Case, asked: WrongParameters) -> Value:
    run = label_run(case, asked.run)
    noise: dict[str, Any] = run.figures.get("noise") or {}
    found, n = list(noise.get("total") or []), int(run.figures.get("n_judged") or 0)
    if asked.class_index is not None:
        columns = [noise.get(name) or [] for name in ("rate", "low", "high", "n")]
        if any(asked.class_index >= len(column) for column in columns):
            raise CannotMeasure(f"Run {run.run_id} knows no class {asked.class_index}.")
        *found, n = (column[asked.class_index] for column in columns)
    if len(found) != 3 or any(value is None for value in found):
        raise CannotMeasure(f"Run {run.run_id} could not estimate how many labels are wrong.")
    number, low, high = (float(value) for value in found)
    return Value(
        number=number,
        unit="share",
        n=int(n),
        interval=Interval(low, high, _BOOTSTRAP),
        run_ids=(run.run_id,),
        weak=_of_run(case, run),
    )


def _said_of_wrong(case: Case, asked: WrongParameters) -> str:
    of = f"of {literal(case.name(asked.class_index))} " if asked.class_index is not None else ""
    return f"About {{share_wrong}} of the labels {of}are wrong ({{share_wrong_low}} to {{share_wrong_high}})."


def _open(case: Case, asked: RunParameters) -> Value:
    run = label_run(case, asked.run)
    number = count_issues(case.workspace, case.dataset.id, run_id=run.run_id, filters=IssueFilters())
    return Value(number=number, unit="count", n=int(run.figures.get("n_judged") or 0), run_ids=(run.run_id,))


def _planted(case: Case, asked: PlantedParameters) -> Value:
    run = case.run("planted-labels", asked.run, what="run with planted labels")
    found = run.figures.get(asked.kind) or {}
    if not found.get("n_planted"):
        raise CannotMeasure(f"Run {run.run_id} planted no wrong label of this kind.")
    interval = Interval(float(found["low"]), float(found["high"]), "Wilson")
    n = int(found["n_planted"])
    return Value(number=float(found["share"]), unit="share", n=n, interval=interval, run_ids=(run.run_id,))


MEASURES = (
    Measure(
        name="share-wrong", title="Labels wrong, about", unit="share", parameters=WrongParameters, compute=_wrong,
        sentence=_said_of_wrong, page="label_noise", kinds=("label-issues",),
        about="Confident learning's joint of given and likelier labels, by out-of-fold probabilities.",
    ),
    Measure(
        name="label-check", title="What the label check counted", unit="count", parameters=CountParameters,
        compute=_counted, sentence=lambda case, asked: _COUNTED[asked.what][1], page="label_noise",
        kinds=("label-issues",), about="The figures that the label check left.",
    ),
    Measure(
        name="share-doubted", title="Share of labels doubted", unit="share", parameters=RunParameters, compute=_share,
        sentence=lambda case, asked: "The check doubts {share_doubted} of the labels.", page="label_noise",
        kinds=("label-issues",), about="Labels that the check doubts over those that it judged.",
    ),
    Measure(
        name="doubts-open", title="Doubted labels that nobody has decided on", unit="count", parameters=RunParameters,
        compute=_open, sentence=lambda case, asked: "{doubts_open} doubted labels are still to be decided on.",
        page="label_noise", reads=(LABELS, REMOVALS, "keep"), kinds=("label-issues",),
        about="Issues of the check on pictures that are kept and that nobody has kept, relabelled or removed.",
    ),
    Measure(
        name="planted-found", title="Planted errors found", unit="share", parameters=PlantedParameters,
        compute=_planted, page="review", kinds=("planted-labels",),
        sentence=lambda case, asked: "The check finds {planted_found} of wrong labels planted among believed ones.",
        about="Wrong labels planted in a copy of the labels, and the check made again; Wilson's interval.",
    ),
)  # fmt: skip
