"""Other ways to choose k pictures, and what any choice is worth: the same figures for all of them."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from analytics.arrays import Floats, Ints
from analytics.distances import Vectors

SILHOUETTE_SAMPLE = 2_000
COSINES = np.round(np.linspace(0, 1, 101), 2)  # where coverage is counted
FITTED = 10_000  # k-means learns its centres from so many vectors at most


@dataclass(frozen=True)
class Worth:
    """What a choice of k pictures is worth to all n, d being a picture's distance to the nearest chosen one.

    loss: sum of d. inertia: sum of d^2. distortion: inertia / n. farthest: the largest d. covered: (101,) the share of
    all within a cosine of COSINES or more of a chosen one. medoid_silhouette: mean of 1 - d / (distance to the second
    nearest), 0/0 as 0. silhouette: that of Rousseeuw over n_silhouette pictures drawn at random. None for one cluster.
    Ref: Rousseeuw, 1987; Van der Laan et al., 2003 (medoid silhouette).
    """

    loss: float
    inertia: float
    distortion: float
    farthest: float
    covered: Floats
    medoid_silhouette: float | None
    silhouette: float | None
    n_silhouette: int


@dataclass(frozen=True)
class Assignment:
    """For each of n vectors: the place of its medoid among the medoids, its distance and its cosine to it."""

    cluster: Ints
    distance: Floats
    cosine: Floats


def judge(vectors: Vectors, options: Sequence[Ints], *, rng: np.random.Generator) -> list[Worth]:
    """What each of `options` (rows, all different) is worth; all of them in one pass over the vectors."""
    union = np.unique(np.concatenate(options))
    places = [np.searchsorted(union, option) for option in options]
    n = len(vectors)
    drawn = np.sort(rng.choice(n, min(n, SILHOUETTE_SAMPLE), replace=False))
    to_drawn = np.empty((len(union), len(drawn)), np.float32)
    sums = [_Sums() for _ in options]
    for block in vectors.blocks(union):
        first, last = np.searchsorted(drawn, [block.rows.start, block.rows.stop])
        to_drawn[:, first:last] = block.distances[:, drawn[first:last] - block.rows.start]
        for rows, into in zip(places, sums, strict=True):
            into.add(block.distances[rows], block.cosines[rows])
    square = vectors.square(drawn)
    return [
        _worth(into, n=n, silhouette=_silhouette_of(square, to_drawn[rows], drawn, option), n_drawn=len(drawn))
        for option, rows, into in zip(options, places, sums, strict=True)
    ]


def assign(vectors: Vectors, medoids: Ints) -> Assignment:
    """Whom each medoid (rows, all different) stands for: the vectors it is nearest to, and always itself."""
    n = len(vectors)
    cluster, distance, cosine = np.empty(n, np.int32), np.empty(n, np.float32), np.empty(n, np.float32)
    for block in vectors.blocks(medoids):
        nearest = block.distances.argmin(axis=0)
        columns = np.arange(len(nearest))
        cluster[block.rows] = nearest
        distance[block.rows] = block.distances[nearest, columns]
        cosine[block.rows] = block.cosines[nearest, columns]
    cluster[medoids], distance[medoids], cosine[medoids] = np.arange(len(medoids)), 0, 1
    return Assignment(cluster, distance, np.clip(cosine, -1, 1))


def silhouette(square: Floats, cluster: Ints) -> float | None:
    """The mean silhouette of points with distances `square` (n, n) in clusters (n,), in [-1, 1]; None for one cluster.

    A point alone in its cluster counts 0. Ref: Rousseeuw, 1987.
    """
    clusters, cluster = np.unique(cluster, return_inverse=True)
    if len(clusters) < 2:
        return None
    n = len(square)
    member = np.zeros((n, len(clusters)), np.float32)
    member[np.arange(n), cluster] = 1
    size = member.sum(axis=0)
    sums = square @ member
    own = sums[np.arange(n), cluster] / np.maximum(size[cluster] - 1, 1)
    means = sums / size
    means[np.arange(n), cluster] = np.inf
    other = means.min(axis=1)
    most = np.maximum(own, other)
    scores = np.divide(other - own, most, out=np.zeros(n, np.float32), where=most > 0)
    scores[size[cluster] == 1] = 0
    return float(scores.mean(dtype=np.float64))


def by_kmeans(vectors: Vectors, k: int, *, seed: int) -> Ints:
    """The vectors nearest to the centres of k-means, each centre another one: (k,) rows. Ref: Sculley, WWW 2010."""
    rng = np.random.default_rng(seed)
    fitted = np.sort(rng.choice(len(vectors), min(len(vectors), FITTED), replace=False))
    model = MiniBatchKMeans(k, random_state=seed, n_init=3, batch_size=2048)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different vectors than k: seen to by _unlike
        centres = model.fit(vectors.in_metric(fitted)).cluster_centers_.astype(np.float32)
    n_near = min(k, 50)
    near, distances = np.zeros((k, 0), np.int64), np.zeros((k, 0), np.float32)
    for rows, _ in vectors.unit_blocks():
        points = vectors.in_metric(rows)
        squares = (points * points).sum(axis=1) - 2 * centres @ points.T
        here = np.argpartition(squares, min(n_near, squares.shape[1]) - 1, axis=1)[:, :n_near]
        near = np.hstack([near, here + rows.start])
        distances = np.hstack([distances, np.take_along_axis(squares, here, 1)])
        kept = np.argsort(distances, axis=1, kind="stable")[:, :n_near]
        near, distances = np.take_along_axis(near, kept, 1), np.take_along_axis(distances, kept, 1)
    return _unlike(near, n=len(vectors))


def farthest_first(vectors: Vectors, k: int) -> Ints:
    """The vector nearest to the mean, then always the one farthest from those chosen (a core-set): (k,) rows.

    Within twice the best possible largest distance. Ref: Gonzalez, 1985; Sener and Savarese, ICLR 2018.
    """
    mean = np.zeros(vectors.dims)
    for _, units in vectors.unit_blocks():
        mean += units.sum(axis=0, dtype=np.float64)
    nearness = np.concatenate([units @ mean.astype(np.float32) for _, units in vectors.unit_blocks()])
    chosen = [int(nearness.argmax())]
    near = np.full(len(vectors), np.inf, np.float32)
    while len(chosen) < k:
        for block in vectors.blocks(np.array(chosen[-1:])):
            near[block.rows] = np.minimum(near[block.rows], block.distances[0])
        near[chosen] = -1
        chosen.append(int(near.argmax()))
    return np.array(chosen)


def random_per_class(classes: Sequence[int | None], k: int, *, rng: np.random.Generator) -> Ints:
    """k rows drawn so that classes (n,) get equally many as far as they reach; no class is one too: (k,) rows."""
    waiting: dict[int | None, list[int]] = {}
    for row in rng.permutation(len(classes)):
        waiting.setdefault(classes[row], []).append(int(row))
    turns = sorted(waiting, key=lambda index: (index is None, index))
    chosen: list[int] = []
    while len(chosen) < k:
        for index in turns:
            if waiting[index] and len(chosen) < k:
                chosen.append(waiting[index].pop())
    return np.array(chosen)


class _Sums:
    """What one option adds up to, block by block."""

    def __init__(self) -> None:
        self.loss = self.inertia = self.silhouette = self.farthest = 0.0
        self.counts = np.zeros(len(COSINES) + 1, np.int64)
        self.n_medoids = 0

    def add(self, distances: Floats, cosines: Floats) -> None:
        """Add a block. distances, cosines: (k, n_rows) to this option's medoids."""
        self.n_medoids = len(distances)
        nearest = distances.argmin(axis=0)
        columns = np.arange(distances.shape[1])
        near = distances[nearest, columns].astype(np.float64)
        self.loss += near.sum()
        self.inertia += (near * near).sum()
        self.farthest = max(self.farthest, float(near.max()))
        most = np.round(cosines.max(axis=0).astype(np.float64), 5)  # its own cosine is 1, not 0.9999998
        self.counts += np.bincount(np.searchsorted(COSINES, most, side="right"), minlength=len(self.counts))
        if self.n_medoids > 1:
            distances[nearest, columns] = np.inf
            second = distances.min(axis=0).astype(np.float64)
            self.silhouette += np.divide(second - near, second, out=np.zeros_like(near), where=second > 0).sum()


def _worth(sums: _Sums, *, n: int, silhouette: float | None, n_drawn: int) -> Worth:
    covered = sums.counts[::-1].cumsum()[::-1][1:] / n
    return Worth(
        sums.loss,
        sums.inertia,
        sums.inertia / n,
        sums.farthest,
        covered,
        sums.silhouette / n if sums.n_medoids > 1 else None,
        silhouette,
        n_drawn,
    )


def _silhouette_of(square: Floats, distances: Floats, drawn: Ints, option: Ints) -> float | None:
    """The silhouette of the drawn rows in the clusters of `option`. distances: (k, n_drawn)."""
    return silhouette(square, distances.argmin(axis=0))


def _unlike(near: Ints, *, n: int) -> Ints:
    """For each row of `near` (k, m) its first entry that no row before has; if all are taken, any row that is not."""
    taken: dict[int, None] = {}
    for options in near:
        free = next((int(option) for option in options if int(option) not in taken), None)
        taken[next(row for row in range(n) if row not in taken) if free is None else free] = None
    return np.array(list(taken))
