"""Projections: points in two or three dimensions that keep what lies near each other near."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from analytics.arrays import Floats
from analytics.errors import BadParameter, WrongShape
from analytics.nearest import Graph, nearest

METHODS = ("pca", "tsne", "umap")
METRICS = ("cosine", "euclidean")
MIN_POINTS = 5  # t-SNE and UMAP say nothing about fewer; PCA places them
FFT_ABOVE = 4_000  # points from which interpolation beats Barnes-Hut (at 5,000: 15 s against 33 s on two busy cores)
EXAGGERATED, SETTLING = 250, 500  # steps of gradient descent. Ref: Belkina et al., Nature Communications 2019
NOT_A_NUMBER = "The vector holds a value that is not a number."
NO_DIRECTION = "The vector is zero in every place."
CONSTANT = "The vector has one number in every place, which says nothing of the picture."
CONSTANT_FROM = 8  # dimensions: of fewer, equal numbers may be chance

_ROWS_AT_ONCE = 8192

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class Recipe:
    """How to project; raises BadParameter for a value out of its range.

    perplexity (t-SNE): about how many neighbours a point keeps, 2 to 500. n_neighbours (UMAP): 2 to 500. min_dist
    (UMAP): how tightly points may pack, 0 to 1. pca_dims: PCA to so many dimensions comes first; 0: none.
    """

    method: str = "tsne"
    dimensions: int = 2
    perplexity: float = 30.0
    n_neighbours: int = 15
    min_dist: float = 0.1
    metric: str = "cosine"
    pca_dims: int = 50
    seed: int = 801

    def __post_init__(self) -> None:
        _one_of("method", self.method, METHODS)
        _one_of("metric", self.metric, METRICS)
        _one_of("dimensions", self.dimensions, (2, 3))
        _within("perplexity", self.perplexity, 2, 500)
        _within("n_neighbours", self.n_neighbours, 2, 500)
        _within("min_dist", self.min_dist, 0, 1)
        _within("pca_dims", self.pca_dims, 0, 1000)
        _within("seed", self.seed, 0, 2**31 - 1)


@dataclass(frozen=True)
class Projection:
    """points: (n, dimensions) float32. notes: what was done otherwise than asked, a sentence each.

    explained: share of the variance that the first PCA kept (that of the points themselves for PCA).
    """

    points: Floats
    notes: tuple[str, ...]
    explained: float | None
    n_neighbours: int


def unusable(vectors: Floats) -> dict[int, str]:
    """The rows of `vectors` (n, d) that cannot be placed, with the reason: not a number, or but one number."""
    reasons: dict[int, str] = {}
    for first in range(0, len(vectors), _ROWS_AT_ONCE):  # of a memory map, a few at a time
        part = vectors[first : first + _ROWS_AT_ONCE]
        bad = np.flatnonzero(~np.isfinite(part).all(axis=1))
        zero = np.flatnonzero(~part.any(axis=1))
        if part.shape[1] >= CONSTANT_FROM:
            same = np.flatnonzero((part == part[:, :1]).all(axis=1))
            reasons |= {first + int(row): CONSTANT for row in same}
        reasons |= {first + int(row): NOT_A_NUMBER for row in bad} | {first + int(row): NO_DIRECTION for row in zero}
    return reasons


def in_metric(vectors: Floats, *, metric: str) -> Floats:
    """`vectors` (n, d) float32 so that Euclidean distances rank as `metric` does: of length one for cosine."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if metric != "cosine":
        return vectors
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


def project(
    vectors: Floats,
    *,
    recipe: Recipe,
    graph: Graph | None = None,
    random_start: bool = False,
    report: Report | None = None,
) -> Projection:
    """Place the rows of `vectors` (n, d) float32, all usable, in the plane or in space.

    graph: the neighbours of the rows, if they are known; it is used if it holds enough of them, else they are searched
    after the first PCA. The same input, recipe and library give the same points, whatever the number of threads.
    random_start: t-SNE and UMAP begin at random places of the recipe's seed, not at the first principal components.
    report(done, total): its true answer stops the gradient descent early. Raises WrongShape.
    """
    if vectors.ndim != 2 or not len(vectors):
        raise WrongShape(f"vectors must be (n, d) with at least one row, not {vectors.shape}.")
    full = in_metric(vectors, metric=recipe.metric)
    if not np.ptp(full, axis=0).any():
        what = "There is one image" if len(full) == 1 else "All vectors are equal"
        zeros = np.zeros((len(full), recipe.dimensions), np.float32)
        return Projection(zeros, (f"{what}: every point lies in the middle.",), None, 0)
    if recipe.method != "pca" and len(full) < MIN_POINTS:
        points, share = _principal(full, dims=recipe.dimensions, seed=recipe.seed)
        return Projection(points, (f"{len(full)} points are too few for the method; PCA placed them.",), share, 0)
    if recipe.method == "pca":
        points, share = _principal(full, dims=recipe.dimensions, seed=recipe.seed)
        return Projection(points, (), share, 0)
    return _by_neighbours(full, recipe=recipe, graph=graph, random_start=random_start, report=report)


