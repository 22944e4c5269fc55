"""The kind `drift`: what came in lately against what was there before."""

from typing import Literal

from pydantic import Field

from analytics.drift_measures import ALPHA, DRIFT_KINDS, matters
from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.segment_schema import CLASS, COSINE, IMAGE, Segment, number, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import LABELS, PICTURES, REMOVALS, SPLITS, VECTORS


class DriftParameters(Parameters):
    """What a comparison may be ordered with."""

    by: Literal["day", "import", "split"] = Field(
        "day",
        description="what tells later pictures from earlier ones: their day of import (UTC), their import, or a split",
    )
    lately: str = Field(
        "",
        max_length=500,
        description="the first later day (2026-11-30), the run of the first later import, or the later split; without "
        "it the newest day or import, which a split has none of",
    )
    before_days: int = Field(
        0, ge=0, le=36_500, description="by day: so many days before the later ones are compared with; 0 for all"
    )
    space: str = Field("", description="the embedding space by name; without it the one with the most vectors, if any")
    sample: int = Field(
        5_000, ge=100, le=50_000, description="pictures of each side whose vectors are compared, at most"
    )
    min_cosine: float = Field(0.95, gt=0, le=1, description="cosine from which a later picture is a near duplicate")
    seed: int = Field(801, ge=0, description="of samples and permutations")


def drift_outcome(job: JobView) -> str:
    """'Drift by 2 of 13 measures (brightness, new clusters): 300 later pictures against 2,000 earlier ones.'"""
    drifted, n = job.figures.get("drifted"), job.figures.get("n_measures")
    if not isinstance(drifted, list) or not n:
        return ""
    compared = (
        f"{count(job.figures['n_after'], 'later picture')} against {count(job.figures['n_before'], 'earlier one')}"
    )
    if not drifted:
        return f"No drift by any of {count(n, 'measure')}: {compared}."
    names = ", ".join(DRIFT_KINDS[name].title.lower() for name in drifted if name in DRIFT_KINDS)
    return f"Drift by {len(drifted):,} of {count(n, 'measure')} ({names}): {compared}."


def drifted(measure: str, *, value: float, p_adjusted: float, limit: float | None = None, alpha: float = ALPHA) -> bool:
    """Whether a measure is neither chance nor too small to matter. limit None: that of the measure itself."""
    least = DRIFT_KINDS[measure].limit if limit is None else limit
    return p_adjusted <= alpha and matters(measure, value, limit=least)


KIND = JobKind(
    name="drift",
    title="Drift",
    icon="monitor_heart",
    summary=(
        "What came in lately against what was there before: class shares, labels against earlier neighbours, measures "
        "of the pictures, vectors (a classifier that tries to tell them apart, distance of means, distance to the "
        "nearest earlier picture, new clusters) and near duplicates of earlier pictures."
    ),
    lane=COMPUTE,
    parameters=DriftParameters,
    reads=(PICTURES, VECTORS, LABELS, SPLITS, REMOVALS),
    stale="The comparison is of the pictures as they were.",
    notes=(
        "The p values of a run are adjusted together by Holm, so that the chance of any false alarm of a run is at "
        f"most {ALPHA:g}, or what the owner set on the page Health; a measure is called drift where it is also at its "
        "limit or beyond. Class shares and labels need a dataset with one label a picture. Without vectors the other "
        "measures are taken."
    ),
    segment=Segment(
        columns={
            "measure": text(100),
            "value": number(-1, 1e6),
            **dict.fromkeys(("low", "high"), number(-1, 1e6)),
            **dict.fromkeys(("p", "p_adjusted"), share()),
            "note": text(),
            "label": CLASS,
            **dict.fromkeys(("n_before", "n_after"), whole(0, 2**40)),
            "why": text(20),
            **dict.fromkeys(("place", "cluster"), whole(-1, 2**31 - 1)),
            **dict.fromkeys(("image_id", "other_id"), IMAGE),
            "cosine": COSINE,
        },
        needed=("measure", "value", "p", "p_adjusted", "image_id"),
        rows_per_image=10,
    ),
    outcome=drift_outcome,
)
