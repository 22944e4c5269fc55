"""Detectors behind one interface: the one that was chosen, with its weights."""

from models.detector import Detector, DetectorSettings, weights_file
from models.detector_catalogue import ONNX, missing_command, parse_detector
from models.devices import require_device
from models.errors import PackageMissing, UnknownModel


def load_detector(settings: DetectorSettings) -> Detector:
    """Load a detector with its weights.

    Raises UnknownModel, PackageMissing (with the command that gets it), WeightsMissing, WeightsMismatch, DownloadFailed
    or DeviceMissing.
    """
    key = parse_detector(settings.key)
    package = "onnxruntime" if key.family == ONNX else key.family
    if command := missing_command(package):
        raise PackageMissing(f"{settings.key} needs {package}, which is not installed. Get it with: {command}")
    if key.family == ONNX:
        from models.detector_onnx import OnnxDetector

        return OnnxDetector(weights_file(settings), settings)
    require_device(settings.device)
    if key.family == "torchvision":
        from models.detector_torchvision import TorchvisionDetector

        return TorchvisionDetector(key.name, settings)
    if key.family == "detectron2":
        from models.detector_detectron2 import Detectron2Detector

        return Detectron2Detector(key.name, settings)
    raise UnknownModel(f"{settings.key!r} computes nothing.")
