import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.balance import balance, class_matrix, classes_under, effective_classes, evenness, shares
from analytics.errors import WrongShape
from analytics.sizes import ratio_counts, shapes, size_bins

COUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=20)


def test_balance_of_three_classes_by_hand() -> None:
    found = balance(np.array([10, 40, 20]))
    assert (found.n_images, found.largest, found.smallest, found.imbalance_ratio) == (70, 1, 0, 4.0)
    entropy = -(1 / 7 * math.log(1 / 7) + 4 / 7 * math.log(4 / 7) + 2 / 7 * math.log(2 / 7))
    assert found.effective_classes == pytest.approx(math.exp(entropy))
    assert found.evenness == pytest.approx(entropy / math.log(3))


def test_equal_classes_are_perfectly_balanced() -> None:
    found = balance(np.array([5, 5, 5, 5]))
    assert found.imbalance_ratio == 1
    assert found.effective_classes == pytest.approx(4)
    assert found.evenness == pytest.approx(1)


def test_an_empty_class_is_counted_apart_and_leaves_the_ratio_finite() -> None:
    found = balance(np.array([8, 0, 2]))
    assert (found.n_filled, found.n_empty, found.smallest, found.imbalance_ratio) == (2, 1, 2, 4.0)
    assert found.evenness < evenness(np.array([8, 2]))


def test_no_images_have_no_balance() -> None:
    assert balance(np.array([0, 0])) is None
    assert balance(np.array([], dtype=int)) is None
    assert effective_classes(np.array([0, 0])) == 0
    assert evenness(np.array([0])) == 0


def test_one_class_is_one_effective_class() -> None:
    assert effective_classes(np.array([7, 0])) == pytest.approx(1)
    assert evenness(np.array([7, 0])) == 0
    assert evenness(np.array([7])) == 1


def test_shares_add_up_to_one_over_the_last_axis() -> None:
    assert shares(np.array([[1, 3], [0, 0]])).tolist() == [[0.25, 0.75], [0, 0]]


def test_classes_under_a_floor_come_smallest_first() -> None:
    assert classes_under(np.array([30, 5, 50, 0, 5]), floor=30).tolist() == [3, 1, 4]
    assert classes_under(np.array([30]), floor=0).tolist() == []


@given(COUNTS, st.randoms(use_true_random=False))
def test_order_of_classes_changes_nothing(counts: list[int], random) -> None:
    shuffled = random.sample(counts, len(counts))
    assert effective_classes(np.array(shuffled)) == pytest.approx(effective_classes(np.array(counts)))


@given(COUNTS, st.integers(2, 50))
def test_ten_times_the_images_are_as_balanced(counts: list[int], factor: int) -> None:
    one, more = balance(np.array(counts)), balance(np.array(counts) * factor)
    if one is not None:
        assert more.imbalance_ratio == pytest.approx(one.imbalance_ratio)
        assert more.evenness == pytest.approx(one.evenness)
        assert 1 <= one.effective_classes <= one.n_filled + 1e-9


@pytest.mark.parametrize("counts", [np.array([[1, 2]]), np.array([1, -1])])
def test_counts_that_are_none_are_refused(counts: np.ndarray) -> None:
    with pytest.raises(WrongShape, match="counts must be"):
        balance(counts)


def test_sizes_in_one_bin_are_averaged_by_their_images() -> None:
    bins = size_bins(np.array([64, 66, 512]), np.array([64, 64, 512]), n=np.array([3, 1, 6]))
    assert sorted(zip(bins.width, bins.height, bins.n, strict=True)) == [(64.5, 64, 4), (512, 512, 6)]


def test_nearly_square_counts_as_square() -> None:
    found = shapes(np.array([100, 101, 200, 100]), np.array([100, 100, 100, 101]), n=np.array([1, 2, 3, 4]))
    assert (found.n_landscape, found.n_square, found.n_portrait) == (3, 7, 0)


def test_ratios_get_the_nearest_name() -> None:
    width, height = np.array([640, 1920, 64, 3000, 100, 700]), np.array([480, 1080, 64, 100, 400, 480])
    found = ratio_counts(width, height, n=np.array([1, 2, 3, 4, 5, 6]))
    assert found == {"narrower than 1:2": 5, "1:1": 3, "4:3": 1, "3:2": 6, "16:9": 2, "wider than 2:1": 4}


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 99)), min_size=1, max_size=30))
def test_binning_loses_no_image(sizes: list[tuple[int, int, int]]) -> None:
    width, height, n = (np.array(column) for column in zip(*sizes, strict=True))
    assert size_bins(width, height, n=n).n.sum() == n.sum()
    assert sum(ratio_counts(width, height, n=n).values()) == n.sum()


def test_arrays_of_other_lengths_are_refused() -> None:
    with pytest.raises(WrongShape, match="alike"):
        shapes(np.array([1, 2]), np.array([1]), n=np.array([1, 1]))


def test_counts_are_arranged_by_class_and_split() -> None:
    rows = [(0, "test", 1), (0, "train", 5), (2, None, 7), (None, "train", 3), (2, "train", 2)]
    found = class_matrix(rows, n_classes=3)
    assert found.splits == ("train", "test", None)
    assert found.counts.tolist() == [[5, 1, 0], [0, 0, 0], [2, 0, 7]]
    assert found.per_class.tolist() == [6, 0, 9]
    assert found.n_unlabelled == 3


def test_an_index_without_a_class_is_refused() -> None:
    with pytest.raises(WrongShape, match=r"in \[0, 2\), not 2"):
        class_matrix([(2, None, 1)], n_classes=2)
