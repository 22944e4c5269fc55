"""torchvision's ResNets as classifiers: made, filled from a checkpoint, exported."""

import os
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch

from models.backends import import_onnxruntime
from models.catalogue import RESNETS
from models.errors import BadProtocol
from models.weights import fill, read_state_dict

# ImageNet's, so that a published checkpoint fits; (value / 255 - mean) / std
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def new_resnet(architecture: str, *, n_classes: int) -> torch.nn.Module:
    """torchvision's network with random weights (torch's generator) and a head of `n_classes`; raises BadProtocol."""
    import torchvision

    if architecture not in RESNETS:
        raise BadProtocol(f"The architecture is one of {', '.join(RESNETS)}, not {architecture!r}.")
    network: torch.nn.Module = getattr(torchvision.models, architecture)(weights=None, num_classes=n_classes)
    return network


def fill_from(network: torch.nn.Module, path: Path, *, architecture: str) -> bool:
    """Put a checkpoint's weights into `network`; whether its class head was taken too (it fits in length).

    Nothing in the file is run. Raises WeightsMismatch for another architecture, WeightsRefused for a damaged file or
    one with more than tensors.
    """
    state = read_state_dict(path)
    expected = network.state_dict()
    head = {name: value for name, value in state.items() if name.startswith("fc.")}
    fits = set(head) == {"fc.weight", "fc.bias"} and all(expected[name].shape == head[name].shape for name in head)
    if not fits:
        state = {**state, "fc.weight": expected["fc.weight"], "fc.bias": expected["fc.bias"]}
    fill(network, state, model_key=f"torchvision/{architecture}", file_name=path.name)
    return fits


def standardised(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures (n, 3, h, w) uint8 as a ResNet wants them: float32, ImageNet's mean and deviation, channels last."""
    mean = torch.tensor(MEAN, device=pictures.device).view(1, 3, 1, 1) * 255
    std = torch.tensor(STD, device=pictures.device).view(1, 3, 1, 1) * 255
    return ((pictures.float() - mean) / std).contiguous(memory_format=torch.channels_last)


class WithScaling(torch.nn.Module):
    """A network for RGB pictures (n, 3, h, w) float32 in [0, 1]: they are standardised first."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Logits (n, n_classes)."""
        logits: torch.Tensor = self.network((pictures - self.mean) / self.std)
        return logits


def export_onnx(network: torch.nn.Module, path: Path, *, side: int) -> float:
    """Write `network` as ONNX: `pictures` (n, 3, side, side) float32 RGB in [0, 1] -> `logits` (n, n_classes).

    Returns the largest difference of the logits of one noise picture from PyTorch's, by ONNX Runtime.
    """
    scaled = WithScaling(network).eval().cpu().to(memory_format=torch.contiguous_format)
    example = torch.rand((2, 3, side, side), generator=torch.Generator().manual_seed(0))
    with tempfile.TemporaryDirectory(prefix="vitrine-", dir=path.parent) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, about itself
        part = Path(folder) / "model.onnx"
        with torch.no_grad():
            expected = scaled(example).numpy()
            torch.onnx.export(
                scaled,
                (example,),
                part,
                dynamo=True,
                input_names=["pictures"],
                output_names=["logits"],
                dynamic_shapes=({0: torch.export.Dim("n")},),
                external_data=False,
                verbose=False,
            )
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(part), options, providers=["CPUExecutionProvider"])
        seen = session.run(None, {"pictures": example.numpy()})[0]
        os.replace(part, path)
    return float(np.abs(seen - expected).max())
