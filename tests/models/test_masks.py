"""Masks: into run-length code and back, laid into the picture as torchvision lays them, drawn in colours."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco_mask
from torchvision.models.detection.roi_heads import paste_masks_in_image

from analytics.mask_overlay import decode, overlay
from models.masks import encode, pasted


def test_a_mask_comes_back_from_its_code_with_its_area() -> None:
    mask = np.zeros((5, 7), bool)
    mask[1:3, 2:6] = True
    code, area = encode(mask)
    assert area == 8 and isinstance(code, str)
    assert np.array_equal(decode(code, width=7, height=5), mask)
    assert coco_mask.area({"size": [5, 7], "counts": code.encode()}) == 8


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0, 1), st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_every_mask_comes_back_from_cocos_own_code(width: int, height: int, share: float, seed: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share
    code, area = encode(mask)
    assert area == mask.sum() and np.array_equal(decode(code, width=width, height=height), mask)


@pytest.mark.parametrize("code", ["", "nonsense!", "\u20ac", "0" * 50, "`" * 9])
def test_a_code_that_does_not_fit_is_an_empty_mask(code) -> None:
    seen = decode(code, width=6, height=4)
    assert seen.shape == (4, 6) and not seen.any()


@pytest.mark.parametrize("box", [[4, 5, 44, 65], [-10.5, -8, 30, 30.2], [50, 40, 99, 120], [10.3, 10.2, 15.9, 60]])
def test_masks_are_laid_as_torchvision_lays_them(box) -> None:
    rows, columns = np.mgrid[0:28, 0:28]
    soft = (1 / (1 + np.exp(((rows - 14) ** 2 + (columns - 12) ** 2 - 90) / 15))).astype(np.float32)
    expected = paste_masks_in_image(
        torch.from_numpy(soft)[None, None], torch.tensor([box], dtype=torch.float32), (80, 70)
    )
    expected = expected[0, 0].numpy() >= 0.5
    seen = pasted(soft, np.array(box, np.float32), width=70, height=80)
    both, either = (seen & expected).sum(), (seen | expected).sum()
    assert either > 50 and both / either > (
        0.9 if box[2] - box[0] > 10 else 0.7
    )  # torchvision rounds the box to whole pixels first


@pytest.mark.parametrize("box", [[5, 5, 5, 9], [80, 5, 90, 9], [9, 9, 4, 4], [5, 5, 5.4, 5.4]])
def test_a_box_outside_or_without_area_has_hardly_a_mask(box) -> None:
    assert pasted(np.ones((28, 28), np.float32), np.array(box), width=70, height=80).sum() <= 1


def test_masks_are_drawn_in_their_colours_the_last_on_top() -> None:
    left, all_of_it = np.zeros((4, 8), bool), np.ones((4, 8), bool)
    left[:, :3] = True
    drawn = overlay([(encode(all_of_it)[0], (255, 0, 0)), (encode(left)[0], (0, 0, 255))], width=8, height=4, side=8)
    assert drawn.shape == (4, 8, 4)
    assert drawn[0, 0, :3].tolist() == [0, 0, 255] and drawn[0, 5, :3].tolist() == [255, 0, 0]
    assert overlay([(encode(left)[0], (1, 2, 3))], width=8, height=4, side=4).shape == (2, 4, 4)
