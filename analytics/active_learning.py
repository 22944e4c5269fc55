"""Which pictures' labels would teach a classifier most: where it wavers, where opinions differ, and no two alike."""

import numpy as np

from analytics.arrays import Bools, Floats, Ints
from analytics.errors import BadParameter, WrongShape
from analytics.medoids import swapped

MEASURES = ("entropy", "margin", "disagreement")
_EPSILON = 1e-12


def entropy(probabilities: Floats) -> Floats:
    """The entropy (n,) float64 of each row of `probabilities` (n, c), in [0, 1]: 1 where all classes are as likely.

    NaN rows give NaN. Ref: Shannon, 1948; Lewis and Gale, SIGIR 1994 (uncertainty sampling).
    """
    _check(probabilities)
    shares = probabilities / np.maximum(probabilities.sum(axis=1, keepdims=True), _EPSILON)
    bits: Floats = -(shares * np.log(np.maximum(shares, _EPSILON))).sum(axis=1)
    return bits / float(np.log(max(probabilities.shape[1], 2)))


def margin(probabilities: Floats) -> Floats:
    """How close the two likeliest classes are (n,) float64 in [0, 1]: 1 minus the lead of the likeliest.

    NaN rows give NaN. Ref: Scheffer, Decomain and Wrobel, IDA 2001.
    """
    _check(probabilities)
    if probabilities.shape[1] < 2:
        return np.where(np.isnan(probabilities[:, 0]), np.nan, 0.0)
    top = -np.partition(-probabilities, 1, axis=1)[:, :2]
    return 1 - (top[:, 0] - top[:, 1]).astype(np.float64)


def disagreement(votes: Ints) -> Floats:
    """The vote entropy (n,) float64 of `votes` (n, v) class indices, -1 for no vote, in [0, 1].

    1: every voter names another class. 0: all agree, or at most one voted. Ref: Dagan and Engelson, ICML 1995.
    """
    n, n_voters = votes.shape
    n_heard = (votes >= 0).sum(axis=1)
    bits = np.zeros(n)
    for voter in range(n_voters):
        same = ((votes == votes[:, voter : voter + 1]) & (votes >= 0)).sum(axis=1)
        share = same / np.maximum(n_heard, 1)
        bits -= np.where(votes[:, voter] >= 0, np.log(np.maximum(share, _EPSILON)) / np.maximum(n_heard, 1), 0)
    most: Floats = np.log(np.maximum(n_heard, 2))
    return bits / most


def score(measure: str, *, probabilities: Floats, votes: Ints) -> Floats:
    """The score (n,) in [0, 1] of one of MEASURES; rows that cannot be scored get -1. Raises BadParameter."""
    if measure not in MEASURES:
        raise BadParameter(f"measure must be one of {', '.join(MEASURES)}, not {measure!r}.")
    if measure == "disagreement":
        return disagreement(votes)
    values = entropy(probabilities) if measure == "entropy" else margin(probabilities)
    return np.where(np.isnan(values), -1.0, values)


def best(scores: Floats, *, eligible: Bools, n: int) -> Ints:
    """The rows (<= n,) of the eligible with the largest scores, largest first; ties go to the earlier row."""
    rows = np.flatnonzero(eligible & (scores >= 0))
    return rows[np.argsort(-scores[rows], kind="stable")[:n]]


def spread(vectors: Floats, *, n: int) -> Ints:
    """The order (m,) in which to ask about m candidates, given best first: n medoids lead, then the others.

    vectors: (m, d) float32; rows that hold NaN come last. The medoids (FasterPAM, cosine distance) stand for the
    candidates, so that the first questions are not all the same one; both parts keep the given order.
    """
    usable = np.flatnonzero(np.isfinite(vectors).all(axis=1) & (np.abs(vectors).sum(axis=1) > 0))
    if not 0 < n < len(usable):
        return np.concatenate([usable, np.setdiff1d(np.arange(len(vectors)), usable)]).astype(np.int64)
    unit = vectors[usable] / np.linalg.norm(vectors[usable], axis=1, keepdims=True)
    square = np.clip(1 - unit @ unit.T, 0, 2).astype(np.float32)
    np.fill_diagonal(square, 0)
    leads = usable[np.sort(swapped(square, np.arange(n)))]
    return np.concatenate([leads, np.setdiff1d(np.arange(len(vectors)), leads)]).astype(np.int64)


def _check(probabilities: Floats) -> None:
    if probabilities.ndim != 2 or probabilities.shape[1] < 1:
        raise WrongShape(f"probabilities must be (n, c) with at least one class, not {probabilities.shape}.")
