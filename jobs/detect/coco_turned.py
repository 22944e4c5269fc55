"""Boxes and masks that were drawn on a photograph as it is stored, turned as its EXIF turns the photograph."""

from collections.abc import Sequence
from typing import overload

import numpy as np
from PIL import Image

from analytics.rgb import DAMAGE, orientation
from importers.sources import PicturePath
from importers.stores import BucketError

NOT_TURNED = 1
SIDEWAYS = (5, 6, 7, 8)  # height and width change places


def orientation_of(path: PicturePath) -> int:
    """How the EXIF of a picture file says it is turned, 1 to 8; 1 where it says nothing or cannot be read."""
    try:
        with Image.open(path) as image:
            return orientation(image)
    except BucketError:
        raise
    except DAMAGE:
        return NOT_TURNED


def turned_boxes(boxes: np.ndarray, turn: int, *, width: float, height: float) -> np.ndarray:
    """Boxes (n, 4) x1, y1, x2, y2 of a picture stored with width x height, in the picture turned upright."""
    x1, y1, x2, y2 = boxes.T
    left, right, above, below = width - x2, width - x1, height - y2, height - y1
    sides = {
        1: (x1, y1, x2, y2),
        2: (left, y1, right, y2),
        3: (left, above, right, below),
        4: (x1, above, x2, below),
        5: (y1, x1, y2, x2),
        6: (above, x1, below, x2),
        7: (above, left, below, right),
        8: (y1, left, y2, right),
    }
    return np.column_stack(sides[turn]) if len(boxes) else boxes


class TurnedMasks(Sequence[np.ndarray | None]):
    """Masks (height, width) of bool of the stored picture, each turned upright when it is asked for."""

    def __init__(self, masks: Sequence[np.ndarray | None], turn: int):
        self._masks, self._turn = masks, turn

    def __len__(self) -> int:
        return len(self._masks)

    @overload
    def __getitem__(self, place: int) -> np.ndarray | None: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[np.ndarray | None]: ...

    def __getitem__(self, place: int | slice) -> np.ndarray | None | Sequence[np.ndarray | None]:
        if isinstance(place, slice):
            return TurnedMasks(self._masks[place], self._turn)
        mask = self._masks[place]
        return None if mask is None else turned_mask(mask, self._turn)


def turned_mask(mask: np.ndarray, turn: int) -> np.ndarray:
    """A mask (height, width) of the stored picture, turned upright."""
    upright = {
        1: lambda: mask,
        2: lambda: mask[:, ::-1],
        3: lambda: mask[::-1, ::-1],
        4: lambda: mask[::-1],
        5: lambda: mask.T,
        6: lambda: mask[::-1].T,
        7: lambda: mask[::-1, ::-1].T,
        8: lambda: mask[:, ::-1].T,
    }
    return np.ascontiguousarray(upright[turn]())
