"""Measures of one picture: brightness, contrast, sharpness, entropy.

Each property comes in three steps: a raw value (kept in the file), a score in [0, 1], and a yes/no by a
threshold that whoever looks chooses. Raw values are comparable between pictures of the same size only in so
far as the measure is; import therefore measures pictures larger than a thumbnail on a copy whose longest
side is 256 pixels, and smaller ones as they are.
"""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bytes, Floats, Numbers
from analytics.errors import EmptyImage, WrongShape

LEVELS = np.arange(256, dtype=np.float64)
SHARPNESS_HALF = 250.0  # variance of the Laplacian that scores 0.5


@dataclass(frozen=True)
class Quality:
    """The raw measures of one picture.

    brightness: mean luma, in [0, 255]. contrast: standard deviation of the luma (RMS contrast), in [0, 127.5].
    sharpness: variance of the Laplacian, see `sharpness`. entropy: Shannon entropy of the luma's histogram in bits, in
    [0, 8]; 0 for one flat colour. Ref: Peli, Contrast in complex images, JOSA A 1990; Shannon, 1948.
    """

    brightness: float
    contrast: float
    sharpness: float
    entropy: float


def measure(luma: Bytes) -> Quality:
    """Measure a picture's brightness, contrast, sharpness and entropy, sharing one histogram.

    luma: (height, width) uint8. Raises EmptyImage if a side is 0, WrongShape for another dtype or rank.
    """
    shares = _level_shares(luma)
    mean = float(shares @ LEVELS)
    return Quality(
        brightness=mean,
        contrast=float(np.sqrt(shares @ (LEVELS - mean) ** 2)),
        sharpness=sharpness(luma),
        entropy=_entropy_bits(shares),
    )


def sharpness(luma: Bytes) -> float:
    """Give the variance of the Laplacian, in [0, 1040400]; higher is sharper.

    luma: (height, width) uint8. The 4-neighbour Laplacian; beyond the border the nearest pixel is repeated.
    Raises EmptyImage if a side is 0, WrongShape for another dtype or rank. Ref: Pech-Pacheco et al., ICPR
    2000.
    """
    _check(luma)
    centre = luma.astype(np.int16)
    laplacian = -4 * centre  # in [-1020, 1020], fits int16
    laplacian[1:] += centre[:-1]
    laplacian[:-1] += centre[1:]
    laplacian[:, 1:] += centre[:, :-1]
    laplacian[:, :-1] += centre[:, 1:]
    laplacian[0] += centre[0]
    laplacian[-1] += centre[-1]
    laplacian[:, 0] += centre[:, 0]
    laplacian[:, -1] += centre[:, -1]
    return float(laplacian.var(dtype=np.float64))


def brightness_score(raw: Numbers) -> Floats:
    """Score raw brightness (any shape) in [0, 1]: 0 is black, 1 is white."""
    return np.asarray(raw, dtype=np.float64) / 255.0


def contrast_score(raw: Numbers) -> Floats:
    """Score raw contrast (any shape) in [0, 1]: 0 is flat, 1 is half black and half white."""
    return np.asarray(raw, dtype=np.float64) / 127.5


def sharpness_score(raw: Numbers) -> Floats:
    """Score raw sharpness v (any shape) in [0, 1) as v / (v + 250); higher is sharper."""
    value = np.asarray(raw, dtype=np.float64)
    return value / (value + SHARPNESS_HALF)


def entropy_score(raw: Numbers) -> Floats:
    """Score raw entropy (any shape) in [0, 1]: 0 is one flat colour, 1 uses all 256 levels equally."""
    return np.asarray(raw, dtype=np.float64) / 8.0


SCORES = {
    "brightness": brightness_score,
    "contrast": contrast_score,
    "sharpness": sharpness_score,
    "entropy": entropy_score,
}


def _check(luma: Bytes) -> None:
    if luma.ndim != 2 or luma.dtype != np.uint8:
        raise WrongShape(f"luma must be (height, width) uint8, not {luma.shape} {luma.dtype}.")
    if luma.size == 0:
        raise EmptyImage(f"luma has shape {luma.shape}: a picture needs at least one pixel.")


def _level_shares(luma: Bytes) -> Floats:
    """Share of the pixels at each of the 256 levels: (256,) float64, sums to 1."""
    _check(luma)
    return np.bincount(luma.ravel(), minlength=256) / luma.size


def _entropy_bits(shares: Floats) -> float:
    used = shares[shares > 0]
    return float(abs(used @ np.log2(used)))
