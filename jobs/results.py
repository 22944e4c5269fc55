"""What a training job leaves: rows for the file, and figures on pictures that it has not seen."""

import numpy as np
import pyarrow as pa

from analytics.scores import balanced_accuracy, claimed_with_leak, recalls


def rows_of(items: pa.Table, probabilities: np.ndarray, *, reasons: dict[int, str]) -> pa.Table:
    """image_id, part, label, fold, probabilities (null for training pictures), reason of every picture of a run."""
    part = np.array(items["part"].to_pylist())
    shown = np.isfinite(probabilities).all(axis=1) & np.isin(part, ("validation", "test", "copy"))
    values = [row.tolist() if seen else None for row, seen in zip(probabilities, shown, strict=True)]
    return pa.table(
        {
            "image_id": items["image_id"],
            "part": items["part"],
            "label": items["label"].cast(pa.int32()),
            "fold": pa.nulls(items.num_rows, pa.int32()),
            "probabilities": pa.array(values, pa.list_(pa.float32())),
            "reason": pa.array([reasons.get(row) for row in range(items.num_rows)], pa.string()),
        }
    )


def scores_of(
    items: pa.Table, probabilities: np.ndarray, *, names: list[str], leaked_share: float
) -> dict[str, object]:
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
    found = recalls(labels[test], predicted=predicted[test], n_classes=n)
    return {
        "n_test": int(test.sum()),
        "test_accuracy": float((predicted == labels)[test].mean()) if test.any() else None,
        "test_balanced_accuracy": balanced_accuracy(labels[test], predicted=predicted[test], n_classes=n)
        if test.any() else None,
        "test_recalls": [None if np.isnan(value) else round(float(value), 4) for value in found],
        "claimed_with_leak": None if np.isnan(claimed) else claimed,
        "classes_without_training": lacking,
        "classes": list(names),
    }  # fmt: skip
