"""The kind `crops`: detected objects cut out of their pictures, to be a dataset of their own."""

from typing import Annotated

from pydantic import Field

from jobs.engine.kinds import FILES, JobKind
from jobs.engine.parameters import Formerly, Parameters, ServerPath
from jobs.engine.segment_schema import IMAGE, Segment, number, share, text


class CropsParameters(Parameters):
    """What crops may be ordered with."""

    detection_run: int = Field(0, ge=0, description="the run whose boxes are cut; 0: the newest")
    class_name: str = Field("", description="only objects of this class")
    min_score: Annotated[float, Formerly("least_score")] = Field(
        0.5, ge=0, le=1, description="objects from this score on"
    )
    margin: float = Field(0.05, ge=0, le=1, description="more around the box, as a share of its sides, 0 to 1")
    min_side: Annotated[int, Formerly("least_side")] = Field(8, ge=0, description="smaller crops are left out, pixels")
    name: str = Field("", description='the name of the dataset to be; without it the dataset\'s with "objects"')
    folder: ServerPath = Field("", description="where to; without it a new folder under the workspace's `uploads`")


SEGMENT = Segment(
    columns={
        "path": text(4_096),
        "image_id": IMAGE,
        "class_name": text(500),
        "score": share(),
        **dict.fromkeys(("x1", "y1", "x2", "y2"), number(-1e6, 1e6)),
        "reason": text(),
    },
    needed=("path", "image_id", "class_name", "score", "x1", "y1", "x2", "y2", "reason"),
    rows_per_image=10_000,
)

KIND = JobKind(
    name="crops",
    title="Crops",
    icon="crop",
    summary=(
        "Detected objects cut out into a folder of the workspace, a folder a class; `import` takes it in as a dataset "
        "of its own. Each crop's origin stands in the table `crop`. While the people of a dataset are blurred, they "
        "are not cut out."
    ),
    lane=FILES,
    needs_pictures=True,
    parameters=CropsParameters,
    reads=(),
    segment=SEGMENT,
)
