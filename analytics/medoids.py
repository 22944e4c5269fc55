"""k-medoids: the k pictures that stand for all, by FasterPAM; by samples (CLARA) where there are many.

Ref: Schubert and Rousseeuw, Information Systems 2021 (FasterPAM); Kaufman and Rousseeuw, 1990 (PAM, CLARA).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import kmedoids
import numpy as np

from analytics.arrays import Floats, Ints
from analytics.distances import Vectors
from analytics.errors import BadParameter

EXACT_UP_TO = 10_000  # rows: their distances take 400 MB
MAX_ROUNDS = 100

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class MedoidSet:
    """The medoids of one k. loss: sum of all distances to the nearest medoid; sample_loss: the same over the sample."""

    medoids: Ints
    loss: float
    sample_loss: float
    n_sample: int

    @property
    def k(self) -> int:
        """How many medoids."""
        return len(self.medoids)


@dataclass(frozen=True)
class Sampling:
    """How many are clustered at once. Up to EXACT_UP_TO rows all are, once; above, n_samples samples of sample_size.

    sample_size: 100 to EXACT_UP_TO; n_samples: 1 to 20. Raises BadParameter.
    """

    sample_size: int = 5000
    n_samples: int = 3

    def __post_init__(self) -> None:
        if not 100 <= self.sample_size <= EXACT_UP_TO:
            raise BadParameter(f"sample_size must lie between 100 and {EXACT_UP_TO}, not {self.sample_size}.")
        if not 1 <= self.n_samples <= 20:
            raise BadParameter(f"n_samples must lie between 1 and 20, not {self.n_samples}.")


def find_medoids(
    vectors: Vectors,
    ks: Sequence[int],
    *,
    rng: np.random.Generator,
    sampling: Sampling = Sampling(),
    starts: Sequence[Ints] = (),
    report: Report | None = None,
) -> list[MedoidSet]:
    """The medoids for each of `ks` (ascending), each k starting from the medoids of the one before.

    Up to EXACT_UP_TO vectors every distance is known. Above, each sample is clustered by itself, and of its medoids
    those count whose loss over all vectors is least. starts: medoids (rows) of earlier runs, which compete where their
    number is in `ks`. Raises BadParameter for a k beyond 1 to n.
    """
    ks = [int(k) for k in ks]
    if not ks or ks != sorted(set(ks)) or not 1 <= ks[0] <= ks[-1] <= len(vectors):
        raise BadParameter(f"ks must rise from 1 or more to {len(vectors)} (the vectors) or less, not {ks[:5]}.")
    samples = _samples(len(vectors), rng=rng, sampling=sampling, k=ks[-1])
    tried: list[tuple[Ints, Ints, float]] = []
    for number, sample in enumerate(samples):
        square = vectors.square(sample)
        share_report = _share_of(report, number=number, n_samples=len(samples))
        for medoids in sweep(square, ks, report=share_report):
            tried.append((sample[medoids], sample, _loss(square, medoids)))
        del square
    if len(samples) == 1 and len(samples[0]) == len(vectors) and not starts:
        return [MedoidSet(medoids, loss, loss, len(sample)) for medoids, sample, loss in tried]
    return _best(vectors, ks, tried, starts=[start for start in starts if len(start) in ks])


def sweep(square: Floats, ks: Sequence[int], *, report: Report | None = None) -> list[Ints]:
    """Medoids for each of `ks` (ascending) of the points whose distances are `square` (n, n) float32.

    From one k to the next, the points that lower the loss most are added, then FasterPAM swaps until nothing helps. The
    way back down drops the medoids that are missed least; the better of the two stands.
    """
    up, total = [], len(ks)
    medoids = np.array([np.argmin(square.sum(axis=1, dtype=np.float64))])
    for done, k in enumerate(ks):
        medoids = swapped(square, _grown(square, medoids, k=k))
        up.append(medoids)
        if report is not None:
            report(done + 1, 2 * total)
    for index in range(total - 2, -1, -1):
        medoids = swapped(square, _shrunk(square, medoids, k=ks[index]))
        if _loss(square, medoids) < _loss(square, up[index]):
            up[index] = medoids
        medoids = up[index]
        if report is not None:
            report(2 * total - index, 2 * total)
    return up


def swapped(square: Floats, medoids: Ints) -> Ints:
    """FasterPAM from `medoids`: swaps with other points while that lowers the loss. The same start, the same end."""
    if len(medoids) in (1, len(square)):
        return medoids if len(medoids) > 1 else np.array([np.argmin(square.sum(axis=1, dtype=np.float64))])
    result = kmedoids.fasterpam(square, medoids.astype(np.uint64), max_iter=MAX_ROUNDS, n_cpu=1)
    return np.asarray(result.medoids, dtype=np.int64)


def losses(vectors: Vectors, options: Sequence[Ints]) -> Floats:
    """The sum of all vectors' distances to the nearest medoid, for each of `options` (rows): (n_options,) float64."""
    union = np.unique(np.concatenate(options))
    places = [np.searchsorted(union, option) for option in options]
    sums = np.zeros(len(options))
    for block in vectors.blocks(union):
        for number, rows in enumerate(places):
            sums[number] += block.distances[rows].min(axis=0).sum(dtype=np.float64)
    return sums


