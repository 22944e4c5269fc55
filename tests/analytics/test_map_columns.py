"""What a map sends: places and colours as bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import WrongShape
from analytics.map_columns import NOTHING, class_codes, fit, measure_codes, pack_points


def test_points_are_packed_at_twelve_bytes_each_and_a_count() -> None:
    places = np.array([[0, 0], [10, 5], [20, 0]], np.float32)
    body = pack_points(places, np.array([7, 9, 2**32 - 1]))
    assert len(body) == 4 + 3 * 12
    assert np.frombuffer(body, "<u4", 1)[0] == 3
    assert np.frombuffer(body, "<f4", 3, 4).tolist() == pytest.approx([-0.95, 0, 0.95])
    assert np.frombuffer(body, "<f4", 3, 16).tolist() == pytest.approx([-0.2375, 0.2375, -0.2375])
    assert np.frombuffer(body, "<u4", 3, 28).tolist() == [7, 9, 2**32 - 1]


def test_one_place_for_all_lies_in_the_middle() -> None:
    assert not fit(np.full((3, 2), 8.0, np.float32)).any()
    assert fit(np.empty((0, 2), np.float32)).shape == (0, 2)
    assert pack_points(np.empty((0, 2), np.float32), np.empty(0, np.int64)) == bytes(4)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6, width=32), st.floats(-1e6, 1e6, width=32)), min_size=2, max_size=20))
def test_every_place_fits_the_square(places: list[tuple[float, float]]) -> None:
    assert (np.abs(fit(np.array(places, np.float32))) <= 0.951).all()


def test_ids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(WrongShape, match="image_ids must lie in 0 to 4294967295"):
        pack_points(np.zeros((1, 2), np.float32), np.array([2**32]))
    with pytest.raises(WrongShape, match=r"places must be \(2, 2\), not \(3, 2\)"):
        pack_points(np.zeros((3, 2), np.float32), np.array([1, 2]))


def test_classes_beyond_the_last_code_and_missing_ones_are_nothing() -> None:
    assert class_codes(np.array([0, 3, -1, 254, 255, 9000])).tolist() == [0, 3, NOTHING, 254, NOTHING, NOTHING]


def test_a_measure_is_spread_between_its_percentiles() -> None:
    found = measure_codes(np.r_[np.linspace(0, 1, 101), 1e9, np.nan])
    assert found.codes[-1] == NOTHING
    assert found.codes[-2] == 254
    assert found.codes[0] == 0
    assert (np.diff(found.codes[:101].astype(int)) >= 0).all()
    assert found.low == pytest.approx(0.01, abs=0.01)


def test_a_measure_that_is_the_same_for_all_or_unknown() -> None:
    assert measure_codes(np.ones(4)).codes.tolist() == [127] * 4
    nothing = measure_codes(np.full(3, np.nan))
    assert nothing.codes.tolist() == [NOTHING] * 3 and nothing.low is None
