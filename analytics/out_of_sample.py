"""Out-of-sample projection: new points onto a map that exists, near those they are like, without moving any of it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape
from analytics.nearest import Index
from analytics.projection import FFT_ABOVE, MIN_POINTS, Recipe, in_metric, principal

ROWS_AT_ONCE = 50_000
# openTSNE's own choices for new points. Ref: Policar et al., 2024
_PERPLEXITY, _NEIGHBOURS, _RATE, _EXAGGERATION, _MAX_GRADIENT = 5, 25, 0.1, 1.5, 0.25
_STEPS, _STEPS_OF_MANY, _MANY = 250, 50, 10_000
_EPOCHS, _EPOCHS_OF_MANY = 100, 30  # umap-learn's own choices for new points

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class Reference:
    """What is on the map: vectors (n, d) float32, all usable, and their points (n, 2 or 3) float32."""

    vectors: Floats
    points: Floats

    def __post_init__(self) -> None:
        if len(self.vectors) != len(self.points):
            raise WrongShape(f"{len(self.vectors)} vectors cannot stand at {len(self.points)} points.")
        if len(self.points) < MIN_POINTS:
            raise BadParameter(
                f"The map has {len(self.points)} points, and others can be placed by {MIN_POINTS} or more. "
                "Make a new map."
            )


def project_new(
    vectors: Floats, rows: Ints, *, onto: Reference, recipe: Recipe, report: Report | None = None
) -> Floats:
    """Points (len(rows), dimensions) float32 for `rows` of `vectors` (n, d), all usable, on the map of `onto`.

    PCA: the same directions. t-SNE and UMAP: first the middle of the nearest on the map, then their own gradient
    descent with the map held still. New points do not see one another. `vectors` may be a memory map; ROWS_AT_ONCE
    of its rows are read at a time. report(done, total) is told of rows. Raises BadParameter, WrongShape.
    """
    full = in_metric(onto.vectors, metric=recipe.metric)
    by = _by_directions(full, onto.points, recipe) if recipe.method == "pca" else _by_neighbours(full, onto, recipe)
    points = [np.empty((0, recipe.dimensions), np.float32)]
    for first in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[first : first + ROWS_AT_ONCE]
        points.append(by(in_metric(vectors[part], metric=recipe.metric)).astype(np.float32))
        if report is not None:
            report(first + len(part), len(rows))
    return np.concatenate(points)


def _by_directions(full: Floats, points: Floats, recipe: Recipe) -> Callable[[Floats], Floats]:
    """The map of PCA is a linear one: its directions are found again from its own vectors."""
    again, fitted = principal(full, dims=recipe.dimensions, seed=recipe.seed)
    signs = np.sign((again * points).sum(axis=0))  # a direction may come out reversed
    signs[signs == 0] = 1
    shift = (points - again * signs).mean(axis=0)  # pictures may have left since the map was made
    n_parts = fitted.n_components_

    def to_points(vectors: Floats) -> Floats:
        parts = np.zeros((len(vectors), recipe.dimensions), np.float32)
        parts[:, :n_parts] = fitted.transform(vectors)
        placed: Floats = parts * signs + shift
        return placed

    return to_points


def _by_neighbours(full: Floats, onto: Reference, recipe: Recipe) -> Callable[[Floats], Floats]:
    reduced, fitted = full, None
    if recipe.pca_dims and recipe.pca_dims < min(full.shape):
        reduced, fitted = principal(full, dims=recipe.pca_dims, seed=recipe.seed)
    index = Index(reduced)
    n_neighbours = _NEIGHBOURS if recipe.method == "tsne" else recipe.n_neighbours
    k = min(n_neighbours, len(full))
    points = np.ascontiguousarray(onto.points, np.float32)

    def to_points(vectors: Floats) -> Floats:
        near = index.nearest(vectors if fitted is None else _transform(fitted, vectors), k=k)
        if recipe.method == "tsne":
            return _tsne(near.indices, near.distances, points)
        return _umap(near.indices, near.distances, points, recipe)

    return to_points


def _transform(fitted: PCA, vectors: Floats) -> Floats:
    return np.ascontiguousarray(fitted.transform(vectors), np.float32)


def _tsne(indices: Ints, distances: Floats, points: Floats) -> Floats:
    """From the median of the nearest on, gradient descent by openTSNE against points that stay."""
    import scipy.sparse
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PrecomputedAffinities, joint_probabilities_nn
    from openTSNE.tsne import PartialTSNEEmbedding

    n, k = indices.shape
    middle = (points.max(axis=0) + points.min(axis=0)) / 2  # where the library would move the map to, in place
    own = PrecomputedAffinities(scipy.sparse.eye(len(points), format="csr"))  # wanted, and never read: it stays
    still = TSNEEmbedding((points - middle).astype(np.float64), own, random_state=0)
    pull = joint_probabilities_nn(
        indices,
        distances,
        [min(_PERPLEXITY, k / 3)],
        symmetrize=False,
        normalization="point-wise",
        n_reference_samples=len(still),
        n_jobs=-1,
    )
    start = np.ascontiguousarray(np.median(np.asarray(still)[indices], axis=1))
    by = "fft" if points.shape[1] == 2 and len(points) > FFT_ABOVE else "bh"
    placed = PartialTSNEEmbedding(start, still, pull, negative_gradient_method=by, n_jobs=-1)
    steps = _STEPS if n <= _MANY else _STEPS_OF_MANY
    options = {"learning_rate": _RATE, "exaggeration": _EXAGGERATION, "momentum": 0.8, "max_grad_norm": _MAX_GRADIENT}
    moved: Floats = np.asarray(placed.optimize(steps, **options)) + middle
    return moved


def _umap(indices: Ints, distances: Floats, points: Floats, recipe: Recipe) -> Floats:
    """From the weighted mean of the nearest on, umap-learn's descent against points that stay."""
    import scipy.sparse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about packages that are not installed, at import alone
        from umap.layouts import optimize_layout_euclidean
        from umap.umap_ import compute_membership_strengths, find_ab_params, make_epochs_per_sample, smooth_knn_dist
    n, k = indices.shape
    distances = distances.astype(np.float32)
    sigmas, rhos = smooth_knn_dist(distances, float(k), local_connectivity=0.0)
    rows, columns, weights, _ = compute_membership_strengths(
        indices.astype(np.int32), distances, sigmas, rhos, bipartite=True
    )
    shape = (n, len(points))
    graph = scipy.sparse.csr_matrix((weights, (rows, columns)), shape=shape)
    total = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-12)
    start = np.ascontiguousarray((graph @ points) / total[:, None], np.float32)
    n_epochs = _EPOCHS if n <= _MANY else _EPOCHS_OF_MANY
    strong = weights >= weights.max() / n_epochs
    a, b = find_ab_params(1.0, recipe.min_dist)
    state = np.random.RandomState(recipe.seed).randint(-(2**31) + 1, 2**31 - 1, 3).astype(np.int64)
    placed: Floats = optimize_layout_euclidean(
        start,
        points.copy(),
        rows[strong],
        columns[strong],
        n_epochs,
        len(points),
        make_epochs_per_sample(weights[strong], n_epochs),
        a,
        b,
        state,
        1.0,
        0.25,
        5,
        False,
        tqdm_kwds={"disable": True},
    )
    return placed
