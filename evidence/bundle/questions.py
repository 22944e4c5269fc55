"""What a browser is asked so that it recomputes a claim's number from columns, a small JSON object a measure.

A measure that has no question here says why it cannot be asked. assets/bundle_claims.js knows the same operations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.case import Case
from evidence.errors import BadMeasure, CannotMeasure
from evidence.measure import find_measure, read_parameters
from evidence.measures.counts import ImagesParameters, TotalParameters, classes_of
from evidence.measures.duplicates import ExactParameters, GroupParameters, latest
from evidence.measures.label_noise import CountParameters, RunParameters, label_run
from evidence.measures.trained import ClassScoreParameters, DifferenceParameters, PairParameters, ScoreParameters
from evidence.scored import SEED, Wanted, scored_of
from store.rows import JsonObject

KEPT: JsonObject = {"none": ["missing", "removed"]}
LABELLED: JsonObject = {**KEPT, "labelled": True}
RESAMPLES = 2_000
_NOT_ALONE = (
    "It is no count of pictures: the page of its run shows how it was computed. The number that was kept stands."
)
_WHY_NOT = {
    "share-wrong": "It rests on every picture's probability of every class, which are too many to travel.",
    "planted-found": "The labels that were planted stayed with the run that planted them.",
    "precision-so-far": "It follows the order in which the check's doubts were reviewed, which does not travel.",
    "errors-remaining": "The blind sample that it rests on does not travel.",
    "files-not-taken-in": "Files that are no pictures do not travel.",
    "objects": "What the detector found does not travel.",
    "objects-a-picture": "What the detector found does not travel.",
    "pictures-with": "What the detector found does not travel.",
    "share-with": "What the detector found does not travel.",
    "zero-shot-accuracy": "The zero-shot run's own score rests on probabilities that do not travel.",
    "budget-accuracy": "The classifiers of a data budget do not travel, only what they scored.",
    "budget-gain": "The classifiers of a data budget do not travel, only what they scored.",
    "budget-doubling": "The classifiers of a data budget do not travel, only what they scored.",
}


@dataclass
class Needs:
    """What the questions of a bundle need of columns: filled while they are asked.

    checks: label checks. wanted: what runs are scored on, by key. sure: runs whose confidence is asked, by key.
    """

    checks: set[int] = field(default_factory=set)
    wanted: dict[str, Wanted] = field(default_factory=dict)
    sure: set[tuple[str, int]] = field(default_factory=set)
    pairs: int | None = None
    sizes: bool = False

    def key(self, wanted: Wanted) -> str:
        """The key of what is scored, the same for the same."""
        found = next((key for key, each in self.wanted.items() if each == wanted), None)
        if found is None:
            found = f"scored{len(self.wanted)}"
            self.wanted[found] = wanted
        return found


def question(case: Case, name: str, parameters: Mapping[str, object], needs: Needs) -> JsonObject:
    """What the browser is asked; raises CannotMeasure, which says why it cannot be, and BadMeasure."""
    asked = read_parameters(find_measure(name), parameters)
    if name not in QUESTIONS:
        raise CannotMeasure(_WHY_NOT.get(name, _NOT_ALONE))
    return QUESTIONS[name](case, asked, needs)


def can_be_asked(
    case: Case, name: str, parameters: Mapping[str, object], needs: Needs
) -> tuple[JsonObject | None, str]:
    """The question, or None and why there is none."""
    try:
        return question(case, name, parameters, needs), ""
    except (CannotMeasure, BadMeasure) as error:
        return None, str(error)


def _images(case: Case, asked: ImagesParameters, needs: Needs) -> JsonObject:
    if asked.version:
        raise CannotMeasure("Frozen versions do not travel; the number that was kept stands.")
    of = {name: value for name, value in (("class", asked.class_index), ("split", asked.split)) if value is not None}
    return {"op": "count", "where": {**KEPT, **of}}


def _apart(case: Case, asked: TotalParameters, needs: Needs) -> JsonObject:
    where: JsonObject = {
        "removed": {"all": ["removed"], "none": ["missing"]},
        "relabelled": {**KEPT, "all": ["relabelled"]},
        "unlabelled": {**KEPT, "labelled": False},
        "missing": {"all": ["missing"]},
        "with-position": {**KEPT, "all": ["position"]},
    }[asked.what]
    return {"op": "count", "where": where}


def _classes(case: Case, asked: object, needs: Needs) -> JsonObject:
    return {"op": "classes", "gone": sum(classes_of(case)["gone"].to_pylist())}


def _sizes(case: Case, asked: object, needs: Needs) -> JsonObject:
    needs.sizes = True
    return {"op": "sum", "of": "bytes", "where": KEPT}


def _exact(case: Case, asked: ExactParameters, needs: Needs) -> JsonObject:
    return {"op": "twins", "what": asked.what}


def _near(case: Case, asked: GroupParameters, needs: Needs) -> JsonObject:
    run = latest(case)
    if run is None and {"hash", "embedding"} & {*asked.kinds}:
        raise CannotMeasure("Near duplicates have not been searched yet.")
    needs.pairs = run.run_id if run else 0
    how = {"kinds": list(asked.kinds), "cosine": asked.min_cosine, "bits": asked.max_bits}
    return {"op": "grouped", "what": asked.what, **how}


_BITS = {"judged": "judged", "doubted": "doubted", "outliers": "outlier"}


def _checked(case: Case, asked: CountParameters, needs: Needs) -> JsonObject:
    if asked.what not in _BITS:
        raise CannotMeasure("The check's own groups of near duplicates do not travel.")
    run = label_run(case, asked.run).run_id
    needs.checks.add(run)
    return {"op": "check", "run": run, "bit": _BITS[asked.what]}


def _doubted(case: Case, asked: RunParameters, needs: Needs) -> JsonObject:
    run = label_run(case, asked.run).run_id
    needs.checks.add(run)
    return {"op": "check", "run": run, "bit": "doubted", "over": "judged"}


def _open(case: Case, asked: RunParameters, needs: Needs) -> JsonObject:
    run = label_run(case, asked.run).run_id
    needs.checks.add(run)
    return {"op": "open", "run": run}


def _scored(case: Case, wanted: Wanted, needs: Needs) -> str:
    scored_of(case, wanted)  # raises where a run is gone
    case.forget("said")  # probabilities of every class: of a million pictures they are gigabytes
    return needs.key(wanted)


def _bootstrapped(case: Case, wanted: Wanted, needs: Needs) -> JsonObject:
    return {"on": _scored(case, wanted, needs), "resamples": RESAMPLES, "seed": SEED}


def _score(case: Case, asked: ScoreParameters, needs: Needs) -> JsonObject:
    return {"op": "score", "score": asked.score, "of": asked.place, **_bootstrapped(case, asked.wanted, needs)}


def _class_score(case: Case, asked: ClassScoreParameters, needs: Needs) -> JsonObject:
    of = {"class": asked.class_index, "of": asked.place}
    return {"op": "score", "score": asked.what, **of, **_bootstrapped(case, asked.wanted, needs)}


def _difference(case: Case, asked: DifferenceParameters, needs: Needs) -> JsonObject:
    sides = {"score": asked.score, "sides": list(asked.sides)}
    return {"op": "difference", **sides, **_bootstrapped(case, asked.wanted, needs)}


def _mcnemar(case: Case, asked: PairParameters, needs: Needs) -> JsonObject:
    return {"op": "mcnemar", "sides": list(asked.sides), "on": _scored(case, asked.wanted, needs)}


def _agreement(case: Case, asked: PairParameters, needs: Needs) -> JsonObject:
    return {"op": "agreement", "sides": list(asked.sides), "on": _scored(case, asked.wanted, needs)}


def _calibration(case: Case, asked: ScoreParameters, needs: Needs) -> JsonObject:
    key = _scored(case, asked.wanted, needs)
    needs.sure.add((key, asked.place))
    return {"op": "calibration", "of": asked.place, "on": key}


def _effect(case: Case, asked: ScoreParameters, needs: Needs) -> JsonObject:
    keys = [_scored(case, asked.model_copy(update={"labels": labels}).wanted, needs) for labels in ("imported", "now")]
    return {"op": "effect", "score": asked.score, "of": asked.place, "before": keys[0], "after": keys[1]}


QUESTIONS: Mapping[str, Callable[[Case, Any, Needs], JsonObject]] = {
    "images": _images,
    "images-apart": _apart,
    "classes": _classes,
    "splits": lambda case, asked, needs: {"op": "splits"},
    "size-on-disk": _sizes,
    "imbalance-ratio": lambda case, asked, needs: {"op": "balance", "what": "ratio"},
    "effective-classes": lambda case, asked, needs: {"op": "balance", "what": "effective"},
    "exact-duplicates": _exact,
    "duplicate-groups": _near,
    "label-check": _checked,
    "share-doubted": _doubted,
    "doubts-open": _open,
    "labels-checked": lambda case, asked, needs: {
        "op": "share",
        "where": {**LABELLED, "all": ["checked"]},
        "over": LABELLED,
    },
    "licences-known": lambda case, asked, needs: {"op": "share", "where": {**KEPT, "all": ["licence"]}, "over": KEPT},
    "score": _score,
    "class-score": _class_score,
    "difference": _difference,
    "mcnemar-p": _mcnemar,
    "agreement": _agreement,
    "calibration-error": _calibration,
    "relabelling-effect": _effect,
}
