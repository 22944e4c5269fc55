"""Folds for out-of-fold predictions: every class spread evenly, near duplicates kept together."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter
from analytics.hashes import has_features

# Of the 31,848 animals, 2,692 of 2,760 pairs above this cosine also have perceptual hashes within these bits.
MIN_COSINE, MAX_HASH_BITS = 0.95, 8
_NEAREST_LOOKED_AT = 20


def groups_of_duplicates(pixel_codes: Ints, *, hashes: Ints, indices: Ints, similarities: Floats) -> Ints:
    """The group (n,) int64 of each picture: the same pixels, or neighbours that are alike in vector and hash.

    pixel_codes: (n,) whatever is equal for equal pixels. hashes: (n,) uint64 perceptual hashes. indices, similarities:
    (n, k) neighbours as rows (-1: none) and cosines. A group is all that hangs together by such pairs; a flat picture,
    whose hash says nothing, is in none.
    """
    n = len(pixel_codes)
    says = has_features(hashes)
    _, first, same = np.unique(pixel_codes, return_index=True, return_inverse=True)
    pixels = np.where(says, first[same], np.arange(n))
    near = indices[:, :_NEAREST_LOOKED_AT]
    bits = np.bitwise_count(hashes[:, None] ^ hashes[np.maximum(near, 0)])
    alike = (near >= 0) & (similarities[:, :_NEAREST_LOOKED_AT] >= MIN_COSINE) & (bits <= MAX_HASH_BITS)
    alike &= says[:, None] & says[np.maximum(near, 0)]
    rows, places = np.nonzero(alike)
    left = np.concatenate([np.arange(n), rows])
    right = np.concatenate([pixels, near[rows, places]])
    pairs = coo_array((np.ones(len(left), bool), (left, right)), shape=(n, n))
    return connected_components(pairs, directed=False)[1].astype(np.int64)


def stratified_folds(labels: Ints, *, groups: Ints, n_folds: int, seed: int) -> Ints:
    """The fold (n,) int32 of each row: groups stay whole, and each class is spread as evenly as they let.

    labels: (n,) class index, -1 without one. groups: (n,) what belongs together. A class of fewer groups than folds
    is in so many folds only; one of a single group can never be predicted while it is held out. Raises BadParameter.
    """
    if not 2 <= n_folds <= 50:
        raise BadParameter(f"n_folds must lie between 2 and 50, not {n_folds!r}.")
    _, member_of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n_groups = len(sizes)
    class_of = np.full(n_groups, -1)
    class_of[member_of[::-1]] = labels[::-1]  # a group counts as its first member's class
    shuffled = np.random.default_rng(seed).permutation(n_groups)
    order = shuffled[np.lexsort((-sizes[shuffled], class_of[shuffled]))]  # class by class, large groups first
    fold_of = np.empty(n_groups, np.int32)
    fold_of[order] = np.arange(n_groups) % n_folds
    return fold_of[member_of]
