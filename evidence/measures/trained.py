"""Scores of runs on the same pictures, and what two of them differ by: the numbers of the page Compare."""

from typing import Literal

from pydantic import Field, model_validator

from analytics import calibration
from analytics import comparison as analysis
from analytics.noise_rates import wilson
from analytics.significance import Difference, Pair
from evidence.case import Case
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.scored import (
    FROZEN,
    IMPORTED,
    METHOD,
    NOW,
    Compared,
    Wanted,
    compared_of,
    scored_of,
    source_title,
    version_name,
)
from evidence.value import Interval, Unit, Value
from evidence.wording import literal
from store.comparison import SOURCES, Source
from store.subjects import LABELS, REMOVALS

_SCORES = {"balanced_accuracy": "balanced accuracy", "macro_f1": "macro F1", "accuracy": "accuracy"}
_READS = (LABELS, REMOVALS)


class ScoredParameters(Parameters):
    """Runs, in order, scored on the pictures on which all of them may be; what these are; by which labels.

    source: set (an evaluation set), version, selection, all; number: of that; split: of a version.
    """

    runs: tuple[int, ...] = Field(min_length=1, max_length=12)
    source: Literal["set", "version", "selection", "all"] = "all"
    number: int = Field(0, ge=0)
    split: str | None = None
    labels: Literal["now", "imported", "frozen"] = "now"

    @property
    def wanted(self) -> Wanted:
        """As the comparison takes it."""
        assert self.source in SOURCES
        basis = {"now": NOW, "imported": IMPORTED, "frozen": FROZEN}[self.labels]
        return Wanted(self.runs, Source(self.source, self.number, self.split), basis)


class ScoreParameters(ScoredParameters):
    """of: which of the runs, the first by default."""

    of: int = Field(0, ge=0)
    score: Literal["balanced_accuracy", "macro_f1", "accuracy"] = "balanced_accuracy"

    @model_validator(mode="after")
    def _of_is_one(self) -> "ScoreParameters":
        if self.of and self.of not in self.runs:
            raise ValueError(f"run {self.of} is none of runs {self.runs}")
        return self

    @property
    def place(self) -> int:
        """The place of the run among the runs."""
        return self.runs.index(self.of) if self.of else 0


class ClassScoreParameters(ScoreParameters):
    """class_index: of which class; recall or precision."""

    class_index: int = Field(ge=0)
    what: Literal["recall", "precision"] = "recall"


class PairParameters(ScoredParameters):
    """first, second: two of the runs, the first and the last by default. The difference is second less first."""

    runs: tuple[int, ...] = Field(min_length=2, max_length=12)
    first: int = Field(0, ge=0)
    second: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _both_are_there(self) -> "PairParameters":
        for run_id in (self.first, self.second):
            if run_id and run_id not in self.runs:
                raise ValueError(f"run {run_id} is none of runs {self.runs}")
        if len({self.runs[place] for place in self.sides}) == 1:
            raise ValueError("the two runs are the same")
        return self

    @property
    def sides(self) -> tuple[int, int]:
        """The two runs' places."""
        first = self.runs.index(self.first) if self.first else 0
        return first, self.runs.index(self.second) if self.second else len(self.runs) - 1


class DifferenceParameters(PairParameters):
    """Of which score."""

    score: Literal["balanced_accuracy", "macro_f1"] = "balanced_accuracy"


def value_of(
    case: Case,
    asked: ScoredParameters,
    number: float,
    *,
    unit: Unit,
    runs: tuple[int, ...],
    interval: Interval | None = None,
    n: int | None = None,
) -> Value:
    """A number on the ground that it stands on, with what weakens that."""
    ground = scored_of(case, asked.wanted).ground
    weak = []
    if ground.n_learnt:
        weak.append(
            f"The evaluation set overlaps what a run learnt from: {ground.n_learnt:,} of its {ground.n_asked:,} "
            "were left out."
        )
    if not ground.n_checked:
        weak.append("None of its labels has been checked by eye.")
    return Value(
        number=number,
        unit=unit,
        n=ground.n if n is None else n,
        interval=interval,
        run_ids=runs,
        evaluation_set=source_title(case, asked.wanted.source),
        version=version_name(case, asked.number) if asked.source == "version" else "",
        weak=tuple(weak),
    )


