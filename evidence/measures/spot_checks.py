"""What people said who judged a sample without seeing its labels."""

from typing import Literal

from pydantic import Field

from analytics.kappa import Kappa
from analytics.stratified import Share
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.spot_checks import Result, newest_closed, read_result
from evidence.value import Interval, Value
from evidence.wording import literal
from store.errors import UnknownSpotCheck

_WHEN = {"before": "as imported", "after": "after cleaning"}


class SpotParameters(Parameters):
    """check: the spot check's number; 0: the newest that is closed."""

    check: int = Field(0, ge=0)


class SpotWrongParameters(SpotParameters):
    """when: labels as imported, or after cleaning. class_index: of the labels of one class; all by default."""

    when: Literal["before", "after"] = "after"
    class_index: int | None = Field(None, ge=0)


class SpotKappaParameters(SpotParameters):
    """of: agreement of different people, or of people with themselves."""

    of: Literal["others", "self"] = "others"


def spot_result(case: Case, check_id: int) -> Result:
    """What a closed spot check says; raises CannotMeasure."""
    try:
        check = newest_closed(case.workspace, case.dataset.id, check_id=check_id)
    except UnknownSpotCheck as error:
        raise CannotMeasure(str(error)) from error
    return case.once(("spot check", check.id), lambda: read_result(case.workspace, check))


def _value(found: Share, result: Result, *, none: str) -> Value:
    if not found.is_known:
        raise CannotMeasure(none)
    few = ("Fewer than half of the pictures asked for were judged.",) if 2 * result.n_judged < result.n_asked else ()
    interval = Interval(found.low, found.high, "Clopper-Pearson, weighted by stratum")
    runs = () if result.check.label_run is None else (result.check.label_run,)
    version = result.check.version
    return Value(
        number=found.share, unit="share", n=found.n, interval=interval, run_ids=runs, version=version, weak=few
    )


def _wrong(case: Case, asked: SpotWrongParameters) -> Value:
    result = spot_result(case, asked.check)
    of: Result | object = result
    if asked.class_index is not None:
        if asked.class_index >= len(result.classes):
            raise CannotMeasure(f"Spot check {result.check.id} knows no class {asked.class_index}.")
        of = result.classes[asked.class_index]
    found: Share = getattr(of, asked.when)
    return _value(found, result, none="No picture with such a label was judged.")


def _said_of_wrong(case: Case, asked: SpotWrongParameters) -> str:
    of = f"of {literal(case.name(asked.class_index))} " if asked.class_index is not None else ""
    return (
        f"By a blind spot check {{spot_check_wrong}} of the labels {of}are wrong {_WHEN[asked.when]} "
        "({spot_check_wrong_low} to {spot_check_wrong_high})."
    )


def _doubts(case: Case, asked: SpotParameters) -> Value:
    result = spot_result(case, asked.check)
    if result.doubts is None:
        raise CannotMeasure("There was no label check when the spot check began.")
    return _value(result.doubts, result, none="No picture that the label check doubts was judged.")


def _kappa(case: Case, asked: SpotKappaParameters) -> Value:
    result = spot_result(case, asked.check)
    of: Kappa = result.between if asked.of == "others" else result.self_kappa
    if not of.is_known:
        who = "by two people" if asked.of == "others" else "twice by the same person"
        raise CannotMeasure(f"Too few pictures were judged {who} to say how far they agree.")
    method = f"{result.method}'s kappa" if asked.of == "others" else "Cohen's kappa"
    return Value(number=of.kappa, unit="score", n=of.n, interval=Interval(of.low, of.high, method))


def _said_of_kappa(case: Case, asked: SpotKappaParameters) -> str:
    who = "Reviewers agree with each other" if asked.of == "others" else "Reviewers agree with themselves"
    return f"{who} with a kappa of {{spot_check_kappa}} ({{spot_check_kappa_low}} to {{spot_check_kappa_high}})."


MEASURES = (
    Measure(
        name="spot-check-wrong", title="Labels wrong by a blind spot check", unit="share",
        parameters=SpotWrongParameters, compute=_wrong, sentence=_said_of_wrong, page="spot_check",
        about="Pictures that people, who did not see the label, call something else; weighted by stratum.",
    ),
    Measure(
        name="spot-check-doubts", title="Doubts that were right by a blind spot check", unit="share",
        parameters=SpotParameters, compute=_doubts, page="spot_check",
        sentence=lambda case, asked: (
            "By a blind spot check {spot_check_doubts} of the doubted labels are really wrong "
            "({spot_check_doubts_low} to {spot_check_doubts_high})."
        ),
        about="Of the labels that the check doubts those that people, who did not see them, call something else.",
    ),
    Measure(
        name="spot-check-kappa", title="Agreement of reviewers (kappa)", unit="score", parameters=SpotKappaParameters,
        compute=_kappa, sentence=_said_of_kappa, page="spot_check",
        about="Cohen's kappa of two people or Fleiss' of more, of pictures that several judged.",
    ),
)  # fmt: skip
