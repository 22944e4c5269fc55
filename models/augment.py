"""Augmentations of a whole batch at once, each drawn from the generator it is given."""

import numpy as np
import torch
import torch.nn.functional as functional

AUGMENTS = ("none", "flip", "flip-crop", "randaugment")
MIXES = ("none", "mixup", "cutmix")
_PAD_SHARE = 8  # a crop moves by up to an eighth of the side
_STRENGTH = 0.2  # Beta(0.2, 0.2) of mixup and cutmix, as mixup's paper has it for ImageNet


def augmented(pictures: torch.Tensor, *, how: str, rng: np.random.Generator) -> torch.Tensor:
    """`pictures` (n, 3, h, w) uint8, each flipped, moved or changed by itself; the same shape and type."""
    if how == "none":
        return pictures
    flips = torch.from_numpy(rng.random(len(pictures)) < 0.5).to(pictures.device)
    pictures = torch.where(flips[:, None, None, None], pictures.flip(3), pictures)
    if how == "flip":
        return pictures
    pictures = _moved(pictures, rng=rng)
    return _random_augmented(pictures, rng=rng) if how == "randaugment" else pictures


def mixed(
    pictures: torch.Tensor, targets: torch.Tensor, *, how: str, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (n, 3, h, w) float and targets (n, c) mixed with those of the batch in another order.

    Ref: Zhang et al., "mixup", ICLR 2018; Yun et al., "CutMix", ICCV 2019.
    """
    if how == "none":
        return pictures, targets
    share = float(rng.beta(_STRENGTH, _STRENGTH))
    order = torch.from_numpy(rng.permutation(len(pictures))).to(pictures.device)
    if how == "mixup":
        pictures = share * pictures + (1 - share) * pictures[order]
    else:
        height, width = pictures.shape[2:]
        tall, wide = round(height * (1 - share) ** 0.5), round(width * (1 - share) ** 0.5)
        top, left = int(rng.integers(0, height - tall + 1)), int(rng.integers(0, width - wide + 1))
        rows, columns = slice(top, top + tall), slice(left, left + wide)
        others, pictures = pictures[order][:, :, rows, columns], pictures.clone()
        pictures[:, :, rows, columns] = others
        share = 1 - tall * wide / (height * width)
    return pictures, share * targets + (1 - share) * targets[order]


def _moved(pictures: torch.Tensor, *, rng: np.random.Generator) -> torch.Tensor:
    """Each picture moved by up to an eighth of its side, its edges mirrored."""
    n, _, height, width = pictures.shape
    pad = max(1, min(height, width) // _PAD_SHARE)
    padded = functional.pad(pictures.float(), (pad, pad, pad, pad), mode="reflect").to(pictures.dtype)
    down = torch.from_numpy(rng.integers(0, 2 * pad + 1, n)).to(pictures.device)[:, None] + torch.arange(
        height, device=pictures.device
    )
    across = torch.from_numpy(rng.integers(0, 2 * pad + 1, n)).to(pictures.device)[:, None] + torch.arange(
        width, device=pictures.device
    )
    rows = torch.arange(n, device=pictures.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[rows, down[:, :, None], across[:, None, :]].permute(0, 3, 1, 2)


def _random_augmented(pictures: torch.Tensor, *, rng: np.random.Generator) -> torch.Tensor:
    """RandAugment with torchvision's defaults, picture by picture. Ref: Cubuk et al., 2020."""
    from torchvision.transforms.v2 import RandAugment

    change = RandAugment()
    with torch.random.fork_rng(devices=[]):  # torchvision draws from torch's generator
        torch.manual_seed(int(rng.integers(2**31)))
        return torch.stack([change(picture) for picture in pictures])
