"""The perceptual hash: 64 bits that survive small changes, and the distance between two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.fft import dct

from analytics.errors import WrongShape
from analytics.hashes import hamming_bits, perceptual_hash, perceptual_hashes

HASHES = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=8)


def drawn(seed: int, side: int = 128) -> Image.Image:
    """A smooth random picture, as photographs are."""
    small = np.random.default_rng(seed).integers(40, 200, (6, 6), dtype=np.uint8)
    return Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC)


def hash_of(image: Image.Image) -> int:
    return perceptual_hash(np.asarray(image.resize((32, 32), Image.Resampling.LANCZOS)))


def distance(left: int, right: int) -> int:
    return int(hamming_bits(np.uint64(left), np.uint64(right)))


def test_flat_pictures_hash_to_their_brightness_alone():
    assert perceptual_hash(np.zeros((32, 32), np.uint8)) == 0
    for level in (1, 100, 255):
        assert perceptual_hash(np.full((32, 32), level, np.uint8)) == 1 << 63


def test_one_horizontal_wave_sets_the_bit_of_its_frequency():
    column = np.arange(32)
    wave = 128 + 100 * np.cos(np.pi * 3 * (2 * column + 1) / 64)
    luma = np.tile(np.rint(wave).astype(np.uint8), (32, 1))
    bits = f"{perceptual_hash(luma):064b}"
    assert bits[0] == "1" and bits[3] == "1"  # the mean, and frequency (0, 3)
    assert "1" not in bits[8:]  # nothing changes from row to row


@pytest.mark.parametrize("seed", range(20))
def test_hash_agrees_with_the_textbook_computation(seed):
    luma = np.random.default_rng(seed).integers(0, 256, (32, 32), dtype=np.uint8)
    low = dct(dct(luma.astype(float), axis=0), axis=1)[:8, :8].ravel()
    expected = "".join("1" if value > np.median(low) else "0" for value in low)
    assert f"{perceptual_hash(luma):064b}" == expected


@pytest.mark.parametrize("seed", range(10))
def test_resized_or_brightened_copy_stays_near_and_another_picture_far(seed):
    original = drawn(seed)
    smaller = original.resize((97, 101), Image.Resampling.BILINEAR)
    brighter = original.point(lambda level: min(255, level + 20))
    assert distance(hash_of(original), hash_of(smaller)) <= 4
    assert distance(hash_of(original), hash_of(brighter)) <= 4
    assert distance(hash_of(original), hash_of(drawn(seed + 100))) >= 12


def test_many_hash_as_one_by_one():
    lumas = np.random.default_rng(3).integers(0, 256, (50, 32, 32), dtype=np.uint8)
    assert perceptual_hashes(lumas).tolist() == [perceptual_hash(luma) for luma in lumas]
    assert perceptual_hashes(lumas).dtype == np.uint64
    assert perceptual_hashes(lumas[:0]).shape == (0,)


@given(HASHES, HASHES)
def test_hamming_distance_agrees_with_counting(left, right):
    found = hamming_bits(np.array(left, np.uint64)[:, None], np.array(right, np.uint64)[None, :])
    assert found.tolist() == [[(a ^ b).bit_count() for b in right] for a in left]


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_hamming_distance_is_symmetric_and_zero_for_equals(left, right):
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)


def test_other_sizes_are_refused():
    with pytest.raises(WrongShape, match=r"\(n, 32, 32\) uint8"):
        perceptual_hash(np.zeros((8, 8), np.uint8))
