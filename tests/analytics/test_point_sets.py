"""Sets of points as bits, sprite grids, categories as codes: what maps and exports are made of."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import WrongShape
from analytics.map_columns import NOTHING, category_codes, pack_solid
from analytics.point_sets import pack_set, set_trust, unpack_set
from analytics.sprites import LARGEST_SIDE, sprite_grid


def test_a_set_is_a_bit_a_point_least_significant_first() -> None:
    assert pack_set(np.array([1, 0, 0, 1, 0, 0, 0, 0, 1], bool)) == bytes([0b1001, 1])
    assert pack_set(np.zeros(0, bool)) == b""


@given(st.lists(st.booleans(), max_size=70))
def test_a_set_comes_back_as_it_was(members: list[bool]) -> None:
    assert unpack_set(pack_set(np.array(members, bool)), n=len(members)).tolist() == members


def test_a_set_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(WrongShape, match="A set of 9 points takes 2 bytes, not 3"):
        unpack_set(b"abc", n=9)


def test_a_selection_that_keeps_far_fewer_neighbours_than_the_map_is_misplaced() -> None:
    kept = np.r_[np.full(90, 0.5), np.full(10, 0.1)]
    bad = set_trust(kept, np.arange(100) >= 90)
    assert (bad.kept, bad.whole, bad.n_measured) == (pytest.approx(0.1), pytest.approx(0.46), 10)
    assert bad.is_misplaced
    assert not set_trust(kept, np.arange(100) < 90).is_misplaced
    assert not set_trust(kept, np.ones(100, bool)).is_misplaced


def test_a_handful_and_the_unknown_say_nothing_of_the_map() -> None:
    kept = np.r_[np.full(96, 0.5), np.zeros(4)]
    assert not set_trust(kept, np.arange(100) >= 96).is_misplaced
    assert set_trust(np.full(5, np.nan), np.ones(5, bool)) is None
    assert set_trust(kept, np.zeros(100, bool)) is None
    assert set_trust(np.r_[np.nan, kept], np.ones(101, bool)).n_measured == 100


@pytest.mark.parametrize(
    ("n", "cells", "tile"),
    [(1, 1, 64), (4, 2, 64), (5, 3, 64), (16_384, 128, 64), (16_385, 129, 63), (31_848, 179, 45)],
)
def test_a_sprite_is_a_square_within_the_projectors_limit(n: int, cells: int, tile: int) -> None:
    grid = sprite_grid(n)
    assert (grid.cells, grid.tile) == (cells, tile)
    assert grid.side <= LARGEST_SIDE
    assert grid.corner(n - 1)[1] < grid.side


@given(st.integers(1, LARGEST_SIDE**2))
def test_every_picture_has_a_tile_and_no_row_is_to_spare(n: int) -> None:
    grid = sprite_grid(n)
    assert (grid.cells - 1) ** 2 < n <= grid.cells**2
    assert grid.tile >= 1 and grid.side <= LARGEST_SIDE


def test_no_picture_has_no_sprite() -> None:
    with pytest.raises(ValueError, match="not 0"):
        sprite_grid(0)


def test_categories_are_coded_by_frequency_then_name_and_the_rest_is_nothing() -> None:
    codes, names = category_codes(pa.array(["b", "a", None, "c", "c", "a", "b"]))
    assert names == ["a", "b", "c"]
    assert codes.tolist() == [1, 0, NOTHING, 2, 2, 0, 1]
    many = pa.chunked_array([["rare"], [f"{i:03}" for i in range(300) for _ in range(2)]])
    codes, names = category_codes(many)
    assert len(names) == 254 and "rare" not in names and codes[0] == NOTHING
    assert category_codes(pa.nulls(3, pa.string()))[0].tolist() == [NOTHING] * 3
    assert category_codes(pa.array([], pa.string()))[1] == []


def test_points_in_three_dimensions_take_ten_bytes_each() -> None:
    places = np.array([[0, 0, 0], [2, 1, 0]], np.float32)
    body = pack_solid(places, np.array([7, 9]))
    assert len(body) == 4 + 2 * 10
    assert np.frombuffer(body, "<u4", 3).tolist() == [2, 7, 9]
    found = np.frombuffer(body, "<i2", 6, 12) / 32767
    assert found.tolist() == pytest.approx([-0.95, -0.475, 0, 0.95, 0.475, 0], abs=1e-4)
    with pytest.raises(WrongShape, match=r"places must be \(2, 3\)"):
        pack_solid(places[:, :2], np.array([7, 9]))
