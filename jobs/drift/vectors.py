"""What the vectors of two samples of pictures say of drift."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from analytics import drift
from analytics.drift import Cluster, Measured
from analytics.projection import unusable
from analytics.wording import count
from jobs.drift.kind import DriftParameters

K = 10  # earlier neighbours that have a say about a label
SHOWN, CLUSTERS_SHOWN = 24, 12  # pictures of each sort, new clusters
_ROWS_AT_ONCE = 512


@dataclass
class Found:
    """Measures and notes by name, pictures as rows, and how many clusters are new."""

    measured: dict[str, Measured] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pictures: list[dict[str, object]] = field(default_factory=list)
    n_clusters: int = 0


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The K nearest earlier pictures of some rows: rows (m, K) of the reference, and their cosines."""

    rows: np.ndarray
    cosines: np.ndarray


def compare_vectors(
    vectors: np.ndarray,
    images: pa.Table,
    *,
    parameters: DriftParameters,
    rng: np.random.Generator,
    report: Callable[[str], object],
) -> Found:
    """All that vectors (n, d) of `images` (image_id, label, is_later) say; nothing where a side has too few of them."""
    usable = np.setdiff1d(np.arange(len(vectors)), list(unusable(vectors)))
    images, vectors = images.take(usable), np.asarray(vectors[usable], np.float32)
    is_later = images["is_later"].to_numpy(zero_copy_only=False)
    found = Found()
    if is_later.sum() < drift.LEAST or (~is_later).sum() < 3 * drift.LEAST:
        return found
    points = drift.components(vectors, seed=parameters.seed).astype(np.float32)
    report("Telling the vectors apart")
    found.measured["classifier"] = drift.classifier(points, is_later, rng=rng)
    found.measured["means"] = drift.distance_of_means(points, is_later, rng=rng)
    found.measured["clusters"], clusters = drift.new_clusters(points, is_later, seed=parameters.seed)
    found.n_clusters = len(clusters)
    report("Looking for the nearest earlier pictures")
    _by_neighbours(found, vectors, images, is_later, parameters=parameters, rng=rng)
    _clusters(found, clusters, images["image_id"].to_numpy())
    return found


def nearest_earlier(vectors: np.ndarray, reference: np.ndarray) -> Neighbours:
    """The K rows of `reference` (r, d) that are nearest by cosine to each row of `vectors` (m, d), nearest first."""
    unit = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in (vectors, reference)]
    k = min(K, len(reference))
    rows, cosines = np.empty((len(vectors), k), np.int64), np.empty((len(vectors), k), np.float32)
    for begin in range(0, len(vectors), _ROWS_AT_ONCE):
        here = slice(begin, begin + _ROWS_AT_ONCE)
        like = unit[0][here] @ unit[1].T
        near = np.argpartition(-like, k - 1, axis=1)[:, :k]
        order = np.argsort(-np.take_along_axis(like, near, 1), axis=1, kind="stable")
        rows[here] = np.take_along_axis(near, order, 1)
        cosines[here] = np.take_along_axis(like, rows[here], 1)
    return Neighbours(rows, np.clip(cosines, -1, 1))


