"""Whether pictures that came in later are drawn from what the earlier ones were drawn from.

Each measure compares two samples and says how far apart they are, and how likely it is to see them so far apart by
chance where nothing has changed. The measures of one look are adjusted together (`analytics.significance.holm`), so
that the chance of any false alarm among all of them stays at the level. What compares with the nearest earlier picture
holds as many earlier pictures out, which are then to the rest what the later ones are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import fisher_exact, hypergeom, ks_2samp, mannwhitneyu

from analytics.arrays import Bools, Floats, Ints
from analytics.errors import BadParameter, WrongShape
from analytics.noise_rates import wilson
from analytics.significance import holm

LEAST = 20  # pictures of each side, below which nothing is tested
N_DRAWS = 4_999  # permutations: the smallest p is 1 in 5,000
N_COMPONENTS = 64
_AT_ONCE = 4_000_000  # numbers of permutations that are in memory at a time
_PICTURES_A_CLUSTER, _MOST_CLUSTERS = 60, 40
NEW_TIMES = 3.0  # a cluster is new where its share of the later pictures is so many times that of the earlier ones


@dataclass(frozen=True)
class Measured:
    """How far two samples are apart by one measure.

    value: 0 (for shares of pairs 0.5) where they are the same; low, high: of its 95 % interval, NaN where there is
    none. p: the chance of a value as far out where nothing has changed.
    """

    value: float
    p: float
    n_before: int
    n_after: int
    low: float = float("nan")
    high: float = float("nan")


def class_shares(before: Ints, after: Ints, *, rng: np.random.Generator, n_draws: int = N_DRAWS) -> Measured:
    """Half the sum of what the shares of the classes differ by, in [0, 1]; p by permutation of chi-square.

    before, after: (c,) pictures of each class. The interval is of draws with the shares that were seen,
    less what such draws lie above them on the whole: a sum of distances is never below 0, so chance alone adds to it.
    """
    if before.shape != after.shape or before.ndim != 1:
        raise WrongShape(f"before and after must both be (c,), not {before.shape} and {after.shape}.")
    n_before, n_after = int(before.sum()), int(after.sum())
    _require(n_before, n_after)
    total = before + after
    drawn = rng.multivariate_hypergeometric(total, n_after, size=n_draws, method="marginals")
    expected = total * (n_after / total.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = np.nansum((after - expected) ** 2 / expected)
        null = np.nansum((drawn - expected) ** 2 / expected, axis=1)
    again = np.abs(
        rng.multinomial(n_before, before / n_before, 1_000) / n_before
        - rng.multinomial(n_after, after / n_after, 1_000) / n_after
    ).sum(axis=1)
    value = float(np.abs(before / n_before - after / n_after).sum() / 2)
    low, high = np.maximum(0, np.quantile(again / 2, [0.025, 0.975]) - again.mean() / 2 + value)
    return Measured(value, _p(seen, null), n_before, n_after, float(low), float(high))


def one_number(before: Floats, after: Floats) -> Measured:
    """The largest gap between the shares of pictures below a value, in [0, 1]. Ref: Kolmogorov and Smirnov.

    before, after: (n,) (m,) a number of each picture; NaN is left out. Ties make p larger, never smaller.
    """
    before, after = before[np.isfinite(before)], after[np.isfinite(after)]
    _require(len(before), len(after))
    gap = ks_2samp(before, after)
    return Measured(float(gap.statistic), float(gap.pvalue), len(before), len(after))


def components(vectors: Floats, *, n: int = N_COMPONENTS, seed: int = 0) -> Floats:
    """The first `n` principal components (m, n) of (m, d) vectors of any length, each made one of length 1 before."""
    from sklearn.decomposition import PCA

    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    kept = min(n, *unit.shape)
    reduced: Floats = PCA(kept, svd_solver="randomized", random_state=seed).fit_transform(unit)
    return reduced


def classifier(points: Floats, is_later: Bools, *, rng: np.random.Generator, n_draws: int = N_DRAWS) -> Measured:
    """How well a logistic regression tells later from earlier pictures it has not seen: the area under its curve.

    points: (n, d). Half of each side is learnt from; on the other half the labels are permuted for p, which is exact
    whatever was learnt. 0.5 where it cannot tell. Ref: Lopez-Paz and Oquab, ICLR 2017.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    n_before, n_after = int((~is_later).sum()), int(is_later.sum())
    _require(n_before, n_after)
    learns = np.zeros(len(points), bool)
    for side in (np.flatnonzero(is_later), np.flatnonzero(~is_later)):
        learns[rng.permutation(side)[: len(side) // 2]] = True
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=1_000))
    model.fit(points[learns], is_later[learns])
    scores, later = model.decision_function(points[~learns]), is_later[~learns]
    n_later = int(later.sum())
    ranks = _ranks(scores)
    seen = ranks[later].sum()
    null = _sums_of_drawn(ranks[:, None], n_later, rng=rng, n_draws=n_draws)[:, 0]
    area = float((seen - n_later * (n_later + 1) / 2) / (n_later * (len(later) - n_later)))
    half = 1.96 * _area_error(area, n_later, len(later) - n_later)
    return Measured(area, _p(seen, null), n_before, n_after, max(area - half, 0.0), min(area + half, 1.0))


