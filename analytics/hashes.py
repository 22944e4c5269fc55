"""Perceptual hashes: 64 bits that stay nearly the same when a picture is resized or recompressed."""

import numpy as np

from analytics.arrays import Bools, Bytes, Floats, Ints
from analytics.errors import WrongShape

HASH_SIDE = 32  # side of the luma that is hashed
KEPT_SIDE = 8  # side of the block of low frequencies that becomes the 64 bits


def perceptual_hashes(lumas: Bytes) -> Ints:
    """Hash pictures to 64 bits each: uint64 (n,).

    lumas: (n, 32, 32) uint8, each picture shrunk to 32x32. The bits, row by row from the highest, say which
    of the 8x8 lowest frequencies of the type-II DCT exceed their median: the same bits as imagehash.phash,
    save that coefficients are rounded to 1e-6, so that a flat picture hashes to its brightness and not to
    rounding noise (every flat picture that is not black gives 1 << 63). Raises WrongShape for another shape
    or dtype. Ref: Zauner, Implementation and benchmarking of perceptual image hash functions, 2010.
    """
    if lumas.ndim != 3 or lumas.shape[1:] != (HASH_SIDE, HASH_SIDE) or lumas.dtype != np.uint8:
        raise WrongShape(f"lumas must be (n, {HASH_SIDE}, {HASH_SIDE}) uint8, not {lumas.shape} {lumas.dtype}.")
    low = (_DCT @ lumas.astype(np.float64) @ _DCT.T).round(6).reshape(len(lumas), KEPT_SIDE**2)
    ordered = np.sort(low, axis=1)  # np.median costs five times as much on so few values
    bits = low > (ordered[:, 31:32] + ordered[:, 32:33]) / 2
    return np.packbits(bits, axis=1).view(">u8").astype(np.uint64).reshape(len(lumas))


def perceptual_hash(luma: Bytes) -> int:
    """Hash one picture to a 64-bit integer; luma: (32, 32) uint8. See perceptual_hashes."""
    return int(perceptual_hashes(luma[None])[0])


def has_features(hashes: Ints) -> Bools:
    """Whether hashes (n,) uint64 say anything: (n,) bool. That of a flat picture has one bit at most."""
    return np.bitwise_count(np.asarray(hashes, np.uint64)) > 1


def hamming_bits(left: Ints, right: Ints) -> Ints:
    """Count the bits that differ between uint64 hashes, with broadcasting: uint8 in [0, 64]."""
    return np.bitwise_count(np.bitwise_xor(np.asarray(left, np.uint64), np.asarray(right, np.uint64)))


def _dct_rows() -> Floats:
    """The first 8 rows of the unnormalised 32-point DCT-II matrix: (8, 32) float64."""
    frequency = np.arange(KEPT_SIDE)[:, None]
    sample = np.arange(HASH_SIDE)[None, :]
    return 2.0 * np.cos(np.pi * frequency * (2 * sample + 1) / (2 * HASH_SIDE))


_DCT = _dct_rows()
