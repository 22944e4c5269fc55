"""How a picture becomes a model's input: resized, cropped, and normalised as the model was trained.

The first half (`apply`) runs in the loading threads and ends in bytes; the second half
(`normalise`) belongs to the network, so that four times fewer bytes travel to it.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from PIL import Image

from models.arrays import Bytes, Floats

Fit = Literal["short side", "squash"]
_RESAMPLING = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


@dataclass(frozen=True)
class Preprocess:
    """A model's preprocessing, from RGB bytes to normalised numbers.

    short_side, crop: pixels. scale: what a byte is multiplied with first; mean, std: a channel each,
    in units after scaling. fit: "short side" keeps the aspect ratio, "squash" makes a square.
    Raises ValueError for a crop larger than the short side or an unknown interpolation.
    """

    short_side: int
    crop: int
    interpolation: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    scale: float = 1 / 255
    channel_order: Literal["RGB"] = "RGB"
    fit: Fit = "short side"

    def __post_init__(self) -> None:
        if not 0 < self.crop <= self.short_side:
            raise ValueError(f"crop must be 1 to short_side={self.short_side}, got {self.crop}")
        if self.interpolation not in _RESAMPLING:
            raise ValueError(f"interpolation must be one of {sorted(_RESAMPLING)}, got {self.interpolation!r}")
        if self.fit not in ("short side", "squash"):
            raise ValueError(f"fit must be 'short side' or 'squash', got {self.fit!r}")

    @property
    def min_side(self) -> int:
        """How small a picture's shorter side may be decoded, where its format can decode it smaller.

        Twice what is needed: vectors of seven photographs of 1600 and 4000 pixels then agree with those
        of a full decode to cosine 0.997 or better (0.993 at once the size), for 17 ms instead of 111.
        """
        return 2 * self.short_side

    def describe(self) -> str:
        """Say the whole preprocessing in one sentence."""
        side = f"{self.crop}x{self.crop}"
        if self.fit == "squash":
            shape = f"Squashed to {self.short_side}x{self.short_side}"
        else:
            shape = f"Shorter side resized to {self.short_side}"
        cut = f", centre crop {side}" if self.crop < self.short_side or self.fit != "squash" else ""
        if self.scale == 1:
            unit = "bytes"
        elif self.scale == 1 / 255:
            unit = "values in 0-1"
        else:
            unit = f"bytes times {self.scale:g}"
        mean, std = (_numbers(values) for values in (self.mean, self.std))
        numbers = f"{self.channel_order}, {unit} minus {mean}, divided by {std}"
        return f"{shape} ({self.interpolation}){cut}, {numbers}."

    def to_dict(self) -> dict[str, Any]:
        """Give every field as plain JSON values, for the run's parameters."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    def apply(self, picture: Bytes) -> Bytes:
        """Resize and crop a picture: uint8 (h, w, 3) RGB -> uint8 (crop, crop, 3).

        Only the part that the crop keeps is resized; the pixels are those of resizing the whole
        picture first, up to rounding. Raises ValueError for another shape or type.
        """
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or picture.size == 0:
            raise ValueError(f"picture must be uint8 (h, w, 3), got {picture.dtype} {picture.shape}")
        height, width = picture.shape[:2]
        if (height, width) == (self.crop, self.crop) and self.crop == self.short_side:
            return picture
        box = self._box(width, height)
        image = Image.fromarray(picture)
        return np.asarray(image.resize((self.crop, self.crop), _RESAMPLING[self.interpolation], box=box))

    def normalise(self, pixels: Bytes) -> Floats:
        """Normalise bytes: uint8 (..., 3) -> float32 (..., 3). The network does the same to its input."""
        mean, std = (np.asarray(values, dtype=np.float32) for values in (self.mean, self.std))
        return (pixels.astype(np.float32) * np.float32(self.scale) - mean) / std

    def _box(self, width: int, height: int) -> tuple[float, float, float, float]:
        """What the crop keeps: left, top, right, bottom in the picture's own pixels."""
        resized_width, resized_height = self._resized(width, height)
        left, top = round((resized_width - self.crop) / 2), round((resized_height - self.crop) / 2)
        x_scale, y_scale = width / resized_width, height / resized_height
        right, bottom = (left + self.crop) * x_scale, (top + self.crop) * y_scale
        return left * x_scale, top * y_scale, min(right, width), min(bottom, height)

    def _resized(self, width: int, height: int) -> tuple[int, int]:
        """The size of the whole picture after resizing, rounded down as torchvision's Resize does."""
        if self.fit == "squash":
            return self.short_side, self.short_side
        if width <= height:
            return self.short_side, int(self.short_side * height / width)
        return int(self.short_side * width / height), self.short_side


def _numbers(values: tuple[float, ...]) -> str:
    """Write one number if all channels share it, else all of them."""
    if len(set(values)) == 1:
        return f"{values[0]:g}"
    return "(" + ", ".join(f"{value:.4g}" for value in values) + ")"
