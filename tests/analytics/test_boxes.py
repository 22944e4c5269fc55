"""Boxes: overlap, non-maximum suppression, pairing; by hand, by brute force, and as torchvision has them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms, box_iou

from analytics.boxes import areas, clip, one_to_one, overlaps, suppress
from analytics.errors import BadParameter

SQUARE = [0.0, 0.0, 10.0, 10.0]


def random_boxes(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 80, (n, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(1, 40, (n, 2))], axis=1).astype(np.float32)
    return boxes, rng.permutation(n).astype(np.float32) / max(n, 1), rng.integers(0, 3, n).astype(np.int32)


def test_half_shifted_square_overlaps_by_a_third() -> None:
    assert overlaps(np.array([SQUARE]), np.array([[5.0, 0, 15, 10]]))[0, 0] == pytest.approx(1 / 3)
    assert overlaps(np.array([SQUARE]), np.array([SQUARE]))[0, 0] == 1
    assert overlaps(np.array([SQUARE]), np.array([[10.0, 0, 20, 10]]))[0, 0] == 0  # they touch


def test_boxes_without_area_overlap_with_nothing() -> None:
    flat = np.array([[3.0, 3, 3, 8], [9, 9, 2, 2]])
    assert overlaps(flat, np.array([SQUARE, [3.0, 3, 3, 8]])).max() == 0
    assert areas(flat).tolist() == [0, 0]


@given(st.integers(0, 30), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_overlaps_are_those_of_torchvision(n: int, seed: int) -> None:
    one, other = random_boxes(n, seed)[0], random_boxes(n + 1, seed + 1)[0]
    expected = box_iou(torch.from_numpy(one), torch.from_numpy(other)).numpy()
    assert np.allclose(overlaps(one, other), expected, atol=1e-5)


@given(st.integers(0, 40), st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 0.5, 0.7]))
@settings(max_examples=40, deadline=None)
def test_what_is_kept_is_what_torchvision_keeps(n: int, seed: int, most: float) -> None:
    boxes, scores, classes = random_boxes(n, seed)
    expected = batched_nms(torch.from_numpy(boxes), torch.from_numpy(scores), torch.from_numpy(classes), most)
    assert suppress(boxes, scores, classes, max_overlap=most).tolist() == expected.tolist()


def test_of_two_boxes_on_one_object_the_better_is_kept_and_other_classes_stay() -> None:
    boxes = np.array([SQUARE, [1, 0, 11, 10], SQUARE, [40, 40, 50, 50]], np.float32)
    scores, classes = np.array([0.6, 0.9, 0.5, 0.1]), np.array([0, 0, 1, 0])
    assert suppress(boxes, scores, classes, max_overlap=0.5).tolist() == [1, 2, 3]
    assert suppress(boxes, scores, classes, max_overlap=1).tolist() == [1, 0, 2, 3]
    assert suppress(boxes, scores, classes, max_overlap=0.5, max_boxes=2).tolist() == [1, 2]
    assert suppress(boxes[:0], scores[:0], classes[:0], max_overlap=0.5).tolist() == []
    with pytest.raises(BadParameter, match="max_overlap must lie between 0 and 1, not 1.5"):
        suppress(boxes, scores, classes, max_overlap=1.5)


@given(st.integers(1, 25), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_boxes_does_not_change_what_is_kept(n: int, seed: int) -> None:
    boxes, scores, classes = random_boxes(n, seed)
    turned = np.random.default_rng(seed).permutation(n)
    kept = set(suppress(boxes, scores, classes, max_overlap=0.4).tolist())
    again = suppress(boxes[turned], scores[turned], classes[turned], max_overlap=0.4)
    assert set(turned[again].tolist()) == kept


def test_boxes_are_cut_at_the_edges() -> None:
    assert clip(np.array([[-5.0, 2, 30, 99]]), width=20, height=10).tolist() == [[0, 2, 20, 10]]


def test_each_box_is_paired_once_the_largest_overlap_first() -> None:
    first, second = np.array([0, 0, 1, 2]), np.array([5, 6, 5, 7])
    assert one_to_one(first, second, np.array([0.6, 0.9, 0.7, 0.5])).tolist() == [False, True, True, True]
    assert one_to_one(first[:0], second[:0], np.array([])).tolist() == []
