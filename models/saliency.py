"""Where a ResNet looks: class activation maps, exact for its pooled linear head, and Grad-CAM at any stage.

Refs: Zhou et al., "Learning deep features for discriminative localization", CVPR 2016 (CAM); Selvaraju et al.,
"Grad-CAM", ICCV 2017; Long et al., "Fully convolutional networks", CVPR 2015 (reading a network between its strides).
"""

import contextlib
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from models.arrays import Bytes, Floats, Ints
from models.errors import BadProtocol
from models.resnets import new_resnet, standardised
from models.weights import fill, read_state_dict

CAM = "cam"
STAGES = {"grad-cam-4": "layer4", "grad-cam-3": "layer3", "grad-cam-2": "layer2"}
METHODS = (CAM, *STAGES)
_STRIDES = {"layer4": 32, "layer3": 16, "layer2": 8}
_FEW_PIXELS = 128 * 128
_MIN_PLACES = 4  # a side: fewer say little, more told no better where it looks (benchmarks/saliency.py)


@dataclass(frozen=True)
class SaliencyMaps:
    """What a network says of n pictures, and where it sees it.

    logits: (n, n_classes) float32, those of the network as it is. maps: (n, k, h, w) float32, one for each class asked
    for; in logits for CAM (negative: it speaks against the class), arbitrary and at least 0 for Grad-CAM.
    stride: pixels between two places of a map; place (i, j) lies at pixel (i * stride, j * stride), from 0.
    """

    logits: Floats
    maps: Floats
    stride: int


def load_classifier(path: Path, *, architecture: str) -> torch.nn.Module:
    """The network whose weights a training run left; nothing in the file is run.

    Raises WeightsMismatch for another architecture, WeightsRefused for a damaged file or one with more than tensors.
    """
    state = read_state_dict(path)
    n_classes = len(state["fc.bias"]) if "fc.bias" in state else 1
    network = new_resnet(architecture, n_classes=n_classes)
    fill(network, state, model_key=f"torchvision/{architecture}", file_name=path.name)
    return network.eval().requires_grad_(False)


def look(network: torch.nn.Module, pixels: Bytes, *, classes: Ints, method: str = CAM) -> SaliencyMaps:
    """Where `network` sees `classes` (n, k) in `pixels` (n, side, side, 3) uint8; k may be 0.

    CAM: the head's weights over the last feature map. At the network's own places their mean, with the bias, is the
    logit. Where they are too few, the strides of the last stages are taken out (`densified`) and the same network is
    read between its places. Grad-CAM: the features of a stage, each weighed by the mean of its gradient, what is
    positive. Raises BadProtocol for another method.
    """
    if method not in METHODS:
        raise BadProtocol(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    pictures = standardised(torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2))
    asked = torch.from_numpy(np.asarray(classes, np.int64))
    with _threads_for(pictures):
        if method == CAM:
            return _cam(network, pictures, asked, stride=stride_for(pixels.shape[1]))
        return _grad_cam(network, pictures, asked, stage=STAGES[method])


def stride_for(side: int) -> int:
    """Pixels between two places of a CAM: 32 as the network has it, or fewer, for four places a side at least."""
    return next((stride for stride in (32, 16) if side >= _MIN_PLACES * stride), 8)


def densified(network: torch.nn.Module, *, stride: int) -> torch.nn.Module:
    """A copy whose last feature map has a place every `stride` (32, 16 or 8) pixels, with the same weights.

    Strides of the last stages become 1, and filters behind them are spread as far (à trous). At the network's own
    places the features are its own; between them they are those of a picture shifted by so much, save for its edges.
    """
    dense, spread = copy.deepcopy(network), 1
    for name in {32: (), 16: ("layer4",), 8: ("layer3", "layer4")}[stride]:
        for module in dense.get_submodule(name).modules():
            if not isinstance(module, torch.nn.Conv2d):
                continue
            step = spread if module.stride == (2, 2) else 2 * spread
            module.stride = (1, 1)
            if module.kernel_size == (3, 3):
                module.dilation = module.padding = (step, step)
        spread *= 2
    return dense


@contextlib.contextmanager
def _threads_for(pictures: torch.Tensor) -> Iterator[None]:
    """One thread for a small picture: a second gains nothing, and is waited for where processors are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1 if pictures[:, 0].numel() <= _FEW_PIXELS else before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _cam(network: torch.nn.Module, pictures: torch.Tensor, classes: torch.Tensor, *, stride: int) -> SaliencyMaps:
    dense = densified(network, stride=stride)
    with torch.inference_mode():
        features = _features(dense, pictures)  # (n, channels, h, w)
        own = features[:, :, :: 32 // stride, :: 32 // stride]
        logits: torch.Tensor = network.get_submodule("fc")(own.mean(dim=(2, 3)))
        maps = torch.einsum("nkc,nchw->nkhw", network.get_parameter("fc.weight")[classes], features)
    return SaliencyMaps(logits.numpy(), maps.numpy(), stride)


def _grad_cam(network: torch.nn.Module, pictures: torch.Tensor, classes: torch.Tensor, *, stage: str) -> SaliencyMaps:
    kept: list[torch.Tensor] = []

    def keep(module: torch.nn.Module, given: object, out: torch.Tensor) -> torch.Tensor:
        kept.append(out.detach().requires_grad_())
        return kept[0]

    handle = network.get_submodule(stage).register_forward_hook(keep)
    try:
        logits = network(pictures)
    finally:
        handle.remove()
    features, maps = kept[0], []
    for column in classes.T:
        score = logits.gather(1, column[:, None]).sum()
        (gradient,) = torch.autograd.grad(score, features, retain_graph=True)
        weights = gradient.mean(dim=(2, 3), keepdim=True)
        maps.append((weights * features).sum(dim=1).clamp(min=0).detach())
    shape = (len(pictures), 0, *features.shape[2:])
    stacked = torch.stack(maps, dim=1).numpy() if maps else np.zeros(shape, np.float32)
    return SaliencyMaps(logits.detach().numpy(), stacked, _STRIDES[stage])


def _features(network: torch.nn.Module, pictures: torch.Tensor) -> torch.Tensor:
    """A ResNet's last feature map (n, channels, h, w)."""
    values = pictures
    for name in ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"):
        values = network.get_submodule(name)(values)
    return values
