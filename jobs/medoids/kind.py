"""The kind `medoids`: the k pictures that stand for all."""

from typing import Literal, Self

from pydantic import Field, model_validator

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.segment_schema import COSINE, IMAGE, Segment, number, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import PICTURES, REMOVALS, VECTORS

MAX_K = 1000


class MedoidsParameters(Parameters):
    """What a search for representatives may be ordered with."""

    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    metric: Literal["cosine", "euclidean"] = Field("cosine", description="`cosine` or `euclidean`")
    k: int = Field(
        0,
        ge=0,
        le=MAX_K,
        description=("how many; 0: computes the curve over k and takes the k where it bends, which is a heuristic"),
    )
    k_min: int = Field(2, ge=2, le=MAX_K, description="the curve's first k")
    k_max: int = Field(100, ge=2, le=MAX_K, description="the curve's last k")
    k_step: int = Field(1, ge=1, le=MAX_K, description="from one k of the curve to the next")
    sample_size: int = Field(
        5000, ge=100, le=10_000, description="above 10,000 pictures: how many are clustered at once, 100 to 10000"
    )
    n_samples: int = Field(
        3,
        ge=1,
        le=20,
        description="above 10,000 pictures: of so many samples, the medoids that serve all pictures best are kept",
    )
    seed: int = Field(801, ge=0, description="the same seed gives the same medoids")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.k_max < self.k_min:
            raise ValueError(f"k_max ({self.k_max}) is less than k_min ({self.k_min}).")
        return self


SEGMENT = Segment(
    columns={
        "part": text(20),
        "image_id": IMAGE,
        "reason": text(),
        "cluster": whole(-1, 2**31 - 1),
        "distance": number(0, 1e12),
        "cosine": COSINE,
        "chooser": text(60),
        "medoids": IMAGE.many(10_000_000),
        **dict.fromkeys(("loss", "sample_loss", "found_loss", "inertia"), number(0, 1e15)),
        **dict.fromkeys(("distortion", "farthest"), number(0, 1e15, or_nan=True)),
        **dict.fromkeys(("silhouette", "medoid_silhouette"), number(-1, 1, or_nan=True)),
        "covered": share(or_nan=True).many(1_000),
        **dict.fromkeys(("n_sample", "n_images", "n_silhouette"), whole(0, 2**40)),
    },
    needed=("part", "image_id", "cluster"),
    rows_per_image=1_000,
)


def medoids_outcome(job: JobView) -> str:
    """'20 pictures stand for 31,848.'"""
    figures = job.figures
    if not figures.get("k"):
        return ""
    return f"{count(int(figures['k']), 'picture stands', 'pictures stand')} for {int(figures['n_images']):,}."


KIND = JobKind(
    name="medoids",
    title="Representatives",
    icon="auto_awesome_mosaic",
    summary=(
        "The k pictures that stand for all (k-medoids by FasterPAM), whom each stands for, other ways to choose k "
        "beside them, and how typical each picture is of its class."
    ),
    lane=COMPUTE,
    parameters=MedoidsParameters,
    reads=(PICTURES, VECTORS, REMOVALS),
    stale="Labels and sizes are today's; clusters and curves are from then. Find others to bring them up to date.",
    segment=SEGMENT,
    outcome=medoids_outcome,
)
