"""How few pictures stand for how many."""

from pydantic import Field

from analytics.wording import count
from evidence.case import Case, chosen
from evidence.errors import CannotMeasure
from evidence.measure import Measure, Parameters
from evidence.value import Value
from store import medoids
from store.medoids import MedoidRun


class MedoidParameters(Parameters):
    """run: the number of the search for representatives; 0: the newest."""

    run: int = Field(0, ge=0)


class CoverageParameters(MedoidParameters):
    """percent: a picture with a representative at this cosine, in hundredths, counts. k: of how many; 0: the run's."""

    percent: int = Field(80, ge=0, le=100)
    k: int = Field(0, ge=0)


def _run(case: Case, run_id: int) -> MedoidRun:
    runs = case.once("medoids", lambda: medoids.list_medoid_runs(case.workspace, case.dataset.id))
    return chosen(runs, run_id, what="search for representatives")


def _of(run: MedoidRun, number: float, *, unit: str) -> Value:
    weak = ("The representatives are older than the pictures.",) if run.is_stale else ()
    return Value(number=number, unit=unit, n=run.n_images, run_ids=(run.run_id,), weak=weak)  # type: ignore[arg-type]  # a Unit


def _coverage(case: Case, asked: CoverageParameters) -> Value:
    run = _run(case, asked.run)
    curve = case.once(
        ("coverage", run.run_id, asked.percent),
        lambda: medoids.coverage_curve(case.workspace, run.run_id, percent=asked.percent).to_pylist(),
    )
    shares = {row["k"]: row["share"] for row in curve}
    k = asked.k or run.k
    if shares.get(k) is None:
        raise CannotMeasure(f"Run {run.run_id} has no curve over k that says what {k:,} representatives cover.")
    return _of(run, float(shares[k]), unit="share")


def _said_of_coverage(case: Case, asked: CoverageParameters) -> str:
    try:
        which = count(asked.k or _run(case, asked.run).k, "picture stands", "pictures stand")
    except CannotMeasure:
        which = "The representatives stand"
    return f"{which} for {{medoid_coverage}} of the set (a cosine of {asked.percent / 100:g} or more)."


def _distance(case: Case, asked: MedoidParameters) -> Value:
    run = _run(case, asked.run)
    choices = medoids.subset_choices(case.workspace, run.run_id).to_pylist()
    own = next((row for row in choices if row["chooser"] == "medoids"), None)
    if own is None:
        raise CannotMeasure(f"Run {run.run_id} does not say what its representatives are worth.")
    return _of(run, float(own["mean_distance"]), unit="score")


def _number(case: Case, asked: MedoidParameters) -> Value:
    run = _run(case, asked.run)
    return _of(run, run.k, unit="count")


MEASURES = (
    Measure(
        name="medoid-coverage", title="Coverage by representatives", unit="share", parameters=CoverageParameters,
        compute=_coverage, sentence=_said_of_coverage, page="representatives", kinds=("medoids",),
        about="The share of pictures with a representative at a cosine of so much or more.",
    ),
    Measure(
        name="medoid-distance", title="Distance to the representatives", unit="score", parameters=MedoidParameters,
        compute=_distance, page="representatives", kinds=("medoids",),
        sentence=lambda case, asked: "The mean distance of a picture to its representative is {medoid_distance}.",
        about="The mean distance of all pictures to the nearest representative, over all pictures.",
    ),
    Measure(
        name="representatives", title="Representatives", unit="count", parameters=MedoidParameters, compute=_number,
        sentence=lambda case, asked: "{representatives} pictures represent the whole set.", page="representatives",
        kinds=("medoids",), about="How many the search chose.",
    ),
)  # fmt: skip
