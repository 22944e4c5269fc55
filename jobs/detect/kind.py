"""The kind `detect`: what is in each picture, as boxes and masks."""

from typing import Annotated, Literal

from pydantic import Field

from analytics.wording import count
from jobs.engine.kinds import COMPUTE, JobKind
from jobs.engine.parameters import Formerly, Parameters, ServerPath
from jobs.engine.parts import InParts
from jobs.engine.segment_schema import IMAGE_ONCE, DetectedNames, Segment, number, share, text, whole
from jobs.engine.spec import JobView
from store.subjects import PICTURES, REMOVALS

COCO80 = "coco80"


class DetectParameters(Parameters):
    """What a detection may be ordered with."""

    model: str = Field(
        "onnx",
        description=(
            "`onnx`, `torchvision/fasterrcnn_mobilenet_v3_large_320_fpn`, `torchvision/maskrcnn_resnet50_fpn`, "
            "`detectron2/CONFIG` of its model zoo (such as "
            "`detectron2/COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x`), `sam/vit_b`, `sam/vit_l`, `sam/vit_h`: "
            "outlines (masks and their areas) of the boxes of `--boxes-run`; `as-annotated`: the boxes that came with "
            "the import; or `coco-file`: boxes from a COCO JSON, or from the folder or file of annotations of YOLO, "
            "Pascal VOC, CVAT or LabelMe, marked by people or found by another program"
        ),
    )
    weights: ServerPath = Field(
        "",
        description=(
            "the ONNX file (output rows x1, y1, x2, y2, score, class), the COCO file, or a file of weights; for "
            "detectron2 also an https address, with `--download yes`"
        ),
    )
    class_file: ServerPath = Field(
        "", description="a text file of class names, one a line, where the model brings none"
    )
    names: Literal["", "coco80"] = Field("", description="`coco80`: COCO's 80 names")
    download: bool = Field(False, description="`yes` lets the published weights be downloaded")
    device: str = Field("auto", description="`cpu`, `cuda:0`, ...")
    score_floor: float = Field(0.1, ge=0.0, le=1.0, description="what scores less is not stored")
    nms_iou: float = Field(
        0.5,
        ge=0.0,
        le=1.0,
        description="of boxes of one class that overlap by more, the best is kept; 1 keeps all",
    )
    max_objects: Annotated[int, Formerly("most")] = Field(
        300, ge=1, le=10_000, description="at most so many boxes a picture, the best ones"
    )
    values: Literal["auto", "0-255", "0-1"] = Field(
        "auto",
        description=(
            "ONNX: what a byte becomes, `0-255` or `0-1`; auto: 0-1 for files with channels first or with names inside "
            "(YOLO)"
        ),
    )
    fit: Literal["auto", "squash", "letterbox"] = Field(
        "auto",
        description="ONNX: `squash` or `letterbox` (padded with grey); auto: letterbox for the same files",
    )
    mark: str = Field(
        "",
        description="as-annotated: by what a change of the annotations is known; filled in from the import",
    )
    boxes_run: int = Field(0, ge=0, description="sam: the number of the detection whose boxes are outlined")


_NOTES = """\
Segment Anything needs `pip install segment-anything`. Get detectron2 with
`pip install --no-build-isolation git+https://github.com/facebookresearch/detectron2` (it needs a C++ compiler and
`setuptools<81`).
"""


def _reads_a_file(parameters: DetectParameters) -> str:
    from models.detector_catalogue import MARKED  # here: a kind is read at every start, and loads none of its code

    return "boxes that were marked before are read, not computed." if parameters.model in MARKED else ""


SEGMENT = Segment(
    columns={
        "image_id": IMAGE_ONCE,
        "sha256": text(64),
        "reason": text(),
        "classes": whole(0, 99_999).many(10_000),
        "scores": share().many(10_000),
        **dict.fromkeys(("x1", "y1", "x2", "y2"), number(0, 1e6).many(10_000)),
        "areas": number(0, 1e12).many(10_000),
        "masks": text(10_000_000).many(10_000),
    },
    needed=("image_id", "sha256", "reason", "classes", "scores", "x1", "y1", "x2", "y2", "areas", "masks"),
    alike=("classes", "scores", "x1", "y1", "x2", "y2", "areas", "masks"),
    about={"classes": DetectedNames},
)


def detect_outcome(job: JobView) -> str:
    """How a file of boxes was matched with the pictures; "" for a detector."""
    figures = job.figures
    if "n_named" not in figures:
        return ""
    said = [f"The file names {count(int(figures['n_named']), 'picture')} of the dataset"]
    for key, what in (
        ("n_names_unmatched", "of its names mean no picture here, or several"),
        ("n_bad_annotations", "annotations cannot be used"),
        ("n_annotations_of_no_image", "annotations name an image that it does not list"),
        ("n_turned", "pictures' boxes were turned with their picture"),
    ):
        if figures.get(key):
            said.append(f"{int(figures[key]):,} {what}")
    if figures.get("names_made_of_numbers"):
        said.append("classes are called by their numbers, for it lists no categories")
    return "; ".join(said) + "."


KIND = JobKind(
    name="detect",
    title="Detection",
    icon="frame_inspect",
    summary=(
        "What is in each picture: boxes with class and score in the picture's own pixels, upright, and masks where the "
        "model makes some. The slider of the page works on what is stored, so a low floor is good. No detector ships: "
        "`onnx` needs a file, the others a file or `--download yes`."
    ),
    notes=_NOTES,
    lane=COMPUTE,
    needs_pictures=True,
    parameters=DetectParameters,
    reads=(PICTURES, REMOVALS),
    stale="Pictures that came or changed since are not looked at. Detect again to count them.",
    segment=SEGMENT,
    in_parts=InParts(
        rows=256,
        sums=(),
        rate="images_per_second",
        shared=("classes.npy", "boxes.npy"),
        refuses=_reads_a_file,
    ),
    outcome=detect_outcome,
)
