"""Scores of predictions by class."""

import numpy as np
import pytest

from analytics.scores import recalls


def test_recalls_are_by_class_and_unknown_for_a_class_that_is_not_there() -> None:
    by_class = recalls(np.array([0, 1, 1, 1]), predicted=np.array([0, 0, 1, 1]), n_classes=3)
    assert by_class[:2].tolist() == [1, pytest.approx(2 / 3)] and np.isnan(by_class[2])
