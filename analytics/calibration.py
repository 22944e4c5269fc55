"""Whether a model is right as often as it says: reliability, its error, and what one temperature would mend."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from analytics.arrays import Bools, Floats, Ints
from analytics.errors import BadParameter, WrongShape

BINS = 15
FOLDS = 5
MIN_PROBABILITY = 1e-7  # a probability of 0 has no logarithm; nearest neighbours give many
MAX_FITTED = 50_000  # pictures; one number is known to the third digit from far fewer
_SHARPEST, _SOFTEST = 20.0, 0.02  # inverse temperatures


@dataclass(frozen=True)
class Reliability:
    """Of b bins by confidence: mean confidence, share right, how many pictures. ece: expected calibration error."""

    confidence: Floats
    accuracy: Floats
    n: Ints
    ece: float


@dataclass(frozen=True)
class Scaled:
    """Confidence (n,) after temperature scaling, each picture's by a temperature fitted on other folds.

    temperatures: one a fold; above 1: the model was too sure. nll_before, nll_after: mean log loss, nats.
    """

    confidence: Floats
    temperatures: Floats
    nll_before: float
    nll_after: float


def reliability(confidence: Floats, *, right: Bools, bins: int = BINS) -> Reliability:
    """Compare confidence (n,) in [0, 1] with right (n,) bool in bins of equally many pictures.

    Edges are quantiles, and equal confidences share a bin, so that no order of the pictures matters; there can be fewer
    bins then. ece: mean distance of a bin's confidence from its share right, by its pictures; NaN without any.
    Ref: Guo et al., ICML 2017; equal mass: Nixon et al., 2019.
    """
    if bins < 1:
        raise BadParameter(f"bins must be 1 at least, not {bins}.")
    if not len(confidence):
        return Reliability(np.empty(0), np.empty(0), np.empty(0, np.int64), float("nan"))
    edges = np.unique(np.quantile(confidence, np.arange(1, bins) / bins, method="lower"))
    bin_of = np.searchsorted(edges, confidence, side="left")
    n = np.bincount(bin_of, minlength=len(edges) + 1)
    kept = n > 0
    mean, share = (
        np.bincount(bin_of, weights=values, minlength=len(n))[kept] / n[kept] for values in (confidence, right)
    )
    return Reliability(mean, share, n[kept], float(np.abs(mean - share) @ n[kept] / len(confidence)))


def error_by_chance(
    observed: Reliability, *, rng: np.random.Generator, n_draws: int = 2000, level: float = 0.95
) -> float:
    """The ECE below which a run stays in `level` of all sets like this one though it is right just as often as it says.

    Its share right is drawn bin by bin (binomial, at the bin's mean confidence). An ECE below it shows nothing.
    NaN without pictures. Ref: Bröcker and Smith, Weather and Forecasting 2007; Vaicenavicius et al., AISTATS 2019.
    """
    if not len(observed.n):
        return float("nan")
    shares = rng.binomial(observed.n, np.clip(observed.confidence, 0, 1), (n_draws, len(observed.n))) / observed.n
    errors = np.abs(shares - observed.confidence) @ observed.n / observed.n.sum()
    return float(np.quantile(errors, level))


def temperature(probabilities: Floats, *, truth: Ints) -> float:
    """The temperature T > 0 whose softmax(log p / T) makes the true classes (n,) likeliest. probabilities: (n, c).

    The likelihood is concave in 1 / T, so its slope has one zero, looked for in 1 / T from .02 to 20; an end is given
    where it lies beyond (a model that is always right, or no better than chance). Ref: Guo et al., ICML 2017.
    """
    logits = _logits(probabilities)
    own = logits[np.arange(len(truth)), truth]

    def slope(inverse: float) -> float:
        return float((_softmax(logits, inverse) * logits).sum(axis=1).mean() - own.mean())

    if slope(_SOFTEST) >= 0:
        return 1 / _SOFTEST
    return 1 / (_SHARPEST if slope(_SHARPEST) <= 0 else brentq(slope, _SOFTEST, _SHARPEST, xtol=1e-5))


def scaled(probabilities: Floats, *, truth: Ints, rng: np.random.Generator, folds: int = FOLDS) -> Scaled | None:
    """Temperature scaling by cross-fitting: no picture is judged by a temperature that it helped to fit.

    None for fewer pictures than two a fold. Raises WrongShape where probabilities are not (n, c) for truth (n,).
    """
    if probabilities.ndim != 2 or len(probabilities) != len(truth):
        raise WrongShape(f"probabilities must be ({len(truth)}, classes), not {probabilities.shape}.")
    n = len(truth)
    if n < 2 * folds:
        return None
    fold = rng.permutation(np.arange(n) % folds)
    confidence, likelihood = np.empty(n), np.empty(n)
    temperatures = np.empty(folds)
    for number in range(folds):
        others, mine = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        others = others[:: -(-len(others) // MAX_FITTED)]
        temperatures[number] = temperature(probabilities[others], truth=truth[others])
        shares = _softmax(_logits(probabilities[mine]), 1 / temperatures[number])
        confidence[mine] = shares.max(axis=1)
        likelihood[mine] = shares[np.arange(len(mine)), truth[mine]]
    before = np.clip(probabilities[np.arange(n), truth], MIN_PROBABILITY, 1)
    after = np.maximum(likelihood, np.finfo(float).tiny)
    return Scaled(confidence, temperatures, float(-np.log(before).mean()), float(-np.log(after).mean()))


def _logits(probabilities: Floats) -> Floats:
    logits: Floats = np.log(np.maximum(probabilities, MIN_PROBABILITY, dtype=np.float64))
    return logits


def _softmax(logits: Floats, inverse: float) -> Floats:
    shares: Floats = np.exp(inverse * (logits - logits.max(axis=1, keepdims=True)))
    total: Floats = shares.sum(axis=1, keepdims=True)
    return shares / total
