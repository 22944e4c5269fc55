"""The kind `saliency`: where a trained network looks."""

from typing import Literal

from pydantic import Field

from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Parameters
from store.subjects import PICTURES

AUTO = "auto"


class SaliencyParameters(Parameters):
    """What a sheet of saliency maps may be ordered with."""

    train_run: int = Field(
        0,
        ge=0,
        description="a finished training run of a ResNet whose weights are in the workspace; 0: the newest",
    )
    per_class: int = Field(
        24, ge=2, le=1000, description="pictures a label, half of them the surest and half the furthest, 2 to 1,000"
    )
    method: Literal["auto", "cam", "grad-cam-4", "grad-cam-3", "grad-cam-2"] = Field(
        "auto",
        description=(
            "`cam` (exact; read between the network's places where these are few), or `grad-cam-4`, `grad-cam-3`, "
            "`grad-cam-2`: Grad-CAM at that stage; auto: `cam` from 128 pixels on, else `grad-cam-3`"
        ),
    )
    detection_run: int = Field(0, ge=-1, description="the detection whose boxes count; 0: the newest, -1: none")
    box_score: float = Field(0.3, ge=0, le=1, description="boxes from this score on")


KIND = JobKind(
    name="saliency",
    title="Saliency sheet",
    icon="center_focus_strong",
    summary=(
        "Where a trained network looks: for each label the evaluation pictures that it is surest of and those it is "
        "furthest from, as low-resolution maps for their label and for what they were taken for, with the share of the "
        "evidence in the centre, at the border and in detected boxes. A single picture needs no job: the page "
        '"Saliency" asks at once.'
    ),
    lane=COMPUTE,
    needs_pictures=True,
    parameters=SaliencyParameters,
    reads=(PICTURES,),
    here_only=True,
    stale="The network and its evaluation set are the same.",
)
