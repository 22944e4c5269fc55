"""What a training job leaves: rows for the file, and figures on pictures that it has not seen."""

import numpy as np
import pyarrow as pa

from analytics.arrays import Floats, Ints
from analytics.scores import (
    average_precisions,
    balanced_accuracy,
    claimed_with_leak,
    f1_scores,
    log_loss,
    recalls,
    several_labels_log_loss,
    several_labels_recalls,
)
from jobs.engine.kinds import Figures
from jobs.train.splits import many_hot
from models.protocol import ValidationScores


def rows_of(items: pa.Table, probabilities: np.ndarray, *, reasons: dict[int, str]) -> pa.Table:
    """image_id, part, label, labels, fold, probabilities (null for training pictures), reason: a row a picture."""
    part = np.array(items["part"].to_pylist())
    shown = np.isfinite(probabilities).all(axis=1) & np.isin(part, ("validation", "test", "copy"))
    values = [row.tolist() if seen else None for row, seen in zip(probabilities, shown, strict=True)]
    return pa.table(
        {
            "image_id": items["image_id"],
            "part": items["part"],
            "label": items["label"].cast(pa.int32()),
            "labels": items["labels"],
            "fold": pa.nulls(items.num_rows, pa.int32()),
            "probabilities": pa.array(values, pa.list_(pa.float32())),
            "reason": pa.array([reasons.get(row) for row in range(items.num_rows)], pa.string()),
        }
    )


def scores_of(items: pa.Table, probabilities: np.ndarray, *, names: list[str], leaked_share: float) -> Figures:
    """Scores on the test pictures, and what a split that lets near duplicates leak would have claimed."""
    part, labels = np.array(items["part"].to_pylist()), items["label"].fill_null(-1).to_numpy().astype(np.int64)
    seen = np.isfinite(probabilities).all(axis=1) & (labels >= 0)
    test, copies = seen & (part == "test"), seen & (part == "copy")
    learned = np.unique(labels[part == "train"])
    lacking = [names[index] for index in np.unique(labels[test]) if index not in learned]
    predicted, n = np.nan_to_num(probabilities).argmax(axis=1), len(names)
    both = test | copies
    claimed = claimed_with_leak(
        labels[both], predicted=predicted[both], is_copy=copies[both], leaked_share=leaked_share, n_classes=n
    )
    recall = recalls(labels[test], predicted=predicted[test], n_classes=n)
    return {
        "n_test": int(test.sum()),
        "test_accuracy": float((predicted == labels)[test].mean()) if test.any() else None,
        "test_balanced_accuracy": balanced_accuracy(labels[test], predicted=predicted[test], n_classes=n)
        if test.any()
        else None,
        "test_recalls": [None if np.isnan(value) else round(float(value), 4) for value in recall],
        "claimed_with_leak": None if np.isnan(claimed) else claimed,
        "classes_without_training": lacking,
        "classes": list(names),
    }


def several_scores_of(items: pa.Table, probabilities: np.ndarray, *, names: list[str], leaked_share: float) -> Figures:
    """As scores_of, for pictures with several labels each: mean average precision, and F1 at a probability of 0.5.

    Labels count from 0.5 on. Classes that no test picture carries have no precision and do not count for the means.
    """
    part, truth = np.array(items["part"].to_pylist()), many_hot(items, n_classes=len(names))
    seen = np.isfinite(probabilities).all(axis=1) & items["labels"].is_valid().to_numpy(zero_copy_only=False)
    test, copies = seen & (part == "test"), seen & (part == "copy")
    scores = np.nan_to_num(probabilities)
    precisions = average_precisions(truth[test], scores[test])
    learned = truth[part == "train"].any(axis=0)
    f1 = f1_scores(truth[test], scores[test] >= 0.5)
    claimed = float("nan")
    if copies.any() and test.any():
        both = test | copies
        weights = np.where(copies, leaked_share / copies.sum(), (1 - leaked_share) / test.sum())[both]
        claimed = _mean(average_precisions(truth[both], scores[both], weights=weights))
    return {
        "n_test": int(test.sum()),
        "test_mean_average_precision": None if np.isnan(_mean(precisions)) else _mean(precisions),
        "test_f1_macro": None if np.isnan(f1.macro) else f1.macro,
        "test_f1_micro": None if np.isnan(f1.micro) else f1.micro,
        "test_precisions": [None if np.isnan(value) else round(float(value), 4) for value in precisions],
        "claimed_with_leak": None if np.isnan(claimed) else claimed,
        "classes_without_training": [names[index] for index in np.flatnonzero(truth[test].any(axis=0) & ~learned)],
        "classes": list(names),
    }


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def validation_scores(probabilities: Floats, truth: Ints) -> ValidationScores:
    """The scores of an epoch: probabilities (n, c) against class indices (n,), n above 0."""
    predicted, n_classes = probabilities.argmax(axis=1), probabilities.shape[1]
    return ValidationScores(
        loss=log_loss(truth, probabilities),
        balanced_accuracy=balanced_accuracy(truth, predicted=predicted, n_classes=n_classes),
        recalls=_none_for_nan(recalls(truth, predicted=predicted, n_classes=n_classes)),
    )


def several_validation_scores(probabilities: Floats, truth: Ints) -> ValidationScores:
    """As validation_scores, for truth (n, c) of 0 and 1; recalls at a probability of 0.5.

    Mean average precision is over the classes that occur, 0 where none does.
    """
    mean = _mean(average_precisions(truth, probabilities))
    return ValidationScores(
        loss=several_labels_log_loss(truth, probabilities),
        balanced_accuracy=None,
        recalls=_none_for_nan(several_labels_recalls(truth, probabilities >= 0.5)),
        mean_average_precision=0.0 if np.isnan(mean) else mean,
    )


def _none_for_nan(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]
