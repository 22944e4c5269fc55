"""What a detector takes and gives: a picture in, boxes with class and score (and masks) out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from models.arrays import Bytes, Floats, Ints, Masks, Numbers
from models.errors import WeightsMissing


@dataclass(frozen=True, eq=False)
class DetectorInput:
    """A picture as a detector takes it. x = (seen_x - left) / x_scale leads back to the original's pixels."""

    inputs: Numbers
    width: int
    height: int
    x_scale: float
    y_scale: float
    left: float = 0.0
    top: float = 0.0

    def to_original(self, boxes: Floats) -> Floats:
        """boxes (n, 4) float32 in the detector's pixels -> in those of the original, upright."""
        shift = np.array([self.left, self.top, self.left, self.top], np.float32)
        scale = np.array([self.x_scale, self.y_scale, self.x_scale, self.y_scale], np.float32)
        return ((boxes - shift) / scale).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Detections:
    """What one picture holds, in no order: boxes (n, 4) float32 x1, y1, x2, y2 in the original's pixels.

    scores (n,) float32 in [0, 1]; classes (n,) int32. masks: (n, m, m) float32, a probability for each place of the
    box; (n, height, width) bool over the whole picture; or None.
    """

    boxes: Floats
    scores: Floats
    classes: Ints
    masks: Masks | None = None


@dataclass(frozen=True)
class DetectorInfo:
    """What a run records of its detector. classes: names by index; preprocess: a sentence."""

    model: str
    classes: tuple[str, ...]
    backend: str
    device: str
    preprocess: str
    weights_source: str
    weights_sha256: str


class Detector(Protocol):
    """A detector that is ready. `prepare` and, with n_parallel above 1, `detect` may run in several threads at once.

    min_side: how small a picture's shorter side may be decoded, where its format can decode it smaller.
    """

    info: DetectorInfo
    n_parallel: int
    min_side: int

    def prepare(self, pixels: Bytes, *, width: int, height: int) -> DetectorInput: ...

    def detect(self, prepared: DetectorInput) -> Detections: ...


@dataclass(frozen=True)
class DetectorSettings:
    """Which detector and how. weights: a file, an https address (detectron2), or "" for the published ones.

    classes: names by index, () for those that the model brings. score_floor: what scores less is not looked for.
    values: what a byte of an ONNX input becomes, "auto", "0-255" or "0-1"; fit: "auto", "squash" or "letterbox".
    """

    key: str
    weights: str = ""
    classes: tuple[str, ...] = ()
    device: str = "cpu"
    allow_download: bool = False
    score_floor: float = 0.05
    values: str = "auto"
    fit: str = "auto"


def weights_file(settings: DetectorSettings) -> Path:
    """The file of weights that was named; raises WeightsMissing."""
    path = Path(settings.weights).expanduser()
    if not settings.weights or not path.is_file():
        seen = f"There is no file {path}" if settings.weights else f"{settings.key} ships without weights"
        raise WeightsMissing(
            f"{seen}: name one with --weights FILE.onnx (from YOLO: yolo export format=onnx end2end=True)."
        )
    return path


def no_detections() -> Detections:
    """No object at all."""
    return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int32))
