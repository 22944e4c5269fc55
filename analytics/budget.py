"""What more pictures, cleaner ones and better chosen ones are worth: accuracy against the size of the training set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import curve_fit
from scipy.stats import t as student

from analytics.arrays import Bools, Floats, Ints, Numbers
from analytics.errors import BadParameter, WrongShape
from analytics.sampling import stratified

RAW, NO_COPIES, NO_OUTLIERS, NO_DOUBTED = "raw", "copies out", "outliers out", "doubted out"
RELABELLED, CLEANED, DECIDED = "doubted relabelled", "all of these out", "as decided"
VERSION = "version: "  # before the name of a frozen version
_MIN_SIZES = 4  # different sizes that a power law of three numbers needs
_RESAMPLES = 200


@dataclass(frozen=True)
class Facts:
    """What is known of n images. given: class index as imported, now: after decisions, -1 for none; (n,) int.

    removed: by decision. doubted, suggested (class index, -1), outlier: by the label check. group: near duplicates
    share a number. held_out: the evaluation set.
    """

    given: Ints
    now: Ints
    removed: Bools
    doubted: Bools
    suggested: Ints
    outlier: Bools
    group: Ints
    held_out: Bools

    def __post_init__(self) -> None:
        lengths = {name: len(values) for name, values in vars(self).items()}
        if len(set(lengths.values())) > 1:
            raise WrongShape(f"All facts must be of the same images, not {lengths}.")


@dataclass(frozen=True)
class PowerLaw:
    """error(n) = floor + scale * n ** -exponent, n in training pictures. Ref: Hestness et al., 2017."""

    scale: float
    exponent: float
    floor: float

    def error(self, n: float) -> float:
        """The error expected of `n` training pictures, in [0, 1]."""
        return float(np.clip(self.floor + self.scale * n**-self.exponent, 0, 1))


@dataclass(frozen=True)
class Interval:
    """A mean and the ends of its 95 % interval; the ends are None where there are fewer than two values."""

    mean: float
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out: for a difference, that it is not chance alone."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Point:
    """One line's mean accuracy over seeds at one size; its interval is of the draws and of the evaluation set."""

    line: str
    size: int
    accuracy: Interval
    is_all: bool  # whether there are no more pictures in that state of the data
    error: float  # that of judging on so few pictures


@dataclass(frozen=True)
class Curve:
    """One line: its points by rising size, and of all its runs, (m,) each, size, seed and balanced accuracy.

    doubling: what twice the largest size would bring (None: no law fits).
    """

    line: str
    points: list[Point]
    sizes: Ints
    seeds: Ints
    accuracies: Floats
    doubling: Interval | None

    @property
    def last(self) -> Point:
        """At the largest size."""
        return self.points[-1]


def trainable(facts: Facts) -> Bools:
    """(n,) bool: the images that may be learnt from, neither held out nor a near duplicate of one that is."""
    return ~np.isin(facts.group, facts.group[facts.held_out])


def conditions(facts: Facts, *, versions: Mapping[str, Ints] | None = None) -> dict[str, Ints]:
    """By name, the label (n,) int that an image has in that state of the data, -1 where it is left out.

    versions: by name, the label (n,) int that each image has in a frozen version, -1 where it is not in it.
    Copies: of each group of near duplicates one stays, one whose label is not doubted where there is one. States that
    are the same as `raw` are left away.
    """
    raw = np.where(trainable(facts), facts.given, -1)
    single = _one_of_each(facts.group, facts.doubted, raw >= 0)
    states = {
        RAW: raw,
        NO_COPIES: np.where(single, raw, -1),
        NO_OUTLIERS: np.where(facts.outlier, -1, raw),
        NO_DOUBTED: np.where(facts.doubted, -1, raw),
        RELABELLED: np.where(facts.doubted & (facts.suggested >= 0) & (raw >= 0), facts.suggested, raw),
        CLEANED: np.where(single & ~facts.outlier & ~facts.doubted, raw, -1),
        DECIDED: np.where(trainable(facts) & ~facts.removed, facts.now, -1),
    }
    for name, labels in (versions or {}).items():
        states[VERSION + name] = np.where(trainable(facts), labels, -1)
    return {name: labels for name, labels in states.items() if name == RAW or not np.array_equal(labels, raw)}


