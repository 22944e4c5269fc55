"""detectron2, where it is installed: any configuration of its model zoo, Mask R-CNN R50-FPN 3x by default.

Its checkpoints are pickles. They are read with nothing allowed but arrays, so that a file runs no code.
"""

import pickle
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy._core import multiarray

from models.arrays import Bytes
from models.detector import Detections, DetectorInfo, DetectorInput, DetectorSettings, no_detections
from models.errors import DeviceFull, UnknownModel, WeightsRefused
from models.weights import Origin, WeightsFile, fill, find_weights, read_state_dict

if TYPE_CHECKING:
    from detectron2.config import CfgNode

_EXTRA = ("pixel_mean", "pixel_std", "anchor_generator.cell_anchors")
_ALLOWED = {
    ("collections", "OrderedDict"): OrderedDict,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}
_RECONSTRUCT = {("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct")}
_SCALAR = {("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar")}


class Detectron2Detector:
    """A model of detectron2's zoo with weights from a file, an address, or the zoo's own."""

    def __init__(self, config: str, settings: DetectorSettings) -> None:
        from detectron2.data import transforms

        self._config = configuration(config, score_floor=settings.score_floor, device=settings.device)
        file = _weights(config, settings)
        model = build(self._config)
        fill(model, read_checkpoint(file.path), model_key=settings.key, file_name=file.path.name, is_extra=_is_extra)
        self._model = model.eval().requires_grad_(False)
        sides = self._config.INPUT
        self._resize = transforms.ResizeShortestEdge([sides.MIN_SIZE_TEST] * 2, sides.MAX_SIZE_TEST)
        self.min_side, self.n_parallel = sides.MIN_SIZE_TEST, 1  # torch's threads share the cores
        self.info = DetectorInfo(
            model=settings.key,
            classes=settings.classes or _names(self._config),
            backend=f"detectron2 {_version()}, torch {torch.__version__}",
            device=settings.device,
            preprocess=f"{sides.FORMAT}, shorter side to {sides.MIN_SIZE_TEST}, longer to at most "
            f"{sides.MAX_SIZE_TEST} (bilinear), bytes minus the model's mean.",
            weights_source=file.source,
            weights_sha256=file.sha256(),
        )

    def prepare(self, pixels: Bytes, *, width: int, height: int) -> DetectorInput:
        """The picture in the order of channels and the size that the model was trained with."""
        ordered = pixels[:, :, ::-1] if self._config.INPUT.FORMAT == "BGR" else pixels
        seen = self._resize.get_transform(ordered).apply_image(ordered)
        planes = np.ascontiguousarray(seen.transpose(2, 0, 1))
        return DetectorInput(planes, width, height, seen.shape[1] / width, seen.shape[0] / height)

    def detect(self, prepared: DetectorInput) -> Detections:
        """Boxes of one picture in the original's pixels; masks over the whole picture where the model makes some."""
        picture = {
            "image": torch.from_numpy(prepared.inputs).float(),
            "height": prepared.height,
            "width": prepared.width,
        }
        try:
            with torch.inference_mode():
                objects = self._model([picture])[0]["instances"].to("cpu")
        except torch.cuda.OutOfMemoryError as problem:
            raise DeviceFull(
                f"A picture of {prepared.width} x {prepared.height} does not fit into the GPU."
            ) from problem
        if not len(objects):
            return no_detections()
        return Detections(
            objects.pred_boxes.tensor.numpy(),
            objects.scores.numpy(),
            objects.pred_classes.numpy().astype(np.int32),
            objects.pred_masks.numpy() if objects.has("pred_masks") else None,
        )


def configuration(name: str, *, score_floor: float, device: str) -> "CfgNode":
    """The zoo's configuration called `name`; raises UnknownModel where it has none."""
    from detectron2 import model_zoo

    try:
        config = model_zoo.get_config(f"{name}.yaml")
    except RuntimeError as problem:
        raise UnknownModel(
            f"detectron2's model zoo has no configuration {name!r}. Names are those of its configs folder, such as "
            "COCO-InstanceSegmentation/mask_rcnn_R_50_FPN_3x."
        ) from problem
    config.MODEL.DEVICE, config.MODEL.WEIGHTS = device, ""
    config.MODEL.ROI_HEADS.SCORE_THRESH_TEST = config.MODEL.RETINANET.SCORE_THRESH_TEST = score_floor
    return config


def build(config: "CfgNode") -> torch.nn.Module:
    """The network of a configuration, without weights."""
    from detectron2.modeling import build_model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of detectron2, about torch
        network: torch.nn.Module = build_model(config)
    return network


def read_checkpoint(path: Path) -> dict[str, torch.Tensor]:
    """Named tensors of a detectron2 checkpoint: .pkl as the zoo publishes, .pth or .safetensors; runs nothing in it.

    Raises WeightsRefused where it is damaged or holds more than arrays.
    """
    if path.suffix != ".pkl":
        return read_state_dict(path)
    try:
        with path.open("rb") as file:
            content = _Arrays(file, encoding="latin1").load()
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError) as problem:
        raise WeightsRefused(
            f"{path.name} was not opened: it is damaged, or holds more than arrays ({str(problem)[:120]}). Get it "
            "again "
            "from detectron2's model zoo."
        ) from problem
    content = content.get("model", content) if isinstance(content, dict) else {}
    state = {str(name): torch.from_numpy(np.array(value)) for name, value in content.items() if np.ndim(value) >= 0}
    if not state:
        raise WeightsRefused(f"{path.name} holds no named arrays.")
    return state


class _Arrays(pickle.Unpickler):
    """A pickle of arrays in dictionaries, and of nothing else."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        if (module, name) in _RECONSTRUCT | _SCALAR:
            return getattr(multiarray, name)
        if (module, name) == ("_codecs", "encode"):
            return _latin_bytes
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _latin_bytes(text: str, encoding: str) -> bytes:
    return text.encode("latin1")


def _weights(config: str, settings: DetectorSettings) -> WeightsFile:
    from detectron2 import model_zoo

    if settings.weights.startswith("https://"):
        address = Origin(settings.weights.split("/")[2], url=settings.weights)
        return find_weights(settings.key, origin=address, weights=None, allow_download=settings.allow_download)
    origin: Origin | None
    try:
        origin = Origin("detectron2's model zoo", url=model_zoo.get_checkpoint_url(f"{config}.yaml"))
    except RuntimeError:
        origin = None  # a configuration without published weights
    given = Path(settings.weights).expanduser() if settings.weights else None
    return find_weights(settings.key, origin=origin, weights=given, allow_download=settings.allow_download)


def _names(config: "CfgNode") -> tuple[str, ...]:
    from detectron2.data import MetadataCatalog

    names: list[str] = []
    if len(config.DATASETS.TRAIN):
        names = getattr(MetadataCatalog.get(config.DATASETS.TRAIN[0]), "thing_classes", [])
    return tuple(names)


def _is_extra(name: str) -> bool:
    return any(part in name for part in _EXTRA)


def _version() -> str:
    import detectron2

    return str(detectron2.__version__)