def distance_of_means(points: Floats, is_later: Bools, *, rng: np.random.Generator, n_draws: int = N_DRAWS) -> Measured:
    """The distance of the two means in standard deviations of all points, (n, d); p by permutation of who is later."""
    n_before, n_after = int((~is_later).sum()), int(is_later.sum())
    _require(n_before, n_after)
    centred = points - points.mean(axis=0)
    spread = float(np.sqrt((centred**2).sum(axis=1).mean())) or 1.0
    to_distance = (1 / n_after + 1 / n_before) / spread  # of centred points the other side's sum is the negative
    seen = float(np.linalg.norm(centred[is_later].sum(axis=0)) * to_distance)
    null = np.linalg.norm(_sums_of_drawn(centred, n_after, rng=rng, n_draws=n_draws), axis=1) * to_distance
    return Measured(seen, _p(seen, null), n_before, n_after)


def farther(held: Floats, later: Floats) -> Measured:
    """How often a later picture is farther from its nearest earlier one than an earlier picture that was held out.

    held, later: (h,) (n,) distances to the same pictures. 0.5 where it is as often nearer. Ref: Mann and Whitney, 1947.
    """
    _require(len(held), len(later))
    test = mannwhitneyu(later, held, alternative="two-sided")
    area = float(test.statistic / (len(held) * len(later)))
    half = 1.96 * _area_error(area, len(later), len(held))
    return Measured(area, float(test.pvalue), len(held), len(later), max(area - half, 0.0), min(area + half, 1.0))


def more_often(held: Bools, later: Bools) -> Measured:
    """By how much the share of later pictures of which something holds is above that of the earlier ones held out.

    held, later: (h,) (n,). p: Fisher's exact test, one-sided. The interval is Newcombe's, of two of Wilson's.
    """
    _require(len(held), len(later))
    hits, n = np.array([held.sum(), later.sum()]), np.array([len(held), len(later)])
    p = fisher_exact(np.stack([hits, n - hits])[:, ::-1].T, alternative="greater").pvalue
    shares, (lows, highs) = hits / n, wilson(hits, n)
    value = float(shares[1] - shares[0])
    low = value - float(np.hypot(shares[1] - lows[1], highs[0] - shares[0]))
    high = value + float(np.hypot(highs[1] - shares[1], shares[0] - lows[0]))
    return Measured(value, float(p), len(held), len(later), low, high)


@dataclass(frozen=True)
class Cluster:
    """Pictures that lie together, of which the later ones have more. members: rows of later ones, the midmost first.

    p: adjusted for all clusters that were looked at.
    """

    members: Ints
    n_before: int
    n_after: int
    p: float


def new_clusters(
    points: Floats, is_later: Bools, *, seed: int = 0, level: float = 0.05
) -> tuple[Measured, list[Cluster]]:
    """What share of the later pictures lies in new clusters, beyond the share of the earlier ones; and the clusters.

    points: (n, d), clustered by k-means without a look at who is later; then each cluster's later pictures are held
    against a draw from all (hypergeometric), adjusted by Holm. New: NEW_TIMES as many and p at most `level`.
    """
    from sklearn.cluster import KMeans

    n_before, n_after = int((~is_later).sum()), int(is_later.sum())
    _require(n_before, n_after)
    k = int(np.clip(len(points) // _PICTURES_A_CLUSTER, 2, _MOST_CLUSTERS))
    found = KMeans(k, n_init=1, random_state=seed).fit(points)
    size = np.bincount(found.labels_, minlength=k)
    later = np.bincount(found.labels_[is_later], minlength=k)
    adjusted = holm([float(p) for p in np.asarray(hypergeom.sf(later - 1, len(points), size, n_after))])
    gain = later / n_after - (size - later) / n_before
    is_new = (np.array(adjusted) <= level) & (later / n_after >= NEW_TIMES * (size - later) / n_before)
    far = np.linalg.norm(points - found.cluster_centers_[found.labels_], axis=1)
    clusters = []
    for number in np.flatnonzero(is_new)[np.argsort(-gain[is_new])].tolist():
        rows = np.flatnonzero(is_later & (found.labels_ == number))
        n_old = int(size[number] - later[number])
        clusters.append(Cluster(rows[np.argsort(far[rows])], n_old, int(later[number]), adjusted[number]))
    return Measured(float(gain[is_new].sum()), min(adjusted), n_before, n_after), clusters


def adjusted(measured: Sequence[Measured]) -> list[float]:
    """The p of each measure of one look, adjusted so that any false alarm among them is as rare as the level."""
    return holm([each.p for each in measured])


def _require(n_before: int, n_after: int) -> None:
    if min(n_before, n_after) < LEAST:
        raise BadParameter(f"Each side needs {LEAST} pictures or more, not {n_before} before and {n_after} after.")


def _p(seen: float, null: Floats) -> float:
    """The share of draws at least as far out as what was seen, itself among them."""
    room = 1e-9 * max(abs(seen), 1.0)
    return float((1 + (null >= seen - room).sum()) / (1 + len(null)))


def _sums_of_drawn(points: Floats, n: int, *, rng: np.random.Generator, n_draws: int) -> Floats:
    """The sums (n_draws, d) of `n` points (m, d) drawn without putting back."""
    m, step = len(points), max(1, _AT_ONCE // len(points))
    sums = []
    template = np.arange(m) < n
    for begin in range(0, n_draws, step):
        drawn = rng.permuted(np.tile(template, (min(step, n_draws - begin), 1)), axis=1)
        sums.append(drawn.astype(points.dtype) @ points)
    return np.concatenate(sums)


def _ranks(scores: Floats) -> Floats:
    from scipy.stats import rankdata

    ranks: Floats = rankdata(scores)
    return ranks


def _area_error(area: float, n: int, m: int) -> float:
    """The standard error of an area under the curve. Ref: Hanley and McNeil, 1982."""
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    variance = area * (1 - area) + (n - 1) * (one - area * area) + (m - 1) * (two - area * area)
    return float(np.sqrt(max(variance, 0.0) / (n * m)))
