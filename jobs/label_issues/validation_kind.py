"""The kind `validation`: candidates for a validation set."""

from pydantic import Field

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.segment_schema import CLASS, COSINE, IMAGE, Segment, number, whole
from store.subjects import LABELS, PICTURES, REMOVALS, VECTORS

MIN_PICTURES, MAX_PICTURES = 10, 1_000  # pictures of a validation set, as the course has it


class ValidationParameters(Parameters):
    """What candidates for a validation set may be ordered with."""

    space: str = Field("", description="the embedding space by name; without it the one with the most vectors")
    per_class: int = Field(
        50, ge=1, le=MAX_PICTURES, description=f"pictures of each class; {MIN_PICTURES} to {MAX_PICTURES:,} in all"
    )
    label_run: int = Field(0, ge=0, description="the run of the label check; 0: the newest")
    min_cosine: float = Field(0.95, ge=0.5, le=1, description="from this cosine on, two pictures are near duplicates")
    hamming_bits: int = Field(
        4, ge=0, le=16, description="or where their perceptual hashes differ in at most so many bits of 64"
    )
    seed: int = Field(801, ge=0, description="of the medoids' start")


SEGMENT = Segment(
    columns={
        "image_id": IMAGE,
        "label": CLASS,
        "rank": whole(1, 2**31 - 1),
        "stands_for": whole(0, 2**31 - 1),
        "n_heard": whole(0, 100),
        "margin": number(-1e6, 1e6),
        "near_id": IMAGE,
        "cosine": COSINE,
        "hamming_bits": whole(-1, 64),
    },
    needed=("image_id", "label", "rank", "near_id"),
    rows_per_image=1_000,
)

KIND = JobKind(
    name="validation",
    title="Validation set",
    icon="ac_unit",
    summary=(
        "Candidates for a validation set: pictures whose label every method of a label check is content with, spread "
        'over each class by k-medoids, half as many again as are wanted. The page "Versions" asks somebody to confirm '
        "each."
    ),
    lane=COMPUTE,
    parameters=ValidationParameters,
    reads=(PICTURES, VECTORS, LABELS, REMOVALS),
    segment=SEGMENT,
)
