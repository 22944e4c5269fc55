"""torchvision's Faster R-CNN (MobileNet, 320 pixels) and Mask R-CNN (ResNet-50)."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torchvision
from torch.nn.utils.fusion import fuse_conv_bn_weights
from torchvision.ops.misc import FrozenBatchNorm2d

from models.arrays import Bytes
from models.backends import usable_cores
from models.detector import Detections, DetectorInfo, DetectorInput, DetectorSettings, no_detections
from models.errors import DeviceFull
from models.weights import Origin, fill, find_weights, read_state_dict

if TYPE_CHECKING:
    from torchvision.models.detection.generalized_rcnn import GeneralizedRCNN

_WEIGHTS = {
    "fasterrcnn_mobilenet_v3_large_320_fpn": "FasterRCNN_MobileNet_V3_Large_320_FPN_Weights",
    "maskrcnn_resnet50_fpn": "MaskRCNN_ResNet50_FPN_Weights",
}
_NORMS = (torch.nn.BatchNorm2d, FrozenBatchNorm2d)
_SCORES = "roi_heads.box_predictor.cls_score.weight"
# torchvision loads its ResNet-50 detectors with frozen batch norms whose epsilon it sets to 0.
_NO_EPSILON = ("maskrcnn_resnet50_fpn",)


class TorchvisionDetector:
    """A detector of torchvision with weights from a file or published ones. Class 0 is the first after background."""

    def __init__(self, name: str, settings: DetectorSettings) -> None:
        published = getattr(torchvision.models.detection, _WEIGHTS[name]).COCO_V1
        origin = Origin(f"download.pytorch.org ({Path(published.url).name})", url=published.url)
        given = Path(settings.weights).expanduser() if settings.weights else None
        file = find_weights(settings.key, origin=origin, weights=given, allow_download=settings.allow_download)
        state = read_state_dict(file.path)
        n_outputs = state[_SCORES].shape[0] if _SCORES in state else len(published.meta["categories"])
        model = build(name, n_outputs=n_outputs, score_floor=settings.score_floor)
        fill(model, state, model_key=settings.key, file_name=file.path.name)
        if name in _NO_EPSILON and file.path.name == Path(published.url).name:
            _set_epsilon(model, 0.0)
        fold_norms(model.eval().requires_grad_(False))
        self._model = model.to(settings.device).to(memory_format=torch.channels_last)
        self._device = settings.device
        self.n_parallel = usable_cores() if settings.device == "cpu" else 1
        if settings.device == "cpu":
            torch.set_num_threads(1)  # a picture a core: benchmarks/detection.py
        self.min_side = int(self._model.transform.min_size[0])
        self.info = DetectorInfo(
            model=settings.key,
            classes=settings.classes or _names(published.meta["categories"], n_outputs),
            backend=f"torch {torch.__version__}",
            device=settings.device,
            preprocess=f"RGB, shorter side to {self.min_side}, longer to at most {self._model.transform.max_size} "
            "(bilinear), values in 0-1, ImageNet's mean and deviation.",
            weights_source=file.source,
            weights_sha256=file.sha256(),
        )

    def prepare(self, pixels: Bytes, *, width: int, height: int) -> DetectorInput:
        """The picture as it is; the model resizes it."""
        return DetectorInput(pixels, width, height, pixels.shape[1] / width, pixels.shape[0] / height)

    def detect(self, prepared: DetectorInput) -> Detections:
        """Boxes of one picture in the original's pixels; masks as Mask R-CNN gives them, 28 x 28 a box."""
        try:
            with torch.inference_mode():
                planes = torch.from_numpy(prepared.inputs).to(self._device).permute(2, 0, 1).float() / 255
                seen, _ = self._model.transform([planes])
                features = self._model.backbone(seen.tensors)
                proposals, _ = self._model.rpn(seen, features)
                (objects,), _ = self._model.roi_heads(features, proposals, seen.image_sizes)
        except torch.cuda.OutOfMemoryError as problem:
            raise DeviceFull(
                f"A picture of {prepared.width} x {prepared.height} does not fit into {self._device}."
            ) from problem
        if not len(objects["boxes"]):
            return no_detections()
        height, width = seen.image_sizes[0]
        ratio = np.array([prepared.width / width, prepared.height / height] * 2, np.float32)
        masks = objects["masks"][:, 0].cpu().numpy() if "masks" in objects else None
        return Detections(
            objects["boxes"].cpu().numpy() * ratio,
            objects["scores"].cpu().numpy(),
            objects["labels"].cpu().numpy().astype(np.int32) - 1,
            masks,
        )


def build(name: str, *, n_outputs: int, score_floor: float) -> "GeneralizedRCNN":
    """The network without weights. n_outputs: classes and the background."""
    maker = getattr(torchvision.models.detection, name)
    model: GeneralizedRCNN = maker(
        weights=None,
        weights_backbone=None,
        num_classes=n_outputs,
        box_score_thresh=score_floor,
        box_detections_per_img=300,
    )
    return model


def _names(categories: list[str], n_outputs: int) -> tuple[str, ...]:
    return tuple(categories[1:]) if n_outputs == len(categories) else ()


def _set_epsilon(model: torch.nn.Module, epsilon: float) -> None:
    for module in model.modules():
        if isinstance(module, _NORMS):
            module.eps = epsilon


def fold_norms(model: torch.nn.Module) -> None:
    """Put each batch norm of a network in eval mode into the convolution before it: the same sums, fewer passes.

    A norm belongs to the convolution that its parent names just before it, as in all of torchvision's networks here.
    """
    for parent in list(model.modules()):
        for (_, conv), (name, norm) in itertools.pairwise(list(parent.named_children())):
            if isinstance(conv, torch.nn.Conv2d) and isinstance(norm, _NORMS):
                mean, variance = norm.running_mean, norm.running_var
                if mean is None or variance is None:  # it was made without statistics: there is nothing to fold
                    continue
                weight, bias = fuse_conv_bn_weights(
                    conv.weight, conv.bias, mean, variance, norm.eps, norm.weight, norm.bias
                )
                conv.weight = torch.nn.Parameter(weight.detach(), requires_grad=False)
                conv.bias = torch.nn.Parameter(bias.detach(), requires_grad=False)
                setattr(parent, name, torch.nn.Identity())
