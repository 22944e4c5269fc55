"""COCO's detection JSON, read as boxes for pictures by their names. (analytics/coco.py writes it.)"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analytics.mask_overlay import decode
from jobs.engine.errors import UnknownParameter

MAX_BYTES = 4 << 30
Entry = dict[str, Any]  # an image or an annotation, as the file has it


@dataclass(frozen=True, eq=False)
class FileObjects:
    """The objects of one picture, as models.detector.Detections has them; masks (height, width) of bool, or None."""

    boxes: np.ndarray
    scores: np.ndarray
    classes: np.ndarray
    masks: list[np.ndarray] | None


@dataclass(frozen=True, eq=False)
class CocoBoxes:
    """A file's annotations by picture. is_truth: none of them has a score. example: one of its file names."""

    title: str
    names: tuple[str, ...]
    is_truth: bool
    example: str
    images: Mapping[str, Entry]
    annotations: Mapping[object, list[Entry]]
    index_of: Mapping[object, int]

    def of(self, path: str, *, width: int, height: int) -> FileObjects | None:
        """The objects of the picture at `path`, in pixels of width x height; None where the file does not name it.

        A picture is known by its whole path, the end of it, or its file name. Boxes of a file that states another
        size are scaled.
        """
        image = self._image(path)
        if image is None:
            return None
        rows = self.annotations.get(image.get("id"), [])
        ratio = np.array(
            [width / float(image.get("width") or width), height / float(image.get("height") or height)] * 2
        )
        sides = np.array([row["bbox"] for row in rows], np.float64).reshape(-1, 4)
        sides[:, 2:] += sides[:, :2]
        scores = np.array([float(row.get("score", 1.0)) for row in rows], np.float32)
        classes = np.array([self.index_of[row["category_id"]] for row in rows], np.int32)
        masks = [_mask(row, image, width=width, height=height) for row in rows]
        whole = [mask for mask in masks if mask is not None]
        have = bool(masks) and len(whole) == len(masks)
        return FileObjects((sides * ratio).astype(np.float32), scores, classes, whole if have else None)

    def _image(self, path: str) -> Entry | None:
        parts = path.split("/")
        for start in range(len(parts)):
            image = self.images.get("/".join(parts[start:]))
            if image is not None:
                return image
        return None


def read_coco(path: Path) -> CocoBoxes:
    """Read a COCO detection file: images, annotations with bbox (x, y, width, height), categories.

    Raises UnknownParameter, which says what is missing.
    """
    content = _parsed(path)
    if isinstance(content, list):
        raise UnknownParameter(
            f"{path.name} is a list of results without images; put it under 'annotations' of a file with 'images' and "
            "'categories', as Vitrine's own export does."
        )
    lists: dict[str, Any] = content if isinstance(content, dict) else {}
    missing = [name for name in ("images", "annotations", "categories") if not isinstance(lists.get(name), list)]
    if missing:
        raise UnknownParameter(f"{path.name} is no COCO detection file: it has no list {missing[0]!r}.")
    categories = [row for row in lists["categories"] if isinstance(row, dict) and "id" in row]
    index_of = {row["id"]: index for index, row in enumerate(categories)}
    annotations: dict[object, list[Entry]] = {}
    for number, row in enumerate(lists["annotations"]):
        _check_annotation(row, index_of, title=path.name, number=number)
        if not row.get("iscrowd"):
            annotations.setdefault(row["image_id"], []).append(row)
    images = {str(row["file_name"]): row for row in lists["images"] if isinstance(row, dict) and row.get("file_name")}
    return CocoBoxes(
        title=path.name,
        names=tuple(str(row.get("name", row["id"])) for row in categories),
        is_truth=bool(annotations) and not any("score" in row for rows in annotations.values() for row in rows),
        example=next(iter(images), ""),
        images=images,
        annotations=annotations,
        index_of=index_of,
    )


def _check_annotation(row: object, index_of: Mapping[object, int], *, title: str, number: int) -> None:
    entry: Entry = row if isinstance(row, dict) else {}
    box = entry.get("bbox")
    fits = isinstance(box, list) and len(box) == 4 and all(isinstance(side, (int, float)) for side in box)
    if not fits or not np.isfinite(np.array(box, np.float64)).all():
        raise UnknownParameter(f"{title}: annotation {number} has no bbox of four numbers (x, y, width, height).")
    if entry.get("category_id") not in index_of:
        category = entry.get("category_id")
        raise UnknownParameter(
            f"{title}: annotation {number} names category {category!r}, which is not among 'categories'."
        )


def _parsed(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnknownParameter(f"{path.name} has more than {MAX_BYTES >> 30} GB.")
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnknownParameter(f"{path.name} cannot be read as JSON: {str(error)[:120]}") from error


def _mask(row: Entry, image: Entry, *, width: int, height: int) -> np.ndarray | None:
    """The mask of an annotation (polygons or run-length code) as (height, width) bool; None without a usable one."""
    from pycocotools import mask as coco_mask

    shape = row.get("segmentation")
    if not shape or (image.get("width", width), image.get("height", height)) != (width, height):
        return None
    try:
        if isinstance(shape, list):
            code = coco_mask.merge(coco_mask.frPyObjects(shape, height, width))
        elif isinstance(shape["counts"], (str, bytes)):
            code = shape
        else:
            code = coco_mask.frPyObjects(shape, height, width)
        counts = code["counts"]
    except (TypeError, KeyError, ValueError, IndexError):
        return None
    mask = decode(counts if isinstance(counts, str) else counts.decode("latin1"), width=width, height=height)
    return mask if mask.any() else None
