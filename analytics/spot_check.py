"""A sample of pictures for people to judge: how many of each stratum, which, in what order, and what they said."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape

PROPORTIONAL, EQUAL, CHOSEN = "proportional", "equal", "chosen"
ALLOCATIONS = (PROPORTIONAL, EQUAL, CHOSEN)
LEAST = 2  # of a stratum, or all of it where it has fewer: with none it would say nothing
APART = (8, 24)  # so many of a reviewer's answers lie between a picture and its repetition


@dataclass(frozen=True)
class Sample:
    """rows: (n,) of the population, in the order in which they are shown. twice: (t,) places in rows that come again.

    after: (t,) how many answers lie at least between the two.
    """

    rows: Ints
    twice: Ints
    after: Ints


def least_sample(sizes: Ints) -> int:
    """The fewest pictures with which each stratum of `sizes` (s,) says something."""
    return int(np.minimum(sizes, LEAST).sum())


def allocate(sizes: Ints, *, n: int, how: str, chosen: Sequence[int] = ()) -> Ints:
    """How many are drawn of each stratum, (s,), n in all: in proportion, equally, or as chosen.

    sizes: (s,) pictures of each stratum. At least LEAST of each; where a stratum has not enough, the others give more.
    chosen: (s,) how many of each, which n need not be told for. Raises BadParameter.
    """
    sizes = np.asarray(sizes, np.int64)
    if how == CHOSEN:
        return _as_chosen(sizes, chosen)
    if how not in ALLOCATIONS:
        raise BadParameter(f"how must be one of {', '.join(ALLOCATIONS)}, not {how!r}.")
    if not least_sample(sizes) <= n <= sizes.sum():
        raise BadParameter(f"n must lie between {least_sample(sizes):,} and {int(sizes.sum()):,}, not {n:,}.")
    floor = np.minimum(sizes, LEAST)
    ideal = n * sizes / sizes.sum() if how == PROPORTIONAL else np.full(len(sizes), n / len(sizes))
    low, high = 0.0, float(sizes.max() / max(ideal.min(), 1e-9))
    for _ in range(60):  # the factor with which what is ideal, held between both ends, gives n
        factor = (low + high) / 2
        short = np.clip(ideal * factor, floor, sizes).sum() < n
        low, high = (factor, high) if short else (low, factor)
    exact = np.clip(ideal * high, floor, sizes)
    return _rounded(exact, n=n, floor=floor, sizes=sizes)


def draw(strata: Ints, *, asked: Ints, share_twice: float, rng: np.random.Generator) -> Sample:
    """Pictures drawn at random without replacement, mixed over the strata, some of which come again.

    strata: (m,) the stratum of each picture of the population, from 0. asked: (s,) how many of each.
    share_twice: of the sample, in [0, 1], drawn at random of those that can come again far enough behind.
    Raises BadParameter.
    """
    if not 0 <= share_twice <= 1:
        raise BadParameter(f"share_twice must lie in [0, 1], not {share_twice}.")
    mixed = rng.permutation(len(strata))
    order = mixed[np.argsort(strata[mixed], kind="stable")]
    sizes = np.bincount(strata, minlength=len(asked))
    inside = np.arange(len(strata)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rows = rng.permutation(order[inside < np.repeat(np.asarray(asked), sizes)])
    n_twice = round(share_twice * len(rows))
    twice = np.sort(rng.permutation(len(rows))[:n_twice])
    return Sample(rows, twice, rng.integers(*APART, size=len(twice), endpoint=True))


def most_said(counts: Ints) -> Floats:
    """What the most reviewers say of each picture, as shares (n, c) that add up to 1; 0 where nobody said anything.

    counts: (n, c) how many reviewers gave each answer. Answers that are given equally often share the picture.
    """
    if counts.ndim != 2:
        raise WrongShape(f"counts is (n, c), not {counts.shape}.")
    most = counts.max(axis=1, keepdims=True, initial=0)
    is_most = (counts == most) & (most > 0)
    shares: Floats = is_most / np.maximum(is_most.sum(axis=1, keepdims=True), 1)
    return shares


def _as_chosen(sizes: Ints, chosen: Sequence[int]) -> Ints:
    asked = np.asarray(chosen, np.int64)
    if asked.shape != sizes.shape:
        raise BadParameter(f"There are {len(sizes)} strata and {len(asked)} numbers; they must be as many.")
    wrong = np.flatnonzero((asked < np.minimum(sizes, LEAST)) | (asked > sizes))
    if len(wrong):
        place = int(wrong[0])
        least, most = min(LEAST, int(sizes[place])), int(sizes[place])
        raise BadParameter(f"Number {place + 1} must lie between {least} and {most:,}, not {int(asked[place]):,}.")
    return asked


def _rounded(exact: Floats, *, n: int, floor: Ints, sizes: Ints) -> Ints:
    """Whole numbers near `exact` (s,) that add up to n, from floor to sizes."""
    whole: Ints = np.clip(np.floor(exact + 1e-9).astype(np.int64), floor, sizes)
    by_rest = np.argsort(-(exact - whole), kind="stable")
    while whole.sum() != n:
        step = 1 if whole.sum() < n else -1
        order = by_rest if step > 0 else by_rest[::-1]
        can = order[(whole[order] < sizes[order]) if step > 0 else (whole[order] > floor[order])]
        whole[can[: abs(n - int(whole.sum()))]] += step
    return whole