def _samples(n: int, *, rng: np.random.Generator, sampling: Sampling, k: int) -> list[Ints]:
    if n <= EXACT_UP_TO:
        return [np.arange(n)]
    size = min(n, max(sampling.sample_size, 2 * k))
    return [np.sort(rng.choice(n, size, replace=False)) for _ in range(sampling.n_samples)]


def _best(
    vectors: Vectors,
    ks: Sequence[int],
    tried: list[tuple[Ints, Ints, float]],
    *,
    starts: Sequence[Ints],
) -> list[MedoidSet]:
    options = [medoids for medoids, _, _ in tried] + list(starts)
    sums = losses(vectors, options)
    best: dict[int, MedoidSet] = {}
    for number, medoids in enumerate(options):
        loss, k = float(sums[number]), len(medoids)
        if k in best and best[k].loss <= loss:
            continue
        if number < len(tried):
            best[k] = MedoidSet(medoids, loss, tried[number][2], len(tried[number][1]))
        else:  # what an earlier run found, among all vectors
            best[k] = MedoidSet(medoids, loss, loss, len(vectors))
    return [best[k] for k in ks]


def _grown(square: Floats, medoids: Ints, *, k: int) -> Ints:
    """`medoids` with the points that lower the loss most, one after the other, until there are k."""
    near = square[medoids].min(axis=0)
    chosen = list(medoids)
    while len(chosen) < k:
        gains = np.empty(len(square))
        for start in range(0, len(square), 256):
            gains[start : start + 256] = np.maximum(near - square[start : start + 256], 0).sum(axis=1)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        near = np.minimum(near, square[chosen[-1]])
    return np.array(chosen)


def _shrunk(square: Floats, medoids: Ints, *, k: int) -> Ints:
    """`medoids` without those whose points lose least by going to the next, one after the other, until there are k."""
    while len(medoids) > k:
        distances = square[medoids]
        nearest = distances.argmin(axis=0)
        points = np.arange(len(square))
        near = distances[nearest, points].copy()
        distances[nearest, points] = np.inf
        missed = np.bincount(nearest, weights=distances.min(axis=0) - near, minlength=len(medoids))
        medoids = np.delete(medoids, missed.argmin())
    return medoids


def _loss(square: Floats, medoids: Ints) -> float:
    return float(square[medoids].min(axis=0).sum(dtype=np.float64))


def _share_of(report: Report | None, *, number: int, n_samples: int) -> Report | None:
    """`report` for one sample's share of all."""
    if report is None:
        return None
    return lambda done, total: report(number * total + done, n_samples * total)


def settled(vectors: Vectors, medoids: Ints, *, rounds: int = 20) -> Ints:
    """`medoids` moved to the middle of their clusters over all vectors, until none moves; the loss never rises.

    Cosine distance alone: there the best medoid of a cluster is its vector with the largest product with the cluster's
    sum, so that n^2 distances are not needed. With another metric the medoids come back as they are.
    """
    if vectors.metric != "cosine":
        return medoids
    for _ in range(rounds):
        cluster = np.empty(len(vectors), np.int32)
        sums = np.zeros((len(medoids), vectors.dims))
        for block in vectors.blocks(medoids):
            cluster[block.rows] = block.distances.argmin(axis=0)
        cluster[medoids] = np.arange(len(medoids))
        for rows, units in vectors.unit_blocks():
            for index in np.unique(cluster[rows]):
                sums[index] += units[cluster[rows] == index].sum(axis=0, dtype=np.float64)
        best, most = medoids.copy(), np.full(len(medoids), -np.inf)
        for rows, units in vectors.unit_blocks():
            products = np.einsum("nd,nd->n", units, sums[cluster[rows]])
            for index in np.unique(cluster[rows]):
                mine = np.flatnonzero(cluster[rows] == index)
                row = mine[products[mine].argmax()]
                if products[row] > most[index] + 1e-6:
                    best[index], most[index] = row + rows.start, products[row]
        if np.array_equal(best, medoids):
            break
        medoids = best
    return medoids