def _one_of_each(group: Ints, doubted: Bools, usable: Bools) -> Bools:
    order = np.lexsort((np.arange(len(group)), doubted, ~usable, group))
    first = np.ones(len(group), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    kept = np.zeros(len(group), bool)
    kept[order[first]] = True
    return kept


def held_out_rows(labels: Ints, *, believed: Bools, per_class: int, rng: np.random.Generator) -> Bools:
    """(n,) bool: of each class (labels, -1 for none) `per_class` of the believed pictures, at most half of them."""
    held = np.zeros(len(labels), bool)
    for index in np.unique(labels[labels >= 0]):
        members = np.flatnonzero((labels == index) & believed)
        n = min(per_class, len(members) // 2)
        held[rng.choice(members, n, replace=False)] = True
    return held


def sizes_between(smallest: int, largest: int, *, n: int) -> list[int]:
    """`n` whole numbers from smallest to largest, evenly apart on a log scale; fewer where they would repeat."""
    if not 0 < smallest <= largest:
        raise BadParameter(f"the smallest size must lie between 1 and {largest}, not {smallest}.")
    sizes: Ints = np.geomspace(smallest, largest, n).round().astype(int)
    return [int(size) for size in np.unique(sizes)]


def draw(labels: Ints, *, size: int, rng: np.random.Generator) -> Ints:
    """`size` rows of `labels` (n,) that are not -1, drawn in proportion to the classes, one of each at least."""
    rows = np.flatnonzero(labels >= 0)
    return rows[stratified(labels[rows], n=size, rng=rng, min_of_each=1)]


def with_noise(labels: Ints, *, share: float, n_classes: int, rng: np.random.Generator) -> Ints:
    """A copy of `labels` (n,) in which the given share carry another class, drawn evenly (symmetric noise)."""
    if not 0 <= share < 1:
        raise BadParameter(f"the share of wrong labels must be at least 0 and below 1, not {share}.")
    wrong = rng.choice(len(labels), round(share * len(labels)), replace=False)
    out = labels.copy()
    if n_classes > 1:
        out[wrong] = (labels[wrong] + rng.integers(1, n_classes, len(wrong))) % n_classes
    return out


def interval(values: Iterable[float]) -> Interval:
    """The mean and its 95 % interval by Student's t."""
    sample = np.asarray(list(values), float)
    mean = float(sample.mean())
    if len(sample) < 2:
        return Interval(mean, None, None)
    half = float(student.ppf(0.975, len(sample) - 1) * sample.std(ddof=1) / np.sqrt(len(sample)))
    return Interval(mean, mean - half, mean + half)


def evaluation_error(recalls: Floats, *, counts: Ints) -> float:
    """The standard error of a mean of recalls (c,) that comes from judging on so few pictures, counts (c,) of them.

    Binomial in each class; classes without pictures (NaN) do not count. 0 where none can be judged.
    """
    is_known = np.isfinite(recalls) & (counts > 0)
    if not is_known.any():
        return 0.0
    shares = recalls[is_known]
    return float(np.sqrt((shares * (1 - shares) / counts[is_known]).sum()) / is_known.sum())


def widened(estimate: Interval, *, error: float) -> Interval:
    """`estimate` with a further, independent standard error; alone where there was no interval."""
    half = 0.0 if estimate.low is None or estimate.high is None else (estimate.high - estimate.low) / 2
    total = float(np.hypot(half, 1.96 * error))
    return Interval(estimate.mean, estimate.mean - total, estimate.mean + total)


def power_law(sizes: Numbers, errors: Numbers) -> PowerLaw | None:
    """The power law through `errors` (m,) at `sizes` (m,); None for fewer than four sizes, or where none fits."""
    sizes, errors = np.asarray(sizes, float), np.asarray(errors, float)
    if len(np.unique(sizes)) < _MIN_SIZES:
        return None
    lowest = float(max(errors.min(), 1e-6))
    start = (float(errors.max()), 0.3, lowest / 2)
    try:
        fitted, _ = curve_fit(
            lambda n, scale, exponent, floor: floor + scale * n**-exponent,
            sizes,
            errors,
            p0=start,
            bounds=([0, 0.01, 0], [50, 2, lowest]),
            jac=lambda n, scale, exponent, floor: np.stack(
                [n**-exponent, -scale * np.log(n) * n**-exponent, np.ones_like(n)], axis=1
            ),
            maxfev=2_000,
        )
    except RuntimeError:  # no fit within its steps
        return None
    return PowerLaw(*(float(value) for value in fitted))


def gain_of_doubling(
    sizes: Numbers, errors: Numbers, *, rng: np.random.Generator, n_resamples: int = _RESAMPLES
) -> Interval | None:
    """How much lower the power law's error is at twice the largest size; the interval is a bootstrap over the runs.

    sizes, errors: (m,), a value each run. None where no power law fits.
    """
    sizes, errors = np.asarray(sizes, float), np.asarray(errors, float)
    law = power_law(sizes, errors)
    if law is None:
        return None
    gains = []
    at = [np.flatnonzero(sizes == size) for size in np.unique(sizes)]
    for _ in range(n_resamples):
        rows = np.concatenate([rng.choice(places, len(places)) for places in at])
        again = power_law(sizes[rows], errors[rows])
        if again is not None:
            gains.append(again.error(sizes.max()) - again.error(2 * sizes.max()))
    low, high = np.percentile(gains, [2.5, 97.5]) if gains else (None, None)
    return Interval(law.error(sizes.max()) - law.error(2 * sizes.max()), low, high)