def _interval(low: float, high: float) -> Interval | None:
    return Interval(low, high, METHOD) if low == low and high == high else None


def _score(case: Case, asked: ScoreParameters) -> Value:
    found: Compared = compared_of(case, asked.wanted)
    number, low, high = (
        float(getattr(each, asked.score)[asked.place]) for each in (found.found, found.low, found.high)
    )
    runs = (asked.runs[asked.place],)
    return value_of(case, asked, number, unit="share", runs=runs, interval=_interval(low, high))


def _class_score(case: Case, asked: ClassScoreParameters) -> Value:
    found = compared_of(case, asked.wanted)
    if asked.class_index >= len(found.found.support) or not found.found.support[asked.class_index]:
        raise CannotMeasure(f"No picture of class {asked.class_index} is scored.")
    number, low, high = (
        float(getattr(each, asked.what)[asked.place, asked.class_index])
        for each in (found.found, found.low, found.high)
    )
    n = int(found.found.support[asked.class_index])
    runs = (asked.runs[asked.place],)
    return value_of(case, asked, number, unit="share", runs=runs, interval=_interval(low, high), n=n)


def pair_of(case: Case, asked: PairParameters) -> tuple[Pair, bool]:
    """The pair of the two runs as Compare has it, and whether it stands there the other way round."""
    first, second = asked.sides
    places = (min(first, second), max(first, second))
    pair = next(each for each in compared_of(case, asked.wanted).pairs if (each.first, each.second) == places)
    return pair, first > second


def _difference(case: Case, asked: DifferenceParameters) -> Value:
    first, second = asked.sides
    pair, is_turned = pair_of(case, asked)
    found: Difference = getattr(pair, asked.score)
    estimate, low, high = found.estimate, found.low, found.high
    if is_turned:
        estimate, low, high = -estimate, -high, -low
    interval = _interval(low, high)
    runs = (asked.runs[first], asked.runs[second])
    return value_of(case, asked, estimate, unit="points", runs=runs, interval=interval)


def _said_of_runs(case: Case, asked: ScoredParameters) -> str:
    try:
        return literal(source_title(case, asked.wanted.source))
    except CannotMeasure:
        return "these pictures"


def _said_of_score(case: Case, asked: ScoreParameters) -> str:
    run = asked.runs[asked.place]
    return (
        f"Run {run} reaches {{score}} {_SCORES[asked.score]} on {_said_of_runs(case, asked)} "
        "({score_low} to {score_high})."
    )


def _said_of_class(case: Case, asked: ClassScoreParameters) -> str:
    run, name = asked.runs[asked.place], literal(case.name(asked.class_index))
    what = "finds {class_score} of" if asked.what == "recall" else "is right on {class_score} of what it calls"
    return f"Run {run} {what} {name} on {_said_of_runs(case, asked)}."


def _said_of_difference(case: Case, asked: DifferenceParameters) -> str:
    first, second = (asked.runs[place] for place in asked.sides)
    return (
        f"Run {second} differs from run {first} by {{difference}} points of {_SCORES[asked.score]} on "
        f"{_said_of_runs(case, asked)} ({{difference_low}} to {{difference_high}})."
    )


def _mcnemar(case: Case, asked: PairParameters) -> Value:
    pair, _ = pair_of(case, asked)
    runs = tuple(asked.runs[place] for place in asked.sides)
    return value_of(case, asked, pair.p_accuracy, unit="p", runs=runs)


def _said_of_mcnemar(case: Case, asked: PairParameters) -> str:
    first, second = (asked.runs[place] for place in asked.sides)
    return (
        f"That run {second} and run {first} are right equally often on {_said_of_runs(case, asked)} has a p of "
        "{mcnemar_p} (McNemar's test)."
    )


