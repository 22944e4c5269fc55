"""A detector's opinion on labels: a "cat" in which it finds no cat, where it finds one in nearly every other.

It is heard only on classes that are called as one it knows, and of these only where it finds nearly every one: what
misses nine cats of ten says nothing by finding none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Bools, Floats, Ints, ratio
from analytics.errors import WrongShape
from analytics.noise_rates import wilson

MIN_RECALL = 0.9  # of a class's believed pictures, in so many at least (lower 95 % bound) the detector finds it


@dataclass(frozen=True)
class DetectorVotes:
    """What a detector says of n labels of c classes.

    heard: (n,) bool, whether it has an opinion. against: (n,) bool, whether it looked for the label and found none.
    best: (n,) int32, the class whose object scored best, -1 where none did. n: (c,) int64, the believed pictures that
    it looked at. recall: (c,) float64, the share of them with an object of the class, NaN for a class that it does not
    know or that has none. low: (c,) its lower 95 % bound.
    """

    heard: Bools
    against: Bools
    best: Ints
    n: Ints
    recall: Floats
    low: Floats


def namesakes(names: Sequence[str], *, detected: Mapping[int, str]) -> dict[int, int]:
    """Class index -> index of the detected class of the same name, upper and lower case alike."""
    by_name = {name.strip().casefold(): index for index, name in detected.items()}
    own = {index: name.strip().casefold() for index, name in enumerate(names)}
    return {index: by_name[name] for index, name in own.items() if name in by_name}


def detector_votes(labels: Ints, *, scores: Floats, believed: Bools, min_recall: float = MIN_RECALL) -> DetectorVotes:
    """What a detector says of labels.

    labels: (n,) class index, -1 without one. scores: (n, c) float32, of the best object that is called as the class, 0
    without one; NaN for a class that the detector does not know, and for a picture that it did not look at. believed:
    (n,) bool, labels that other opinions believe, by which the detector is judged. Raises WrongShape.
    """
    if scores.ndim != 2 or not len(labels) == len(scores) == len(believed):
        raise WrongShape(f"{len(labels)} labels need scores (n, c), not {scores.shape}.")
    rows = np.arange(len(labels))
    own = np.where(labels >= 0, scores[rows, np.maximum(labels, 0)], np.nan)
    is_known = np.isfinite(own)
    seen = is_known & (own > 0)
    n_classes = scores.shape[1]
    counted = is_known & believed
    n = np.bincount(labels[counted], minlength=n_classes)
    n_found = np.bincount(labels[counted & seen], minlength=n_classes)
    recall = ratio(n_found, n, empty=np.nan)
    low = np.where(n > 0, wilson(n_found, n)[0], np.nan)
    heard = is_known & (np.nan_to_num(low)[np.maximum(labels, 0)] >= min_recall)
    filled = np.nan_to_num(scores)
    best = np.where(filled.max(axis=1, initial=0) > 0, filled.argmax(axis=1), -1) if n_classes else rows * 0 - 1
    return DetectorVotes(heard, heard & ~seen, best.astype(np.int32), n, recall, low)
