"""What training needs to know of its device: precision, determinism, what fits into its memory."""

import os
from typing import Any

import numpy as np
import torch

from models.arrays import Bytes


def reduced_precision(device: torch.device) -> bool:
    """Whether bfloat16 is worth it: on CUDA, and on processors that multiply it."""
    return device.type == "cuda" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def make_deterministic(device: torch.device) -> None:
    """The same sums in the same order at every run, as far as the device can."""
    if device.type == "cuda":
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True


def held_on(pixels: Bytes, device: torch.device) -> torch.Tensor | None:
    """All pictures in the device's memory where they take less than half of what is free, else None."""
    if device.type == "cpu" or pixels.nbytes > torch.cuda.mem_get_info(device)[0] / 2:
        return None
    return torch.from_numpy(np.ascontiguousarray(pixels)).to(device)


def copied(
    network: torch.nn.Module, optimizer: torch.optim.Optimizer
) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """States on the CPU, to go back to: the network's and the optimiser's."""
    state = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
    kept = optimizer.state_dict()
    of = {
        key: {name: v.cpu().clone() if torch.is_tensor(v) else v for name, v in values.items()}
        for key, values in kept["state"].items()
    }
    return state, {"state": of, "param_groups": kept["param_groups"]}
