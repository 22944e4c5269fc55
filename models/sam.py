"""Masks from boxes by Segment Anything, where the package `segment-anything` is installed.

Ref: Kirillov et al., "Segment Anything", ICCV 2023. Its checkpoints are read as tensors; nothing in them is run.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.arrays import Bools, Bytes, Floats
from models.detector_catalogue import SAM_SIZES, missing_command
from models.devices import require_device
from models.errors import DeviceFull, PackageMissing
from models.weights import Origin, fill, find_weights, read_state_dict

_AT_ONCE = 32  # boxes of a picture
_PUBLISHED = "https://dl.fbaipublicfiles.com/segment_anything/"


class Sam:
    """A Segment Anything network that is ready. source, sha256: of its weights; backend: for the run."""

    def __init__(self, size: str, *, weights: str, device: str, allow_download: bool) -> None:
        """size: vit_b, vit_l or vit_h. Raises PackageMissing, WeightsMissing, WeightsMismatch, WeightsRefused."""
        key = f"sam/{size}"
        if command := missing_command("segment_anything"):
            raise PackageMissing(f"{key} needs segment-anything, which is not installed. Get it with: {command}")
        from segment_anything import SamPredictor, sam_model_registry

        require_device(device)
        origin = Origin("dl.fbaipublicfiles.com", url=_PUBLISHED + SAM_SIZES[size]) if size in SAM_SIZES else None
        given = Path(weights).expanduser() if weights else None
        file = find_weights(key, origin=origin, weights=given, allow_download=allow_download)
        network = sam_model_registry[size]()
        fill(network, read_state_dict(file.path), model_key=key, file_name=file.path.name)
        self._predictor = SamPredictor(network.eval().requires_grad_(False).to(device))
        self._device = device
        self.source, self.sha256 = file.source, file.sha256()
        self.backend = f"segment-anything, torch {torch.__version__}"

    def masks(self, pixels: Bytes, boxes: Floats, *, width: int, height: int) -> Bools:
        """(n, height, width) bool: the object in each of `boxes` (n, 4) x1, y1, x2, y2, in pixels of the original.

        pixels: (h, w, 3) uint8 RGB of an original of width x height, perhaps reduced.
        """
        seen_height, seen_width = pixels.shape[:2]
        scale = np.array([seen_width / width, seen_height / height] * 2)
        parts = []
        try:
            self._predictor.set_image(pixels)
            for first in range(0, len(boxes), _AT_ONCE):
                asked = torch.as_tensor(boxes[first : first + _AT_ONCE] * scale, dtype=torch.float32)
                asked = self._predictor.transform.apply_boxes_torch(asked, (seen_height, seen_width))
                masks, _, _ = self._predictor.predict_torch(
                    point_coords=None, point_labels=None, boxes=asked.to(self._device), multimask_output=False
                )
                parts.append(masks[:, 0].cpu().numpy())
        except torch.OutOfMemoryError as problem:
            message = f"A picture of {width} x {height} does not fit into the memory of {self._device}."
            raise DeviceFull(message) from problem
        finally:
            self._predictor.reset_image()
        whole = np.concatenate(parts) if parts else np.zeros((0, seen_height, seen_width), bool)
        return whole if (seen_height, seen_width) == (height, width) else _enlarged(whole, width=width, height=height)


def _enlarged(masks: Bools, *, width: int, height: int) -> Bools:
    """Masks of a reduced picture at the original's size."""
    large = [np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.NEAREST)) for mask in masks]
    return np.stack(large) if large else np.zeros((0, height, width), bool)
