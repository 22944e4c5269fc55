"""The kind `attributes`: a yes or no question in words, asked of every picture."""

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from jobs.engine.parts import InParts
from jobs.engine.segment_schema import IMAGE_ONCE, Segment, share, text
from jobs.engine.spec import JobView
from jobs.zero_shot.kind import WordsParameters
from store.subjects import PICTURES, REMOVALS, VECTORS


class _Question(Parameters):
    name: str = Field("", description="what the attribute is called: `pool`")
    with_: str = Field(
        "",
        alias="with",
        description='words for yes, a line each or separated by `|`: `"a photo with a pool|a pool"`',
    )
    without: str = Field("", description='words for no; what such pictures show instead says more than "without"')


class AttributesParameters(WordsParameters, _Question):
    """What an attribute may be ordered with."""


SEGMENT = Segment(
    columns={"image_id": IMAGE_ONCE, "share": share(), "reason": text()}, needed=("image_id", "share", "reason")
)


def attribute_outcome(job: JobView) -> str:
    """'"round" is said of 417 of 1,877 pictures.'"""
    figures = job.figures
    if "n_yes" not in figures:
        return ""
    return (
        f"{figures.get('name')!r} is said of {int(figures['n_yes']):,} of {count(int(figures['n_images']), 'picture')}."
    )


KIND = JobKind(
    name="attributes",
    title="Attribute",
    icon="contact_support",
    summary=(
        "A yes or no question in words, asked of every picture: its vector is compared with words for yes and with "
        "words for no, and the answer is the share that yes has. Read by open_clip or by ConSE, as `zero-shot` is. It "
        "is a colour of the map, a line in the picture's facts, and a page of its own."
    ),
    lane=COMPUTE,
    parameters=AttributesParameters,
    reads=(PICTURES, VECTORS, REMOVALS),
    stale="New pictures have no answer yet.",
    segment=SEGMENT,
    in_parts=InParts(rows=100_000, sums=("n_failed",), shared=("about.json",), by_row=("vectors.npy",)),
    outcome=attribute_outcome,
)
