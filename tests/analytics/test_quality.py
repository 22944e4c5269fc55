"""The measures of a picture, on pictures whose answer can be worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as arrays
from scipy import ndimage, stats

from analytics import quality
from analytics.errors import EmptyImage, WrongShape
from analytics.quality import Quality, measure

LUMAS = arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def flat(level: int, side: int = 8) -> np.ndarray:
    return np.full((side, side), level, np.uint8)


def halves(side: int = 8) -> np.ndarray:
    luma = flat(0, side)
    luma[:, side // 2 :] = 255
    return luma


def test_flat_grey_has_its_level_and_nothing_else():
    assert measure(flat(90)) == Quality(brightness=90.0, contrast=0.0, sharpness=0.0, entropy=0.0)


def test_half_black_half_white_has_one_bit_and_full_contrast():
    found = measure(halves())
    assert (found.brightness, found.contrast, found.entropy) == (127.5, 127.5, 1.0)


def test_sharpness_of_a_step_is_worked_out_by_hand():
    # Columns 3 and 4 of 8 hold +255 and -255, the rest 0: mean 0, variance 255 ** 2 * 2 / 8.
    assert quality.sharpness(halves()) == pytest.approx(255**2 / 4)


def test_all_levels_once_have_eight_bits():
    assert measure(np.arange(256, dtype=np.uint8).reshape(16, 16)).entropy == 8.0


def test_checkerboard_is_as_sharp_as_can_be():
    board = (np.indices((32, 32)).sum(0) % 2 * 255).astype(np.uint8)
    assert quality.sharpness(board) == pytest.approx(1020**2, rel=0.06)


def test_blurred_picture_is_less_sharp():
    sharp = np.random.default_rng(1).integers(0, 256, (64, 64), dtype=np.uint8)
    assert quality.sharpness(ndimage.gaussian_filter(sharp, 1.5)) < 0.1 * quality.sharpness(sharp)


@given(LUMAS)
def test_sharpness_agrees_with_scipy(luma):
    twin = ndimage.laplace(luma.astype(float), mode="nearest").var()
    assert quality.sharpness(luma) == pytest.approx(twin)


@given(LUMAS)
def test_one_pass_agrees_with_numpy_and_scipy(luma):
    found = measure(luma)
    assert found.brightness == pytest.approx(luma.mean())
    assert found.contrast == pytest.approx(luma.std(), abs=1e-6)
    shares = np.unique(luma, return_counts=True)[1] / luma.size
    assert found.entropy == pytest.approx(stats.entropy(shares, base=2), abs=1e-9)
    assert found.sharpness == quality.sharpness(luma)


@given(LUMAS)
def test_turning_a_picture_changes_no_measure(luma):
    turned = measure(np.ascontiguousarray(np.rot90(luma)))
    assert turned.sharpness == pytest.approx(measure(luma).sharpness)
    assert turned.entropy == pytest.approx(measure(luma).entropy)


@given(LUMAS)
def test_every_score_lies_between_0_and_1(luma):
    found = measure(luma)
    for name, score in quality.SCORES.items():
        assert 0 <= score(getattr(found, name)) <= 1 + 1e-12


def test_scores_keep_the_shape_and_the_order():
    raw = np.array([[0.0, 250.0], [750.0, 1e9]])
    assert quality.sharpness_score(raw) == pytest.approx(np.array([[0, 0.5], [0.75, 1.0]]), abs=1e-6)


@pytest.mark.parametrize("shape", [(0, 4), (4, 0)])
def test_empty_picture_is_refused(shape):
    with pytest.raises(EmptyImage, match="at least one pixel"):
        measure(np.zeros(shape, np.uint8))


def test_colours_and_floats_are_refused():
    with pytest.raises(WrongShape, match="uint8"):
        measure(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(WrongShape, match="float64"):
        measure(np.zeros((4, 4)))


def test_single_pixel_is_measured():
    assert measure(flat(7, side=1)) == Quality(brightness=7.0, contrast=0.0, sharpness=0.0, entropy=0.0)
