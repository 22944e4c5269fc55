"""Classifiers on embedding vectors: logistic regression and k nearest neighbours."""

import warnings
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter
from analytics.out_of_fold import features
from analytics.scores import balanced_accuracy

STRENGTHS = (0.5, 2.0, 8.0)
DIMS = 512
_STEPS, _TOLERANCE = 300, 1e-3
_ROWS_AT_ONCE = 2048


@dataclass(frozen=True)
class Fitted:
    """probabilities: (n, c) float32 of every row by the chosen model. chosen: the setting that validated best.

    tried: the balanced accuracy on the validation rows of each setting.
    """

    probabilities: Floats
    chosen: float
    tried: dict[float, float]


def logistic(
    vectors: Floats,
    labels: Ints,
    *,
    train: Ints,
    validation: Ints,
    n_classes: int,
    balanced: bool = False,
) -> Fitted:
    """Multinomial logistic regression on the first 512 principal components; the penalty is chosen by validation.

    vectors: (n, d) float32. labels: (n,) class index. train, validation: rows. balanced: classes weigh alike. A class
    without training rows gets 0. Raises BadParameter with fewer than two classes.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    _check(labels[train])
    points = features(vectors, dims=DIMS)
    best, best_score, chosen = np.zeros((len(points), n_classes), np.float32), -np.inf, STRENGTHS[0]
    tried: dict[float, float] = {}
    for strength in STRENGTHS if len(validation) else STRENGTHS[1:2]:
        model = LogisticRegression(
            C=strength, max_iter=_STEPS, tol=_TOLERANCE, class_weight="balanced" if balanced else None
        )
        with warnings.catch_warnings(), threadpool_limits(2):
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(points[train], labels[train])
            probabilities = np.zeros((len(points), n_classes), np.float32)
            probabilities[:, model.classes_] = model.predict_proba(points)
        tried[strength] = _score(probabilities, labels, validation, n_classes)
        if len(tried) == 1 or tried[strength] > best_score:
            best, best_score, chosen = probabilities, tried[strength], strength
    return Fitted(best, chosen, tried)


def nearest(
    vectors: Floats,
    labels: Ints,
    *,
    train: Ints,
    validation: Ints,
    n_classes: int,
    k: int,
    balanced: bool = False,
) -> Fitted:
    """The shares of the `k` training rows nearest by cosine, weighed by it; a training row does not vote for itself.

    balanced: votes are divided by the class's number of training rows. Raises BadParameter.
    """
    _check(labels[train])
    if not 1 <= k < len(train):
        raise BadParameter(f"k must lie between 1 and {len(train) - 1}, one less than the training pictures, not {k}.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    points = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    learned, counts = points[train], np.bincount(labels[train], minlength=n_classes)
    index_of = np.full(len(points), -1)
    index_of[train] = np.arange(len(train))
    votes = np.zeros((len(points), n_classes), np.float32)
    for first in range(0, len(points), _ROWS_AT_ONCE):
        cosines = points[first : first + _ROWS_AT_ONCE] @ learned.T
        own = index_of[first : first + len(cosines)]
        cosines[np.flatnonzero(own >= 0), own[own >= 0]] = -np.inf
        top = np.argpartition(cosines, -k, axis=1)[:, -k:]
        weight = np.maximum(np.take_along_axis(cosines, top, 1), 1e-6)
        for column in range(k):
            votes[np.arange(first, first + len(cosines)), labels[train][top[:, column]]] += weight[:, column]
    if balanced:
        votes /= np.maximum(counts, 1)
    votes /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)
    return Fitted(votes, float(k), {float(k): _score(votes, labels, validation, n_classes)})


def _check(labels: Ints) -> None:
    if len(np.unique(labels)) < 2:
        raise BadParameter("Training needs pictures of two classes at least; fewer are among the training pictures.")


def _score(probabilities: Floats, labels: Ints, rows: Ints, n_classes: int) -> float:
    return balanced_accuracy(labels[rows], predicted=probabilities[rows].argmax(axis=1), n_classes=n_classes)
