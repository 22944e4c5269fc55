"""The detectors a person can choose from. Imports neither torch nor any model library: pages list it."""

import importlib.util
import re
from dataclasses import dataclass
from typing import Literal

from models.errors import UnknownModel

ONNX, COCO_FILE, SAM = "onnx", "coco-file", "sam"
AS_ANNOTATED = "as-annotated"  # what came with the import
MARKED = (COCO_FILE, AS_ANNOTATED)  # boxes that are there already, so that nothing is computed
SAM_SIZES = {
    "vit_b": "sam_vit_b_01ec64.pth",
    "vit_l": "sam_vit_l_0b3195.pth",
    "vit_h": "sam_vit_h_4b8939.pth",
}  # with the file that is published
TORCHVISION = ("fasterrcnn_mobilenet_v3_large_320_fpn", "maskrcnn_resnet50_fpn")
DETECTRON2_DEFAULT = "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x"
GET_DETECTRON2 = "pip install --no-build-isolation git+https://github.com/facebookresearch/detectron2"
_COMMANDS = {"segment_anything": "pip install segment-anything"}

WeightsPlace = Literal["file", "download", "none"]


@dataclass(frozen=True)
class DetectorChoice:
    """One line of the detector menu. missing: the command that gets its library, "" where it is installed."""

    key: str
    title: str
    weights: WeightsPlace
    note: str
    has_masks: bool = False
    missing: str = ""


@dataclass(frozen=True)
class DetectorKey:
    """A detector's key, taken apart: "torchvision/maskrcnn_resnet50_fpn" has family and name."""

    family: str
    name: str


def list_detectors() -> list[DetectorChoice]:
    """The detectors to offer, the easiest to get first; of detectron2 any other configuration is accepted too."""
    return [
        DetectorChoice(
            f"torchvision/{TORCHVISION[0]}",
            "Faster R-CNN, MobileNet, 320 pixels",
            "download",
            "COCO's classes; 74 MB from download.pytorch.org, or a file; quick, coarse",
            False,
            missing_command("torchvision"),
        ),
        DetectorChoice(
            f"torchvision/{TORCHVISION[1]}",
            "Mask R-CNN, ResNet-50",
            "download",
            "COCO's classes, with masks; 170 MB from download.pytorch.org, or a file; slow on a CPU",
            True,
            missing_command("torchvision"),
        ),
        DetectorChoice(
            ONNX,
            "An ONNX file",
            "file",
            "rows x1, y1, x2, y2, score, class: what YOLO's end-to-end exports give, for one",
            False,
            missing_command("onnxruntime"),
        ),
        DetectorChoice(
            f"detectron2/{DETECTRON2_DEFAULT}",
            "Mask R-CNN of detectron2, ResNet-50, 3x",
            "download",
            "COCO's classes, with masks; 178 MB from dl.fbaipublicfiles.com, or a file; slow on a CPU",
            True,
            missing_command("detectron2"),
        ),
        DetectorChoice(
            f"{SAM}/vit_b",
            "Segment Anything, for boxes found before",
            "download",
            "outlines each box of an earlier detection; 375 MB from dl.fbaipublicfiles.com, or a file; some seconds a "
            "picture on a CPU",
            True,
            missing_command("segment_anything"),
        ),
        DetectorChoice(
            COCO_FILE,
            "Boxes from a COCO file",
            "file",
            "what people marked, or another program found: annotations with bbox, and score where there is one",
            True,
        ),
        DetectorChoice(
            AS_ANNOTATED,
            "Boxes that came with the import",
            "none",
            "as annotated, in whatever format the dataset's labels were read from; an import takes them unless it was "
            "told not to",
            True,
        ),
    ]


def parse_detector(key: str) -> DetectorKey:
    """Take a detector's key apart.

    Raises UnknownModel if it is none of "onnx", "coco-file", "as-annotated", "torchvision/<name>",
    "detectron2/<config>", "sam/<size>".
    """
    if key in (ONNX, *MARKED):
        return DetectorKey(key, key)
    family, _, name = key.partition("/")
    if family == "torchvision" and name in TORCHVISION:
        return DetectorKey(family, name)
    if family == SAM and name in SAM_SIZES:
        return DetectorKey(family, name)
    if family == "detectron2" and re.fullmatch(r"\w[\w-]*(/\w[\w.-]*)+", name) and ".." not in name:
        return DetectorKey(family, name.removesuffix(".yaml"))
    offered = ", ".join(f"torchvision/{name}" for name in TORCHVISION)
    raise UnknownModel(
        f"{key!r} names no detector. Use onnx, {offered}, detectron2/<a configuration of its model zoo, such as "
        f"{DETECTRON2_DEFAULT}>, sam/{', sam/'.join(SAM_SIZES)}, coco-file, or as-annotated."
    )


def missing_command(package: str) -> str:
    """The command that installs `package`; "" where it is installed."""
    if importlib.util.find_spec(package) is not None:
        return ""
    return GET_DETECTRON2 if package == "detectron2" else _COMMANDS.get(package, f"pip install {package}")
