"""Pictures that are the same, exactly or nearly."""

from typing import Literal

from pydantic import Field

from analytics import duplicates as analysis
from evidence.case import Case
from evidence.duplicate_groups import KINDS, MAX_BITS, MIN_COSINE, Grouped, grouped
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.measures.counts import totals
from evidence.value import Value
from store import duplicates, overview
from store.duplicates import DuplicatesRun
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS

What = Literal["groups", "images", "conflicting", "across"]
_READS = (PICTURES, REMOVALS, LABELS, SPLITS)
_SAID = {
    "groups": "groups of {} pictures.",
    "images": "pictures are {} as another.",
    "conflicting": "groups of {} pictures carry different labels.",
    "across": "groups of {} pictures reach over more than one split.",
}


class ExactParameters(Parameters):
    """What is counted: groups, the images in them, groups with different labels, groups over several splits."""

    what: What = "groups"


class GroupParameters(ExactParameters):
    """And what counts as the same: kinds, and the thresholds of near ones."""

    kinds: tuple[Literal["file", "pixels", "hash", "embedding"], ...] = Field(KINDS)  # type: ignore[arg-type]  # ours
    min_cosine: float = Field(MIN_COSINE, ge=0, le=1)
    max_bits: int = Field(MAX_BITS, ge=0, le=64)


def latest(case: Case) -> DuplicatesRun | None:
    """The newest comparison."""
    return case.once("comparison", lambda: duplicates.latest_comparison(case.workspace, case.dataset.id))


def groups_of(case: Case, asked: GroupParameters) -> Grouped:
    """The groups at these thresholds, among the pictures that are kept."""

    def read() -> Grouped:
        run_id = run.run_id if (run := latest(case)) else 0
        arrays = case.once("pairs", lambda: duplicates.read_pairs(case.workspace, case.dataset.id, run_id=run_id))
        return grouped(
            case.workspace,
            case.dataset.id,
            analysis.Pairs(**arrays),
            kinds=asked.kinds,
            min_cosine=asked.min_cosine,
            max_bits=asked.max_bits,
        )

    return case.once(("grouped", asked.kinds, asked.min_cosine, asked.max_bits), read)


def _near(case: Case, asked: GroupParameters) -> Value:
    run = latest(case)
    if run is None and {"hash", "embedding"} & {*asked.kinds}:
        raise CannotMeasure("Near duplicates have not been searched yet.")
    found = groups_of(case, asked)
    number = {
        "groups": found.groups.n_groups,
        "images": len(found.groups.image_ids),
        "conflicting": int(found.judged.conflicting.sum()),
        "across": int(found.judged.across.sum()),
    }[asked.what]
    return Value(
        number=number,
        unit="count",
        n=totals(case).n_images,
        run_ids=(run.run_id,) if run else (),
        weak=("The search for duplicates is older than the pictures.",) if run is not None and run.is_stale else (),
    )


def _said_of_near(case: Case, asked: GroupParameters) -> str:
    return "{duplicate_groups} " + _SAID[asked.what].format("the same or nearly the same")


def _exact(case: Case, asked: ExactParameters) -> Value:
    found = case.once("exact", lambda: overview.duplicates(case.workspace, case.dataset.id))
    number = {
        "groups": found.n_groups,
        "images": found.n_images,
        "conflicting": found.n_groups_conflicting,
        "across": found.n_groups_across,
    }[asked.what]
    return Value(number=number, unit="count", n=totals(case).n_images)


def _said_of_exact(case: Case, asked: ExactParameters) -> str:
    return "{exact_duplicates} " + _SAID[asked.what].format("identical" if asked.what != "images" else "the same")


MEASURES = (
    Measure(
        name="duplicate-groups", title="Duplicates, exact and near", unit="count", parameters=GroupParameters,
        compute=_near, sentence=_said_of_near, page="duplicates", reads=_READS, kinds=("duplicates",),
        about="Groups that pairs connect which are the same by file, pixels, perceptual hash or embedding, among the "
        "pictures that are kept, by the newest search.",
    ),
    Measure(
        name="exact-duplicates", title="Duplicates of the same bytes", unit="count", parameters=ExactParameters,
        compute=_exact, sentence=_said_of_exact, page="overview", reads=_READS,
        about="Pictures that are kept and have the same SHA-256.",
    ),
)  # fmt: skip
