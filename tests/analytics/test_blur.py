"""Blurring: nothing of what was there can be read any more, and nothing else changes."""

import numpy as np
import pytest
from PIL import Image

from analytics.blur import blurred, blurred_whole


def checkers(side: int = 120, cell: int = 6) -> Image.Image:
    rows, columns = np.mgrid[0:side, 0:side]
    return Image.fromarray(np.where((rows // cell + columns // cell) % 2, 255, 0).astype(np.uint8)).convert("RGB")


def test_inside_the_box_detail_is_gone_and_outside_every_pixel_stays() -> None:
    picture = checkers()
    seen = np.asarray(blurred(picture, np.array([[30, 30, 90, 90]]))).astype(int)
    before = np.asarray(picture).astype(int)
    assert seen[40:80, 40:80].std() < 0.15 * before[40:80, 40:80].std()
    changed = np.abs(seen - before).sum(axis=2) > 0
    assert not changed[:24].any() and not changed[:, :24].any() and not changed[96:].any()


def test_the_whole_picture_can_be_blurred() -> None:
    assert np.asarray(blurred_whole(checkers())).std() < 20


@pytest.mark.parametrize("box", [[-50, -50, 10, 10], [110, 110, 500, 500], [5, 5, 6, 6], [0, 0, 120, 1], [7, 7, 7, 7]])
def test_boxes_over_the_edge_and_tiny_ones_are_no_error(box) -> None:
    assert blurred(checkers(), np.array([box])).size == (120, 120)


def test_without_boxes_nothing_changes_and_the_original_is_never_touched() -> None:
    picture = checkers()
    before = picture.tobytes()
    assert blurred(picture, np.empty((0, 4))).tobytes() == before
    blurred(picture, np.array([[0, 0, 120, 120]]))
    assert picture.tobytes() == before


def test_two_faces_cannot_be_told_apart_from_what_is_left() -> None:
    """Different fine patterns of the same mean leave the same few colours."""
    one, other = checkers(cell=2), checkers(cell=3)
    box = np.array([[0, 0, 120, 120]])
    difference = np.abs(np.asarray(blurred(one, box)).astype(int) - np.asarray(blurred(other, box)).astype(int))
    assert difference.max() <= 8
