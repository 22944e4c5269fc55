"""An epoch's scores are those that scikit-learn gives, and those that a finished run gets from analytics.scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from sklearn.metrics import average_precision_score, log_loss, recall_score

from jobs.train.results import several_validation_scores, validation_scores


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(2, 12))
@pytest.mark.long
def test_one_label_a_picture(seed: int, n: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    truth, probabilities = rng.integers(0, n_classes, n), rng.dirichlet(np.ones(n_classes), n)
    scores = validation_scores(probabilities, truth)
    classes = np.arange(n_classes)
    theirs = recall_score(truth, probabilities.argmax(axis=1), labels=classes, average=None, zero_division=np.nan)
    assert scores.recalls == [None if np.isnan(recall) else approx(recall) for recall in theirs]
    assert scores.balanced_accuracy == approx(np.nanmean(theirs)) and scores.mean_average_precision is None
    assert scores.loss == approx(log_loss(truth, np.maximum(probabilities, 1e-12), labels=classes), rel=1e-6)


@pytest.mark.long
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(2, 6))
def test_several_labels_a_picture(seed: int, n: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, n_classes)) < 0.4).astype(np.uint8)
    probabilities = rng.integers(1, 20, (n, n_classes)) / 20  # some are equal
    scores = several_validation_scores(probabilities, truth)
    occurs = truth.any(axis=0)
    mean = average_precision_score(truth[:, occurs], probabilities[:, occurs]) if occurs.any() else 0.0
    assert scores.mean_average_precision == approx(mean) and scores.balanced_accuracy is None
    given_it, columns = probabilities >= 0.5, range(n_classes)
    assert scores.recalls == [approx(given_it[truth[:, i] > 0, i].mean()) if occurs[i] else None for i in columns]
    losses = [log_loss(truth[:, i], probabilities[:, i], labels=[0, 1]) for i in columns]
    assert scores.loss == approx(np.mean(losses))
