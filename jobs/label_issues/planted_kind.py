"""The kind `planted-labels`: what share of planted wrong labels a label check finds."""

from typing import Annotated

from pydantic import Field

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Formerly
from jobs.engine.segment_schema import IMAGE_ONCE, Segment, text
from jobs.label_issues.kind import CheckParameters
from store.subjects import LABELS, NAMES, PICTURES, REMOVALS, VECTORS


class PlantedLabelsParameters(CheckParameters):
    """What a check with planted errors may be ordered with; given predictions would know nothing of what is planted."""

    share: float = Field(
        0.03,
        gt=0,
        le=0.2,
        description="how many labels of those that the newest check does not doubt are made wrong",
    )
    max_planted: Annotated[int, Formerly("most")] = Field(1000, ge=1, le=100_000, description="and at most so many")


SEGMENT = Segment(columns={"image_id": IMAGE_ONCE, "reason": text()})

KIND = JobKind(
    name="planted-labels",
    title="Check with planted errors",
    icon="fact_check",
    summary=(
        "The label check on a copy of the labels in which wrong ones were planted, to see what share of them it finds. "
        'Neither the data nor any result changes; what was found is in the run\'s figures and on the page "Review", '
        'under "When to stop". A label check must have run before.'
    ),
    lane=COMPUTE,
    parameters=PlantedLabelsParameters,
    reads=(PICTURES, VECTORS, LABELS, NAMES, REMOVALS),
    segment=SEGMENT,
)
