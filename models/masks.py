"""Masks as COCO run-length code: text that any COCO tool reads, with its area in pixels."""

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

from models.arrays import Bools, Floats

THRESHOLD = 0.5


def encode(mask: Bools) -> tuple[str, int]:
    """The run-length code and the area in pixels of a mask (height, width) of bool."""
    code = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    return code["counts"].decode("ascii"), int(coco_mask.area(code))


def pasted(probabilities: Floats, box: Floats, *, width: int, height: int) -> Bools:
    """A box's own mask laid into the picture: (m, m) float32 in [0, 1] -> (height, width) bool.

    box: x1, y1, x2, y2 in pixels; what lies over the edge is cut. As Mask R-CNN pastes: the m places are spread evenly
    over the box, bilinear between their middles, and count from 0.5 on. Ref: He et al., ICCV 2017.
    """
    out = np.zeros((height, width), bool)
    x1, y1 = max(0, int(np.floor(box[0]))), max(0, int(np.floor(box[1])))
    x2, y2 = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if x2 <= x1 or y2 <= y1 or box[2] <= box[0] or box[3] <= box[1]:
        return out
    padded = np.pad(probabilities.astype(np.float32), 1)  # nothing lies beyond the box
    m = probabilities.shape[0]
    x_unit, y_unit = (box[2] - box[0]) / m, (box[3] - box[1]) / m
    left, top, right, bottom = (
        float(np.clip((side - start) / unit + 1, 0, m + 2))
        for side, start, unit in zip((x1, y1, x2, y2), (box[0], box[1]) * 2, (x_unit, y_unit) * 2, strict=True)
    )
    source = (left, top, right, bottom)
    spread = Image.fromarray(padded).resize((x2 - x1, y2 - y1), Image.Resampling.BILINEAR, box=source)
    out[y1:y2, x1:x2] = np.asarray(spread) >= THRESHOLD
    return out
