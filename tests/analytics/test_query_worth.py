"""A query is called better than another only where their intervals are apart."""

import pytest

from analytics.query_worth import best_and_worst, worth


def test_the_share_lies_in_its_interval() -> None:
    found = worth(30, 40)
    assert found.share == 0.75 and found.low == pytest.approx(0.598, abs=0.001)
    assert found.high == pytest.approx(0.858, abs=0.001)
    assert (worth(0, 0).share, worth(0, 0).low, worth(0, 0).high) == (0.0, 0.0, 1.0)


def test_best_and_worst_are_named_where_they_differ_for_sure() -> None:
    assert best_and_worst([worth(50, 100), worth(90, 100), worth(10, 100)]) == (1, 2)
    assert best_and_worst([worth(50, 100), worth(52, 100)]) is None
    assert best_and_worst([worth(19, 19), worth(10, 100)]) is None  # too few to say
    assert best_and_worst([]) is None
