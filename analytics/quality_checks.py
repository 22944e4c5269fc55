"""Pictures that stand out by their measures: dark, bright, blurry, of little information, of an odd size or shape.

Each check in three steps: the raw value (as it was measured), a score in [0, 1] where lower is worse, and a threshold
under which a picture is flagged. Where the thresholds start was chosen beside CleanVision's flags
(docs/decisions.md; tests/test_quality_checks.py); odd sizes and shapes are scored by its own rules.
"""

from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints, Numbers
from analytics.errors import BadParameter
from analytics.quality import brightness_score, entropy_score, sharpness_score

IQR_FACTOR = 3.0


@dataclass(frozen=True)
class Check:
    """A check. raw: which measure it is about. unit: of the raw value. threshold: where the line starts."""

    name: str
    raw: str
    unit: str
    threshold: float


CHECKS = {
    check.name: check
    for check in (
        Check("dark", "brightness", "mean luma, 0 to 255", 0.12),
        Check("bright", "brightness", "mean luma, 0 to 255", 0.03),
        Check("blurry", "sharpness", "variance of the Laplacian", 0.10),
        Check("low information", "entropy", "bits, 0 to 8", 0.18),
        Check("odd size", "size", "pixels, the root of width times height", 0.5),
        Check("odd aspect ratio", "aspect", "short side to long side", 0.35),
    )
}


@dataclass(frozen=True)
class Scored:
    """raw, score: (n,) float64 of a check; a lower score is worse."""

    raw: Floats
    score: Floats


@dataclass(frozen=True)
class Sides:
    """Both sides of a line: rows below it, the worst first, and rows that stay, those next to the line first."""

    below: Ints
    above: Ints


def score_all(
    check: str,
    *,
    brightness: Floats,
    sharpness: Floats,
    entropy: Floats,
    width: Numbers,
    height: Numbers,
) -> Scored:
    """Raw values and scores of a check of n pictures. Raises BadParameter for a check that is not in CHECKS."""
    if check not in CHECKS:
        raise BadParameter(f"check must be one of {', '.join(CHECKS)}, not {check!r}.")
    if check == "dark":
        return Scored(brightness, brightness_score(brightness))
    if check == "bright":
        return Scored(brightness, 1 - brightness_score(brightness))
    if check == "blurry":
        return Scored(sharpness, sharpness_score(sharpness))
    if check == "low information":
        return Scored(entropy, entropy_score(entropy))
    width, height = np.asarray(width, np.float64), np.asarray(height, np.float64)
    if check == "odd aspect ratio":
        ratio = np.minimum(width, height) / np.maximum(np.maximum(width, height), 1)
        return Scored(ratio, ratio)
    size = np.sqrt(width * height)
    return Scored(size, size_score(size))


def size_score(size: Floats) -> Floats:
    """Score sizes (n,) in [0, 1]: 1 in the middle of the usual range, 0.5 at its ends, 0 as far beyond.

    The usual range reaches 3 interquartile ranges beyond the quartiles (as CleanVision's). Where most pictures have one
    size, that size scores 1, half or twice of it 0.5.
    """
    if not len(size):
        return np.zeros(0)
    low, high = np.percentile(size, [25, 75])
    reach = IQR_FACTOR * (high - low)
    middle, gap = (low + high) / 2, high - low + 2 * reach
    if gap > 0:
        distance: Floats = np.abs(size - middle) / gap
        return 1 - np.clip(distance, 0, 1)
    ratio: Floats = np.maximum(size, 1e-9) / max(middle, 1e-9)
    score: Floats = np.minimum(ratio, 1 / ratio)
    return score


def sides(score: Floats, *, threshold: float, n_above: int) -> Sides:
    """Rows of `score` (n,) below the threshold, and the `n_above` nearest at or above it."""
    order = np.argsort(score, kind="stable")
    cut = int(np.searchsorted(score[order], threshold, side="left"))
    return Sides(order[:cut], order[cut : cut + n_above])


def histogram(score: Floats, *, n_bins: int = 50) -> tuple[Ints, Floats]:
    """Counts (n_bins,) and edges (n_bins + 1,) of scores in [0, 1]."""
    return np.histogram(score, bins=n_bins, range=(0, 1))
