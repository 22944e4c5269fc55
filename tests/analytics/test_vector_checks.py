"""Vectors that no method should meet are found, each for its own reason; good ones are left alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.vector_checks import check_vectors


def checked(
    vectors: np.ndarray, contents: list[str] | None = None, has: np.ndarray | None = None
) -> dict[str, list[int]]:
    n = len(vectors)
    has_vector = np.ones(n, bool) if has is None else has
    checks = check_vectors(vectors, contents or [str(i) for i in range(n)], has_vector=has_vector)
    return {name: np.flatnonzero(mask).tolist() for name, mask in vars(checks).items()}


def good(n: int = 20) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(n, 8)).astype(np.float32)


def test_each_fault_is_found_where_it_is_and_nowhere_else() -> None:
    vectors, has = good(), np.ones(20, bool)
    vectors[3, 2], vectors[4, 0] = np.nan, np.inf
    vectors[5] = 0
    vectors[6] *= 1000
    vectors[7] /= 1000
    vectors[9] = vectors[8]
    vectors[10], has[10] = np.nan, False
    found = checked(vectors, has=has)
    assert found == {"missing": [10], "not_finite": [3, 4], "odd": [5, 6, 7], "same": [9]}


def test_pictures_with_the_same_pixels_may_have_the_same_vector() -> None:
    vectors = good(4)
    vectors[2] = vectors[1]
    assert checked(vectors, ["a", "b", "b", "c"])["same"] == []
    assert checked(vectors)["same"] == [2]


def test_an_encoder_that_says_the_same_of_all_is_found() -> None:
    assert checked(np.ones((50, 3), np.float32))["same"] == list(range(1, 50))


def test_nothing_and_only_zeros_are_judged_without_a_typical_length() -> None:
    assert checked(np.empty((0, 4), np.float32)) == {"missing": [], "not_finite": [], "odd": [], "same": []}
    assert checked(np.zeros((3, 4), np.float32), ["a", "a", "a"])["odd"] == [0, 1, 2]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.001, 1000))
def test_the_scale_of_a_network_changes_no_answer(seed: int, scale: float) -> None:
    vectors = np.random.default_rng(seed).normal(size=(30, 6))
    vectors[0] = 0
    vectors[1] *= 50
    before, after = checked(vectors.astype(np.float32)), checked((vectors * scale).astype(np.float32))
    assert before["odd"] == after["odd"] and before["not_finite"] == after["not_finite"] == []
