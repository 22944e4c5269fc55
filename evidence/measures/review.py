"""What people saw when they looked at labels."""

from typing import Literal

from pydantic import Field

from analytics.noise_rates import wilson
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters, says
from evidence.measures.label_noise import RunParameters, label_run
from evidence.stopping import Stopping, stopping
from evidence.value import Interval, Value
from store.subjects import LABELS, PICTURES, REMOVALS

_READS = (LABELS, REMOVALS, "keep")


class RemainParameters(Parameters):
    """of: labels that the check doubts in no way (plain), or doubted ones that are still open. run: 0: the newest."""

    of: Literal["plain", "doubted"] = "plain"
    run: int = Field(0, ge=0)


def stopping_of(case: Case, run_id: int) -> Stopping:
    """What the reviewing of a label check says so far."""
    read = stopping
    return case.once(("stopping", run_id), lambda: read(case.workspace, case.dataset.id, run_id=run_id))


def _precision(case: Case, asked: RunParameters) -> Value:
    run = label_run(case, asked.run)
    found = stopping_of(case, run.run_id)
    if not found.n_reviewed:
        raise CannotMeasure("Nothing of the check's ranking has been reviewed yet.")
    low, high = wilson(found.n_wrong, found.n_reviewed)
    return Value(
        number=found.n_wrong / found.n_reviewed,
        unit="share",
        n=found.n_reviewed,
        interval=Interval(float(low), float(high), "Wilson"),
        run_ids=(run.run_id,),
    )


def _remaining(case: Case, asked: RemainParameters) -> Value:
    run = label_run(case, asked.run)
    found = stopping_of(case, run.run_id)
    estimate = found.plain if asked.of == "plain" else found.flagged
    if not estimate.n_checked:
        raise CannotMeasure("Nobody has judged a blind sample of these labels yet.")
    few = ("It rests on a blind sample of fewer than 30.",) if estimate.n_checked < 30 else ()
    return Value(
        number=estimate.estimate,
        unit="count",
        n=estimate.n_checked,
        interval=Interval(estimate.low, estimate.high, "Wilson"),
        run_ids=(run.run_id,),
        weak=few,
    )


def _said_of_remaining(case: Case, asked: RemainParameters) -> str:
    where = "the check does not doubt" if asked.of == "plain" else "the check doubts and nobody has judged"
    return (
        f"About {{errors_remaining}} wrong labels are left among those that {where} "
        "({errors_remaining_low} to {errors_remaining_high})."
    )


def _seen(case: Case, asked: Parameters) -> Value:
    eyes = case.eyes()
    if not eyes.n:
        raise CannotMeasure("No picture that is kept has a label.")
    return Value(number=eyes.n_checked / eyes.n, unit="share", n=eyes.n)


MEASURES = (
    Measure(
        name="precision-so-far", title="Doubted labels that were really wrong", unit="share",
        parameters=RunParameters, compute=_precision, page="review", reads=_READS, kinds=("label-issues",),
        sentence=says("{precision_so_far} of the doubted labels that were reviewed were really wrong."),
        about="Relabelled to another class, or removed, of the check's ranking as far as it was reviewed; Wilson.",
    ),
    Measure(
        name="errors-remaining", title="Errors that remain", unit="count", parameters=RemainParameters,
        compute=_remaining, sentence=_said_of_remaining, page="review", reads=_READS, kinds=("label-issues",),
        about="What was wrong in a blind sample, times what it was drawn from; Wilson.",
    ),
    Measure(
        name="labels-checked", title="Labels that a person has looked at", unit="share", parameters=Parameters,
        compute=_seen, page="review", reads=(*_READS, PICTURES),
        sentence=says("A person has looked at {labels_checked} of the labels."),
        about="Kept pictures with a label whose label somebody kept or gave, over all with a label.",
    ),
)  # fmt: skip
