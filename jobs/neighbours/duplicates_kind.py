"""The kind `duplicates`: pairs that are near by perceptual hash or by embedding, and the groups they make."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.segment_schema import COSINE, IMAGE, Segment, text, whole
from jobs.engine.spec import JobView
from store.subjects import PICTURES, REMOVALS, VECTORS


class DuplicatesParameters(Parameters):
    """What a search for near duplicates may be ordered with."""

    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    min_cosine: float = Field(0.95, gt=0, le=1, description="cosine from which two images count as near")
    hamming_bits: int = Field(
        4, ge=0, le=16, description="bits of 64 by which two perceptual hashes may differ, 0 to 16"
    )
    graph_run: int = Field(0, ge=0, description="set by the job itself: the run of the neighbour graph it was given")


SEGMENT = Segment(
    columns={
        "first_image": IMAGE,
        "second_image": IMAGE,
        "cosine": COSINE,
        "bits": whole(0, 64),
        "group_number": whole(0, 2**31 - 1),
        "reasons": text(200),
    },
    needed=("first_image", "second_image", "cosine", "bits", "group_number", "reasons"),
    rows_per_image=2_000,
)


def duplicates_outcome(job: JobView) -> str:
    """'1,437 groups of near duplicates, 3,183 pictures in all.'"""
    figures = job.figures
    if "n_groups" not in figures:
        return ""
    groups = count(int(figures["n_groups"]), "group")
    return f"{groups} of near duplicates, {count(int(figures['n_in_groups']), 'picture')} in all."


KIND = JobKind(
    name="duplicates",
    title="Search for duplicates",
    icon="content_copy",
    summary=(
        "Pairs of images that are near by perceptual hash, and by embedding where the space has a neighbour graph, and "
        "the groups they make. Pairs are kept from a cosine of .85 and up to 10 bits on, so that the page's thresholds "
        "move without a job (above 150,000 images only up to the bits asked for)."
    ),
    lane=COMPUTE,
    parameters=DuplicatesParameters,
    reads=(PICTURES, VECTORS, REMOVALS),
    stale="What was removed is left out here; what is new is compared by file and pixels alone.",
    segment=SEGMENT,
    outcome=duplicates_outcome,
)
