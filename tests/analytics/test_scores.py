"""Scores of predictions by class."""

import numpy as np
import pytest

from analytics.scores import log_loss, recalls, several_labels_log_loss, several_labels_recalls


def test_recalls_are_by_class_and_unknown_for_a_class_that_is_not_there() -> None:
    by_class = recalls(np.array([0, 1, 1, 1]), predicted=np.array([0, 0, 1, 1]), n_classes=3)
    assert by_class[:2].tolist() == [1, pytest.approx(2 / 3)] and np.isnan(by_class[2])


def test_recalls_of_several_labels_by_hand() -> None:
    truth, predicted = np.array([[1, 0, 1], [1, 0, 0]]), np.array([[1, 1, 0], [0, 0, 0]])
    by_class = several_labels_recalls(truth, predicted)
    assert by_class[[0, 2]].tolist() == [0.5, 0] and np.isnan(by_class[1])


def test_a_probability_of_zero_costs_much_and_not_everything() -> None:
    assert log_loss(np.array([0, 1]), np.array([[1.0, 0.0], [1.0, 0.0]])) == pytest.approx(-np.log(1e-12) / 2)
    assert several_labels_log_loss(np.array([[1, 0]]), np.array([[0.5, 0.5]])) == pytest.approx(np.log(2))
