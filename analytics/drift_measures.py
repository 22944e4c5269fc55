"""The measures of drift by name: what each is called, its unit, and from which value on it matters.

Of many pictures the smallest change is certain, so a measure that is not chance is drift only from its limit on.
"""

from dataclasses import dataclass

SHARE, AREA, DEVIATIONS = "share", "area", "SD"
ALPHA = 0.01  # the chance of any false alarm of a look


@dataclass(frozen=True)
class DriftKind:
    """A measure. none: its value where nothing has changed; limit: from which value on it matters."""

    name: str
    title: str
    means: str
    unit: str
    limit: float
    none: float = 0.0


_QUALITY = "largest gap between the shares of pictures below a value"
DRIFT_KINDS = {
    each.name: each
    for each in (
        DriftKind("class_shares", "Class shares", "share of pictures that would have to change class", SHARE, 0.10),
        DriftKind("labels", "Labels", "more pictures labelled unlike their earlier neighbours", SHARE, 0.05),
        DriftKind("brightness", "Brightness", _QUALITY, SHARE, 0.10),
        DriftKind("contrast", "Contrast", _QUALITY, SHARE, 0.10),
        DriftKind("sharpness", "Sharpness", _QUALITY, SHARE, 0.10),
        DriftKind("entropy", "Entropy", _QUALITY, SHARE, 0.10),
        DriftKind("size", "Size", "largest gap between the shares below a number of pixels", SHARE, 0.10),
        DriftKind("shape", "Shape", "largest gap between the shares below a ratio of sides", SHARE, 0.10),
        DriftKind(
            "classifier", "Vectors told apart", "chance that a classifier ranks a later one higher", AREA, 0.60, 0.5
        ),
        DriftKind("means", "Means of vectors", "distance of the means in standard deviations", DEVIATIONS, 0.10),
        DriftKind("nearest", "Nearest earlier picture", "chance that a later one is farther from it", AREA, 0.60, 0.5),
        DriftKind("clusters", "New clusters", "more pictures in clusters that are new", SHARE, 0.02),
        DriftKind("near_duplicates", "Near duplicates", "more near duplicates of earlier pictures", SHARE, 0.05),
    )
}


def matters(measure: str, value: float, *, limit: float) -> bool:
    """Whether a value is at its limit or beyond; one that is below chance (0.5) matters by as much as one above."""
    kind = DRIFT_KINDS[measure]
    return abs(value - kind.none) >= limit - kind.none
