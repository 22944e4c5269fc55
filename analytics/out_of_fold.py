"""Out-of-fold class probabilities: each picture judged by a classifier that never saw it or its near duplicates."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, InSample, UnknownClass, WrongShape

# Inverse strength of the ridge penalty, for features whose variances sum to 1. On 10,000 animals and on digits the
# answer changes little between 0.5 and 10 (docs/decisions.md).
STRENGTH = 2.0
_STEPS, _TOLERANCE = 100, 1e-3
_ROWS_AT_ONCE = 16_384

Report = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class Predictions:
    """Class probabilities and how they came about.

    values: (n, c) float32, a row sums to 1; NaN where a picture could not be judged. classes: the name of each column.
    folds: (n,) int32, the fold in which a row was held out; None where nobody says, which is taken for in-sample.
    """

    values: Floats
    classes: tuple[str, ...]
    folds: Ints | None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != len(self.classes):
            raise WrongShape(f"{len(self.classes)} classes need (n, {len(self.classes)}), not {self.values.shape}.")


def in_class_order(predictions: Predictions, *, classes: Sequence[str]) -> Floats:
    """The values (n, c) with their columns in the order of `classes`, matched by name.

    Raises InSample where the rows were not held out, UnknownClass where names are missing, too many or doubled.
    """
    require_held_out(predictions)
    given = predictions.classes
    for names in (given, tuple(classes)):
        if len(set(names)) != len(names):
            raise UnknownClass(f"Two classes have the same name among {_some(names)}; names must tell them apart.")
    lacking, strange = sorted(set(classes) - set(given)), sorted(set(given) - set(classes))
    if lacking or strange:
        raise UnknownClass(
            "The predictions' classes are not the dataset's: "
            + "; ".join(
                f"{what}: {_some(names)}" for what, names in (("lacking", lacking), ("unknown", strange)) if names
            )
            + ". Classes are matched by name; rename the columns."
        )
    return predictions.values[:, [given.index(name) for name in classes]]


def require_held_out(predictions: Predictions) -> None:
    """Raise InSample unless the predictions say that each row was held out while its model learned."""
    if predictions.folds is None:
        raise InSample(
            "These probabilities do not say in which fold each picture was held out. A model that has seen a label "
            "while it learned tends to repeat it, right or wrong, and so hides the errors that are looked for. Give "
            "out-of-fold predictions with a column `fold`, or let this job compute them."
        )
    if len(np.unique(predictions.folds)) < 2:
        raise InSample(
            "All pictures carry the same fold, so one model predicted them all, and it had no other pictures to learn "
            "from: the probabilities are in-sample. Give predictions from at least two folds."
        )


def features(vectors: Floats, *, dims: int) -> Floats:
    """The first `dims` principal components (n, <= dims) float32 of `vectors` (n, d), scaled to a total variance of 1.

    The components are found without labels, so that held-out rows may take part. One scale for all: directions that
    vary little stay small, and the classifier's penalty means the same in every embedding space.
    """
    if vectors.ndim != 2 or not len(vectors):
        raise WrongShape(f"vectors must be (n, d) with at least one row, not {vectors.shape}.")
    n, width = vectors.shape
    middle = _mean(vectors)
    scatter = np.zeros((width, width), np.float64)
    for first in range(0, n, _ROWS_AT_ONCE):
        piece = vectors[first : first + _ROWS_AT_ONCE] - middle
        scatter += piece.T @ piece
    variances, axes = np.linalg.eigh(scatter / n)
    total = variances.sum()
    axes = axes[:, ::-1][:, : min(dims, width)].astype(np.float32) / np.float32(np.sqrt(max(total, 1e-12)))
    out = np.empty((n, axes.shape[1]), np.float32)
    for first in range(0, n, _ROWS_AT_ONCE):
        out[first : first + _ROWS_AT_ONCE] = (vectors[first : first + _ROWS_AT_ONCE] - middle) @ axes
    return out


def held_out_probabilities(
    points: Floats,
    *,
    labels: Ints,
    folds: Ints,
    n_classes: int,
    strength: float = STRENGTH,
    report: Report | None = None,
) -> Floats:
    """Probabilities (n, n_classes) float32 by logistic regression; each fold is predicted by the other folds' model.

    points: (n, d) float32. labels: (n,) class index, -1 without one (never learned from, but predicted). A class that
    the other folds lack gets 0. Rows are NaN where the other folds hold fewer than two classes.
    """
    if strength <= 0:
        raise BadParameter(f"strength must be above 0, not {strength!r}.")
    from threadpoolctl import threadpool_limits

    out = np.full((len(points), n_classes), np.nan, np.float32)
    every = np.unique(folds)
    for done, fold in enumerate(every):
        if report is not None and report(done, len(every)):
            break
        held_out, learned = folds == fold, (folds != fold) & (labels >= 0)
        if len(np.unique(labels[learned])) < 2:
            continue
        with threadpool_limits(1):  # matrices this small lose by a second thread
            classes, probabilities = fit_predict(points[learned], labels[learned], points[held_out], strength=strength)
        rows = np.zeros((held_out.sum(), n_classes), np.float32)
        rows[:, classes] = probabilities  # columns by class, as the model names them
        out[held_out] = rows
    return out


def fit_predict(points: Floats, labels: Ints, asked: Floats, *, strength: float = STRENGTH) -> tuple[Ints, Floats]:
    """Logistic regression: the classes (c,) among `labels` (n,) and the probabilities (m, c) of the points `asked`.

    points: (n, d), asked: (m, d) float32. Needs two classes at least.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=_STEPS, tol=_TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 100 steps rank as well as 1,000
        model.fit(points, labels)
    return model.classes_, model.predict_proba(asked)


def _mean(vectors: Floats) -> Floats:
    total = np.zeros(vectors.shape[1], np.float64)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        total += vectors[first : first + _ROWS_AT_ONCE].sum(axis=0, dtype=np.float64)
    return (total / len(vectors)).astype(np.float32)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in list(names)[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")
