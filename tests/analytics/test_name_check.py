"""Exchanged class names: found for two, for three, and not found where names only fit badly."""

import numpy as np
import pytest

from analytics.name_check import exchanged_names, in_new_order

NAMES = ["cat", "lynx", "wolf", "coyote"]


def shown(order: list[int], *, n: int = 400, sure: float = 0.8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """labels (n,) and zero-shot probabilities (n, 4) of pictures whose class i shows the name order[i] mostly."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    seen = np.where(rng.random(n) < sure, np.array(order)[labels], rng.integers(0, 4, n))
    named = (np.eye(4)[seen] * 0.6 + rng.random((n, 4)) * 0.05).astype(np.float32)
    return labels, named


def circles(labels: np.ndarray, named: np.ndarray) -> list[dict[int, str]]:
    found = exchanged_names(labels, named=named, believed=np.ones(len(labels), bool))
    return [{member.index: NAMES[member.shows] for member in circle} for circle in found]


def test_right_names_raise_nothing() -> None:
    assert circles(*shown([0, 1, 2, 3])) == []


def test_two_exchanged_names_are_found_and_nothing_else() -> None:
    assert circles(*shown([0, 1, 3, 2])) == [{2: "coyote", 3: "wolf"}]


def test_two_exchanges_are_two_circles() -> None:
    assert circles(*shown([1, 0, 3, 2])) == [{0: "lynx", 1: "cat"}, {2: "coyote", 3: "wolf"}]


def test_names_that_went_around_are_one_circle() -> None:
    assert circles(*shown([1, 2, 0, 3])) == [{0: "lynx", 1: "wolf", 2: "cat"}]


def test_a_class_that_fits_badly_is_no_exchange() -> None:
    labels, named = shown([0, 1, 3, 3])  # wolves look like coyotes, coyotes like themselves
    assert circles(labels, named) == []


def test_noise_of_two_in_five_neither_hides_an_exchange_nor_makes_one() -> None:
    assert circles(*shown([0, 1, 3, 2], n=2000, sure=0.55)) == [{2: "coyote", 3: "wolf"}]
    assert circles(*shown([0, 1, 2, 3], n=2000, sure=0.4)) == []


@pytest.mark.parametrize("n", [4, 60])
def test_a_handful_of_pictures_proves_nothing(n: int) -> None:
    assert circles(*shown([0, 1, 3, 2], n=n)) == []


def test_doubted_labels_have_no_say() -> None:
    labels, named = shown([0, 1, 3, 2])
    assert exchanged_names(labels, named=named, believed=np.zeros(len(labels), bool)) == []


def test_classes_without_a_known_name_keep_theirs() -> None:
    labels, named = shown([0, 1, 3, 2])
    named[:, 0] = np.nan
    assert circles(labels, named) == [{2: "coyote", 3: "wolf"}]


def test_pictures_that_show_none_of_the_names_have_no_say() -> None:
    labels, named = shown([0, 1, 3, 2])
    assert circles(labels, named * 0.001) == []


def test_the_answer_does_not_depend_on_the_order_of_the_classes() -> None:
    labels, named = shown([0, 1, 3, 2])
    order = np.array([3, 1, 0, 2])  # class i is class order[i] now
    there = np.argsort(order)
    found = exchanged_names(order[labels], named=named[:, there], believed=np.ones(len(labels), bool))
    assert [{member.index for member in circle} for circle in found] == [{int(order[2]), int(order[3])}]


def test_columns_come_where_they_belong() -> None:
    labels, named = shown([0, 1, 3, 2])
    found = exchanged_names(labels, named=named, believed=np.ones(len(labels), bool))
    assert np.array_equal(in_new_order(named, found), named[:, [0, 1, 3, 2]])
    assert circles(labels, in_new_order(named, found)) == []
