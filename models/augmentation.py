"""New pictures from old ones: flips, crops, colour, RandAugment, mixup and cutmix. The size never changes."""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torchvision.transforms import v2

# A crop keeps at least this share of each side; smaller ones cut the animal off a picture of 64 pixels.
MIN_CROP = 0.75
COLOUR_RANGE = (0.7, 1.3)
RANDAUGMENT_OPS, RANDAUGMENT_MAGNITUDE = 2, 9  # Cubuk et al., 2020: their N and M for small pictures


def augment(
    picture: Image.Image, *, technique: str, seed: int, partner: Image.Image | None = None, own_share: float = 1.0
) -> Image.Image:
    """A picture of the same size made from `picture` (RGB) by `technique`; the same seed gives the same picture.

    technique: oversampling (an unchanged copy), flip, crop, colour, randaugment, mixup or cutmix. The last two take a
    `partner`, which is brought to the same size, and `own_share` in [0, 1], the part that `picture` keeps.
    Ref: Cubuk et al., 2020 (RandAugment); Zhang et al., 2018 (mixup); Yun et al., 2019 (CutMix).
    """
    rng = np.random.default_rng(seed)
    if technique in _ALONE:
        return _ALONE[technique](picture, rng)
    if technique not in _TOGETHER or partner is None:
        raise ValueError(f"technique must be one of {', '.join([*_ALONE, *_TOGETHER])}, not {technique!r} alone")
    other = partner if partner.size == picture.size else partner.resize(picture.size, Image.Resampling.BICUBIC)
    return _TOGETHER[technique](picture, other, own_share, rng)


def _flip(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    width, height = picture.size
    share = rng.uniform(MIN_CROP, 0.95)
    box_width, box_height = max(1, round(width * share)), max(1, round(height * share))
    left, top = rng.integers(0, width - box_width + 1), rng.integers(0, height - box_height + 1)
    box = (int(left), int(top), int(left) + box_width, int(top) + box_height)
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box=box)


def _colour(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = change(picture).enhance(float(rng.uniform(*COLOUR_RANGE)))
    return picture


def _randaugment(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    change = v2.RandAugment(num_ops=RANDAUGMENT_OPS, magnitude=RANDAUGMENT_MAGNITUDE)
    with torch.random.fork_rng(devices=[]):  # torchvision draws from torch's one generator
        torch.manual_seed(int(rng.integers(2**31)))
        changed: Image.Image = change(picture)
        return changed


def _mixup(picture: Image.Image, other: Image.Image, own_share: float, rng: np.random.Generator) -> Image.Image:
    return Image.blend(other, picture, own_share)


def _cutmix(picture: Image.Image, other: Image.Image, own_share: float, rng: np.random.Generator) -> Image.Image:
    width, height = picture.size
    side = (1.0 - own_share) ** 0.5
    box_width, box_height = max(1, round(width * side)), max(1, round(height * side))
    left, top = int(rng.integers(0, width - box_width + 1)), int(rng.integers(0, height - box_height + 1))
    mixed = picture.copy()
    mixed.paste(other.crop((left, top, left + box_width, top + box_height)), (left, top))
    return mixed


_ALONE: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "oversampling": lambda picture, rng: picture.copy(),
    "flip": _flip,
    "crop": _crop,
    "colour": _colour,
    "randaugment": _randaugment,
}
_TOGETHER: dict[str, Callable[[Image.Image, Image.Image, float, np.random.Generator], Image.Image]] = {
    "mixup": _mixup,
    "cutmix": _cutmix,
}
