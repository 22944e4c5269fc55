"""A street whose people are blurred, with pictures that are known again when they are saved anew."""

from pathlib import Path

import numpy as np
from PIL import Image

from store.connection import Workspace
from store.datasets import Dataset
from store.versions import freeze
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported, noise

SIDE = 96


def striped(seed: int) -> Image.Image:
    """Large spots that tell one picture from another, under stripes of one pixel."""
    spots = np.asarray(noise(seed, side=SIDE)).astype(int)
    stripes = np.tile(np.array([-70, 70]), SIDE // 2)[None, :, None]
    return Image.fromarray(np.clip(64 + spots // 2 + stripes, 0, 255).astype(np.uint8))


def draw_street(folder: Path) -> Path:
    """a.png: a person at the left (by the boxes of `street_of`); b.png: nobody; c.png: no detector has looked."""
    for number, name in enumerate(("road/a.png", "road/b.png", "park/c.png")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        striped(number).save(folder / name)
    return folder


def street_of(workspace: Workspace, folder: Path) -> Dataset:
    """The folder of `draw_street` as a dataset with its boxes and a version v1."""
    dataset = imported(workspace, folder, "street")
    boxes = {"road/a.png": [(0, 0.9, 0, 0, SIDE / 2, SIDE)], "road/b.png": [(1, 0.9, 0, 0, SIDE, SIDE)]}
    land_boxes(workspace, dataset, boxes)
    freeze(workspace, dataset.id, name="v1", who="me")
    return dataset


def numbers(workspace: Workspace, dataset: Dataset) -> dict[str, int]:
    """The number of each picture, by its path."""
    return {row["path"]: row["image_id"] for row in workspace.rows("images_to_embed", dataset_id=dataset.id)}


def contrast(picture: Image.Image, part: slice) -> float:
    """Mean step from column to column: some 140 on stripes, next to nothing where it is blurred."""
    grey = np.asarray(picture.convert("L")).astype(int)[:, part]
    return float(np.abs(np.diff(grey, axis=1)).mean())


LEFT, RIGHT = slice(0, SIDE // 2 - 2), slice(SIDE // 2 + 14, SIDE)


def sharp(picture: Image.Image) -> str:
    """Which halves can be made out: both, right, left or none."""
    left, right = contrast(picture, LEFT) > 60, contrast(picture, RIGHT) > 60
    return {(True, True): "both", (False, True): "right", (True, False): "left", (False, False): "none"}[left, right]