def _by_neighbours(
    found: Found,
    vectors: np.ndarray,
    images: pa.Table,
    is_later: np.ndarray,
    *,
    parameters: DriftParameters,
    rng: np.random.Generator,
) -> None:
    """Hold earlier pictures out, and compare how they and the later ones lie to the rest."""
    earlier, later = np.flatnonzero(~is_later), np.flatnonzero(is_later)
    earlier = rng.permutation(earlier)
    n_held = min(len(later), len(earlier) // 2)
    held, reference = earlier[:n_held], earlier[n_held:]
    near = nearest_earlier(vectors[np.concatenate([held, later])], vectors[reference])
    best = near.cosines[:, 0]
    is_near = best >= parameters.min_cosine
    found.measured["nearest"] = drift.farther(1 - best[:n_held], 1 - best[n_held:])
    found.measured["near_duplicates"] = drift.more_often(is_near[:n_held], is_near[n_held:])
    found.notes["near_duplicates"] = (
        f"{count(int(is_near[n_held:].sum()), 'later picture')} of {len(later):,} in the sample at a cosine of "
        f"{parameters.min_cosine:g} or more to an earlier one."
    )
    ids = images["image_id"].to_numpy()
    of_later, first = best[n_held:], ids[reference[near.rows[n_held:, 0]]]
    by_cosine = np.argsort(-of_later, kind="stable")
    far = by_cosine[::-1][: int((of_later < np.quantile(best[:n_held], 0.01)).sum())]
    for why, rows in (("near", by_cosine[: int(is_near[n_held:].sum())]), ("far", far)):
        for place, row in enumerate(rows[:SHOWN].tolist()):
            other = {"other_id": int(first[row]), "cosine": float(of_later[row])}
            image_id = int(ids[later[row]])
            found.pictures.append({"why": why, "place": place, "cluster": -1, "image_id": image_id, **other})
    labels = images["label"].to_numpy()
    if (labels >= 0).any():
        _labels(found, near, labels, held=held, later=later, reference=reference, ids=ids)


def _labels(
    found: Found,
    near: Neighbours,
    labels: np.ndarray,
    *,
    held: np.ndarray,
    later: np.ndarray,
    reference: np.ndarray,
    ids: np.ndarray,
) -> None:
    """Whether later pictures bear another label than most of their earlier neighbours more often than earlier ones."""
    own = labels[np.concatenate([held, later])]
    votes = _most(labels[reference][near.rows])
    judged = (own >= 0) & (votes >= 0)
    of_held = np.arange(len(own)) < len(held)
    differs = own != votes
    sides = judged & of_held, judged & ~of_held
    if min(side.sum() for side in sides) < drift.LEAST:
        return
    found.measured["labels"] = drift.more_often(differs[sides[0]], differs[sides[1]])
    shares = [float(differs[side].mean()) for side in sides]
    found.notes["labels"] = (
        f"{shares[1]:.1%} of the later pictures bear another label than most of their {K} nearest earlier ones, "
        f"{shares[0]:.1%} of the earlier ones held out."
    )
    agree = (labels[reference][near.rows] == votes[:, None]).mean(axis=1)
    rows = np.flatnonzero(sides[1] & differs)
    for place, row in enumerate(rows[np.argsort(-agree[rows], kind="stable")][:SHOWN].tolist()):
        other = {"other_id": int(ids[reference[near.rows[row, 0]]]), "cosine": float(near.cosines[row, 0])}
        image_id = int(ids[later[row - len(held)]])
        found.pictures.append(
            {"why": "label", "place": place, "cluster": int(votes[row]), "image_id": image_id, **other}
        )


def _most(labels: np.ndarray) -> np.ndarray:
    """The label (m,) that most of each row's neighbours (m, k) bear, the smallest of several; -1 where none has one."""
    size = int(labels.max(initial=0)) + 2
    counts = np.zeros((len(labels), size), np.int32)
    for column in labels.T:
        counts[np.arange(len(labels)), column + 1] += 1
    votes = counts[:, 1:].argmax(axis=1)
    return np.where(counts[:, 1:].max(axis=1) > 0, votes, -1)


def _clusters(found: Found, clusters: list[Cluster], ids: np.ndarray) -> None:
    for number, cluster in enumerate(clusters[:CLUSTERS_SHOWN]):
        for place, row in enumerate(cluster.members[:SHOWN].tolist()):
            found.pictures.append({"why": "cluster", "place": place, "cluster": number, "image_id": int(ids[row])})
    if clusters:
        sizes = ", ".join(f"{each.n_after:,} later and {each.n_before:,} earlier" for each in clusters[:4])
        found.notes["clusters"] = f"{count(len(clusters), 'new cluster')} in the sample: {sizes}."