def _calibration(case: Case, asked: ScoreParameters) -> Value:
    pictures = scored_of(case, asked.wanted)
    found = calibration.reliability(pictures.confidence[asked.place], right=pictures.right[asked.place])
    return value_of(case, asked, found.ece, unit="share", runs=(asked.runs[asked.place],))


def _said_of_calibration(case: Case, asked: ScoreParameters) -> str:
    run = asked.runs[asked.place]
    return f"Run {run} is off by {{calibration_error}} on average when it says how sure it is."


def _agreement(case: Case, asked: PairParameters) -> Value:
    pictures = scored_of(case, asked.wanted)
    first, second = asked.sides
    n_same = int((pictures.said[first] == pictures.said[second]).sum())
    low, high = wilson(n_same, pictures.ground.n)
    interval = Interval(float(low), float(high), "Wilson")
    runs = (asked.runs[first], asked.runs[second])
    return value_of(case, asked, n_same / pictures.ground.n, unit="share", runs=runs, interval=interval)


def _said_of_agreement(case: Case, asked: PairParameters) -> str:
    first, second = (asked.runs[place] for place in asked.sides)
    return f"Run {first} and run {second} say the same of {{agreement}} of {_said_of_runs(case, asked)}."


def _effect(case: Case, asked: ScoreParameters) -> Value:
    numbers = []
    for labels in ("imported", "now"):
        other = asked.model_copy(update={"labels": labels})
        cells = scored_of(case, other.wanted).cells
        numbers.append(float(getattr(analysis.scores(cells), asked.score)[asked.place]))
    run = asked.runs[asked.place]
    return value_of(
        case, asked.model_copy(update={"labels": "now"}), numbers[1] - numbers[0], unit="points", runs=(run,)
    )


def _said_of_effect(case: Case, asked: ScoreParameters) -> str:
    return (
        f"The labels changed since the import move the {_SCORES[asked.score]} of run {asked.runs[asked.place]} on "
        f"{_said_of_runs(case, asked)} by {{relabelling_effect}} points."
    )


_RESAMPLED = "On pictures that taught none of the runs anything; 95 % percentile interval of 2,000 resamples."
MEASURES = (
    Measure(
        name="score", title="Score of a run", unit="share", parameters=ScoreParameters, compute=_score,
        sentence=_said_of_score, page="compare", reads=_READS, about=_RESAMPLED,
    ),
    Measure(
        name="class-score", title="Score of a run on a class", unit="share", parameters=ClassScoreParameters,
        compute=_class_score, sentence=_said_of_class, page="compare", reads=_READS, about=_RESAMPLED,
    ),
    Measure(
        name="difference", title="Difference of two runs", unit="points", parameters=DifferenceParameters,
        compute=_difference, sentence=_said_of_difference, page="compare", reads=_READS,
        about="The second less the first on the same resamples of the same pictures (paired bootstrap).",
    ),
    Measure(
        name="mcnemar-p", title="McNemar's p of two runs", unit="p", parameters=PairParameters, compute=_mcnemar,
        sentence=_said_of_mcnemar, page="compare", reads=_READS,
        about="McNemar's exact test on the pictures that only one of the two gets right.",
    ),
    Measure(
        name="calibration-error", title="Calibration error of a run", unit="share", parameters=ScoreParameters,
        compute=_calibration, sentence=_said_of_calibration, page="compare", reads=_READS,
        about="Expected calibration error in 15 bins of equally many pictures (Guo et al., 2017).",
    ),
    Measure(
        name="agreement", title="Agreement of two runs", unit="share", parameters=PairParameters, compute=_agreement,
        sentence=_said_of_agreement, page="compare", reads=_READS,
        about="The share of pictures of which both say the same class, right or wrong; Wilson's interval.",
    ),
    Measure(
        name="relabelling-effect", title="What changed labels do to a score", unit="points",
        parameters=ScoreParameters, compute=_effect, sentence=_said_of_effect, page="compare", reads=_READS,
        about="The same run by the labels as they are now, less by the labels as imported.",
    ),
)  # fmt: skip
