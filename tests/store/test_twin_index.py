"""Pictures known again: by file, by pixels, and by nearly the same looks, as comparing all pairs would have it."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from store import twin_index
from store.twin_index import MAX_BITS, MOST_ALIKE, TwinIndex


def index_of(hashes: np.ndarray, *, files: np.ndarray | None = None, pixels: np.ndarray | None = None) -> TwinIndex:
    n = len(hashes)
    other = np.arange(n, dtype=np.uint64)
    return TwinIndex(
        pa.table(
            {
                "image_id": np.arange(n) + 100,
                "dataset_id": np.ones(n, np.int32),
                "file_key": other if files is None else files,
                "pixel_key": other if pixels is None else pixels,
                "phash": hashes,
                "width": np.full(n, 64),
                "height": np.full(n, 48),
            }
        )
    )


def drawn(n: int, *, seed: int = 0) -> np.ndarray:
    """Hashes as photographs have them: half of all bits are set."""
    bits = np.argsort(np.random.default_rng(seed).random((n, 64)), axis=1) < 32
    return np.packbits(bits, axis=1).view(np.uint64).ravel()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sets(st.integers(0, 63), max_size=14), min_size=1, max_size=30))
def test_near_hashes_are_those_that_all_pairs_give(seed, flips) -> None:
    hashes = drawn(400, seed=seed)
    asked = np.array([hashes[i] ^ sum(1 << bit for bit in bits) for i, bits in enumerate(flips)], np.uint64)
    found = index_of(hashes).alike(asked)
    for number, one in enumerate(asked):
        near = np.flatnonzero(np.bitwise_count(hashes ^ one) <= MAX_BITS)
        if int(one).bit_count() >= 16:
            assert sorted(found.of(found.which[number]).tolist()) == near.tolist()


def test_the_same_answers_come_in_small_parts(monkeypatch) -> None:
    hashes = drawn(3000)
    asked = hashes[:300] ^ np.uint64(0b1011)
    whole = index_of(hashes).alike(asked)
    monkeypatch.setattr(twin_index, "_CANDIDATES", 50)
    monkeypatch.setattr(twin_index, "_QUERIES", 7)
    parts = index_of(hashes).alike(asked)
    assert [whole.of(i).tolist() for i in whole.which] == [parts.of(i).tolist() for i in parts.which]
    assert all(i in whole.of(which) for i, which in enumerate(whole.which))


def test_a_picture_with_next_to_nothing_in_it_is_like_its_equals_alone() -> None:
    found = index_of(np.array([1 << 63, 1 << 63, (1 << 63) + 1, 0], np.uint64)).alike(np.array([1 << 63, 0], np.uint64))
    assert [found.of(i).tolist() for i in found.which] == [[0, 1], [3]]


def test_more_than_are_told_apart_come_as_one_too_many() -> None:
    hashes = np.repeat(drawn(1), 1000)
    assert len(index_of(hashes).alike(hashes[:5]).of(0)) == MOST_ALIKE + 1


def test_a_picture_takes_little_memory() -> None:
    def size(thing: object) -> int:
        if isinstance(thing, np.ndarray):
            return thing.nbytes
        inner = thing if isinstance(thing, list) else vars(thing).values()
        return sum(size(one) for one in inner)

    n = 200_000
    index = index_of(np.random.default_rng(0).integers(0, 2**63, n, dtype=np.uint64))
    assert size(index) / n < 130  # bytes


def test_files_and_pixels_are_found_by_their_keys() -> None:
    keys = np.array([7, 9, 7, 3], np.uint64)
    index = index_of(drawn(4), files=keys, pixels=keys[::-1].copy())
    found = index.same_file(np.array([7, 8, 3, 7], np.uint64))
    assert [sorted(found.of(i).tolist()) for i in found.which] == [[0, 2], [], [3], [0, 2]]
    assert index.same_pixels(np.array([3], np.uint64)).of(0).tolist() == [0]
    assert not len(index_of(drawn(0)).alike(drawn(2)).rows) and not len(index.alike(drawn(0)).rows)
