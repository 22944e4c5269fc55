"""Duplicates: every near pair is found once, groups are what pairs connect, one of a group stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import duplicates
from analytics.duplicates import (
    Pairs,
    counted,
    graph_pairs,
    grouped,
    hash_pairs,
    joined,
    judged,
    keepers,
    near_enough,
    reasons,
)
from analytics.errors import BadParameter
from analytics.neighbours import neighbour_graph


def pairs_of(*rows: tuple[int, int, float, int, bool, bool]) -> Pairs:
    first, second, cosine, bits, same_file, same_pixels = zip(*rows, strict=True)
    return Pairs(
        np.array(first),
        np.array(second),
        np.array(cosine, np.float32),
        np.array(bits, np.int16),
        np.array(same_file),
        np.array(same_pixels),
    )


def brute_hash_pairs(hashes: np.ndarray, max_bits: int) -> set[tuple[int, int, int]]:
    found = set()
    for i in range(len(hashes)):
        for j in range(i + 1, len(hashes)):
            bits = int(hashes[i] ^ hashes[j]).bit_count()
            if bits <= max_bits:
                found.add((i, j, bits))
    return found


def test_hashes_within_the_radius_by_hand() -> None:
    hashes = np.array([0b1111, 0b0111, 2**63 + 1, 0b1111, 0b0011], np.uint64)
    first, second, bits = hash_pairs(hashes, max_bits=2)
    found = set(zip(first.tolist(), second.tolist(), bits.tolist(), strict=True))
    assert found == {(0, 1, 1), (0, 3, 0), (0, 4, 2), (1, 4, 1), (2, 4, 2)}


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), max_bits=st.integers(0, 6))
def test_both_ways_of_comparing_find_what_brute_force_finds(seed: int, max_bits: int) -> None:
    rng = np.random.default_rng(seed)
    hashes = np.unique(rng.integers(0, 2**63, 12, dtype=np.uint64))
    flips = np.uint64(1) << rng.integers(0, 64, (40, 5)).astype(np.uint64)
    hashes = np.unique(
        np.concatenate([hashes, np.bitwise_xor.reduce(flips, axis=1) ^ hashes[rng.integers(len(hashes), size=40)]])
    )
    truth = brute_hash_pairs(hashes, max_bits)
    for limit in (10, 10_000):
        kept = duplicates.ALL_PAIRS_UP_TO
        duplicates.ALL_PAIRS_UP_TO = limit
        try:
            found = hash_pairs(hashes, max_bits=max_bits)
        finally:
            duplicates.ALL_PAIRS_UP_TO = kept
        assert set(zip(*(part.tolist() for part in found), strict=True)) == truth


@given(
    flats=st.lists(st.sampled_from([0, 2**63, 1, 2**40]), max_size=30),
    others=st.lists(st.integers(0, 2**64 - 1), max_size=5),
)
@settings(max_examples=50, deadline=None)
def test_a_hash_that_says_nothing_pairs_with_none(flats: list[int], others: list[int]) -> None:
    hashes = np.array([*flats, *others], np.uint64)
    first, second, _ = hash_pairs(hashes, max_bits=8)
    assert not {*first.tolist(), *second.tolist()} & {n for n, one in enumerate(hashes) if int(one).bit_count() < 2}


def test_a_thousand_frames_of_one_scene_make_a_chain_and_one_group() -> None:
    first, second, bits = hash_pairs(np.full(1000, 7, np.uint64), max_bits=4)
    assert len(first) == 999 and not bits.any()
    whole = Pairs(first, second, np.full(999, np.nan, np.float32), bits, np.zeros(999, bool), np.zeros(999, bool))
    assert grouped(whole).n_groups == 1


def test_a_pair_of_the_graph_is_found_once_even_if_only_one_names_the_other() -> None:
    indices = np.array([[1, 2], [0, -1], [0, 1]])
    cosines = np.array([[0.99, 0.9], [0.99, np.nan], [0.9, 0.2]], np.float32)
    first, second, cosine = graph_pairs(indices, cosines, min_cosine=0.5)
    assert list(zip(first.tolist(), second.tolist(), cosine.round(2).tolist(), strict=True)) == [
        (0, 1, pytest.approx(0.99)),
        (0, 2, pytest.approx(0.9)),
    ]


def test_a_pair_by_both_is_one_row_with_both_reasons() -> None:
    by_hash = (np.array([0, 3]), np.array([1, 4]), np.array([2, 0], np.int16))
    by_graph = (np.array([0, 1]), np.array([1, 2]), np.array([0.97, 0.9], np.float32))
    first, second, cosine, bits = joined(by_hash, by_graph)
    assert first.tolist() == [0, 1, 3] and second.tolist() == [1, 2, 4]
    assert bits.tolist() == [2, -1, 0]
    assert cosine.tolist() == pytest.approx([0.97, 0.9, np.nan], nan_ok=True)


FOUR = pairs_of(
    (1, 2, 0.99, 0, True, True),
    (2, 5, 0.96, -1, False, False),
    (7, 9, np.nan, 3, False, False),
    (3, 4, 0.9, 9, False, False),
)


def test_groups_are_what_pairs_connect() -> None:
    near = near_enough(FOUR, min_cosine=0.95, max_bits=4)
    groups = grouped(near)
    assert groups.image_ids.tolist() == [1, 2, 5, 7, 9] and groups.number.tolist() == [0, 0, 0, 1, 1]
    why, least = reasons(groups, near, min_cosine=0.95, max_bits=4)
    assert why == [("file", "pixels", "hash", "embedding"), ("hash",)]
    assert least.tolist() == pytest.approx([0.96, np.nan], nan_ok=True)
    assert grouped(near_enough(FOUR, min_cosine=0.95, max_bits=4, kinds=["file"])).image_ids.tolist() == [1, 2]
    assert grouped(FOUR.of(np.zeros(4, bool))).n_groups == 0
    with pytest.raises(BadParameter, match="kind must be"):
        near_enough(FOUR, min_cosine=0.9, max_bits=1, kinds=["smell"])


def test_counts_grow_as_the_threshold_falls() -> None:
    found = counted(FOUR, (0.85, 0.9, 0.95, 0.99))
    assert [(one.n_pairs, one.n_groups, one.n_images) for one in found] == [(3, 2, 5), (3, 2, 5), (2, 1, 3), (1, 1, 2)]


def test_labels_that_differ_conflict_and_none_conflicts_with_nothing() -> None:
    groups = grouped(near_enough(FOUR, min_cosine=0.95, max_bits=4))
    found = judged(groups, labels=["a", "a", "b", "c", None], splits=["train", None, "train", "train", "test"])
    assert found.size.tolist() == [3, 2]
    assert found.conflicting.tolist() == [True, False] and found.across.tolist() == [False, True]


@pytest.mark.parametrize(
    ("rule", "kept"), [("largest", [5, 7]), ("oldest", [2, 9]), ("split", [5, 9]), ("first", [1, 7])]
)
def test_each_rule_keeps_one_of_a_group(rule: str, kept: list[int]) -> None:
    groups = grouped(near_enough(FOUR, min_cosine=0.95, max_bits=4))
    keep = keepers(
        groups,
        rule=rule,
        pixels=np.array([4, 4, 9, 4, 4]),
        n_bytes=np.array([1, 2, 1, 5, 1]),
        age=np.array([5, 1, 7, 8, 2]),
        splits=["train", "train", "test", None, "test"],
        split="test",
    )
    assert groups.image_ids[keep].tolist() == kept


@pytest.mark.real_data
def test_the_paintings_pairs_are_those_known(shared) -> None:
    vectors = np.load(shared / "data" / "paintings_resnet34.npz")["vector"].astype(np.float32)
    graph = neighbour_graph(vectors, k=len(vectors) - 1, rng=np.random.default_rng(0))
    first, second, cosine = graph_pairs(graph.indices, graph.similarities, min_cosine=0.5)
    n = [int((cosine > least).sum()) for least in (0.8, 0.85, 0.9, 0.95, 0.99)]
    assert n == [175, 45, 14, 2, 1]
    few = neighbour_graph(vectors, k=90, rng=np.random.default_rng(0))  # as the job searches them
    cosine = graph_pairs(few.indices, few.similarities, min_cosine=0.5)[2]
    assert [int((cosine > least).sum()) for least in (0.8, 0.85, 0.9, 0.95, 0.99)] == n