def _by_neighbours(
    full: Floats, *, recipe: Recipe, graph: Graph | None, random_start: bool, report: Report | None
) -> Projection:
    n = len(full)
    reduced, share = (full, None)
    if recipe.pca_dims and recipe.pca_dims < min(full.shape):
        reduced, share = _principal(full, dims=recipe.pca_dims, seed=recipe.seed)
    if random_start:
        start = np.random.default_rng(recipe.seed).normal(size=(n, recipe.dimensions)).astype(np.float32)
    else:
        start, _ = _principal(reduced, dims=recipe.dimensions, seed=recipe.seed)
    n_asked = int(3 * recipe.perplexity) if recipe.method == "tsne" else recipe.n_neighbours
    k = min(n_asked, n - 1)
    notes = [f"{n} points have {k} neighbours each at most; {n_asked} were asked for."] if k < n_asked else []
    neighbours = graph.first(k) if graph is not None and graph.k >= k else nearest(reduced, k=k)
    if recipe.method == "tsne":
        perplexity = min(recipe.perplexity, k / 3)
        points = _tsne(neighbours, start, perplexity=perplexity, seed=recipe.seed, report=report)
    else:
        points = _umap(neighbours, start, recipe=recipe, report=report)
    return Projection(points.astype(np.float32), tuple(notes), share, k)


def principal(vectors: Floats, *, dims: int, seed: int) -> tuple[Floats, PCA]:
    """The first principal components (n, dims) float32, zeros beyond the last, and the fitted PCA."""
    n_parts = min(dims, *vectors.shape)
    n, width = vectors.shape
    solver = "covariance_eigh" if n > width and width <= 4096 else "randomized" if min(n, width) > 1000 else "full"
    fitted = PCA(n_parts, svd_solver=solver, random_state=seed)
    parts = np.zeros((n, dims), np.float32)
    parts[:, :n_parts] = fitted.fit_transform(vectors)
    return parts, fitted


def _principal(vectors: Floats, *, dims: int, seed: int) -> tuple[Floats, float]:
    """The first principal components, and their share of the variance."""
    parts, fitted = principal(vectors, dims=dims, seed=seed)
    return parts, float(fitted.explained_variance_ratio_.sum())


def _tsne(graph: Graph, start: Floats, *, perplexity: float, seed: int, report: Report | None) -> Floats:
    """t-SNE by openTSNE. Ref: Policar et al., 2024; van der Maaten and Hinton, JMLR 2008."""
    from openTSNE import TSNEEmbedding, affinity, initialization, nearest_neighbors

    neighbours = nearest_neighbors.PrecomputedNeighbors(graph.indices, graph.distances.astype(np.float64))
    affinities = affinity.PerplexityBasedNN(perplexity=perplexity, knn_index=neighbours, n_jobs=-1)
    n, dims = start.shape
    rng = np.random.RandomState(seed)  # equal vectors start a hair apart, or they would never part
    start_points = initialization.jitter(initialization.rescale(start.astype(np.float64)), random_state=rng)
    by_fft = n > FFT_ABOVE and dims == 2
    options = {"n_jobs": -1, "random_state": seed, "learning_rate": "auto"}
    embedding = TSNEEmbedding(start_points, affinities, negative_gradient_method="fft" if by_fft else "bh", **options)
    for first, steps, exaggeration, momentum in ((0, EXAGGERATED, 12, 0.5), (EXAGGERATED, SETTLING, None, 0.8)):
        callbacks = _callbacks(report, first=first, total=EXAGGERATED + SETTLING)
        embedding = embedding.optimize(
            steps, exaggeration=exaggeration, momentum=momentum, callbacks=callbacks, callbacks_every_iters=5
        )
    return np.asarray(embedding)


def _callbacks(report: Report | None, *, first: int, total: int) -> list[Callable[[int, float, Floats], bool]] | None:
    """openTSNE's callback, whose true answer ends this stage."""
    if report is None:
        return None
    return [lambda iteration, error, embedding: bool(report(first + iteration, total))]


def _umap(graph: Graph, start: Floats, *, recipe: Recipe, report: Report | None) -> Floats:
    """UMAP by umap-learn, from our neighbours and a PCA start. Ref: McInnes et al., 2018; Kobak and Linderman, 2021."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about packages that are not installed, at import alone
        from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding
    n = len(start)
    own = np.arange(n)[:, None]
    indices = np.hstack([own, graph.indices]).astype(np.int32)  # umap counts a point among its neighbours
    distances = np.hstack([np.zeros((n, 1)), graph.distances]).astype(np.float32)
    rng = np.random.RandomState(recipe.seed)
    fuzzy, _, _ = fuzzy_simplicial_set(
        start, indices.shape[1], rng, "euclidean", knn_indices=indices, knn_dists=distances
    )
    a, b = find_ab_params(1.0, recipe.min_dist)
    n_epochs = 500 if n <= 10_000 else 200  # the library's own choice
    points: Floats
    points, _ = simplicial_set_embedding(
        start,
        fuzzy,
        recipe.dimensions,
        1.0,
        a,
        b,
        1.0,
        5,
        n_epochs,
        start,
        rng,
        "euclidean",
        {},
        False,
        {},
        False,
        tqdm_kwds={"disable": report is None, "file": _Epochs(report), "bar_format": "{n_fmt}/{total_fmt}"},
    )
    return points


class _Epochs:
    """Reads the only sign of life umap-learn gives: its progress bar, here "12/200"."""

    def __init__(self, report: Report | None):
        self._report = report

    def write(self, text: str) -> None:
        done, _, total = text.strip().partition("/")
        if self._report is not None and done.isdigit() and total.isdigit():
            self._report(int(done), int(total))

    def flush(self) -> None:
        """Nothing is kept back."""


def _one_of(name: str, value: object, options: tuple[object, ...]) -> None:
    if value not in options:
        raise BadParameter(f"{name} must be one of {', '.join(map(str, options))}, not {value!r}.")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also false for NaN
        raise BadParameter(f"{name} must lie between {low:g} and {high:g}, not {value!r}.")
