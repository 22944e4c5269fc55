"""Boxes as a COCO detection document."""

from collections.abc import Iterable
from typing import TypedDict


class DetectedObject(TypedDict):
    """A row of store.detections.object_rows. mask: run-length code, None where there is none."""

    image_id: int
    width: int
    height: int
    class_name: str
    score: float
    x1: float
    y1: float
    x2: float
    y2: float
    area: float
    mask: str | None


class ScannedImage(TypedDict):
    """A row of store.detections.scanned_images."""

    image_id: int
    path: str
    width: int
    height: int


def coco_document(
    objects: Iterable[DetectedObject], *, images: Iterable[ScannedImage], with_scores: bool, about: str
) -> dict[str, object]:
    """A COCO detection document, ready for json.dump; without scores the boxes count as marked by people."""
    categories: dict[str, int] = {}
    annotations = []
    for number, row in enumerate(objects, 1):
        category = categories.setdefault(row["class_name"], len(categories) + 1)
        box = [row["x1"], row["y1"], row["x2"] - row["x1"], row["y2"] - row["y1"]]
        one: dict[str, object] = {"id": number, "image_id": row["image_id"], "category_id": category}
        one |= {"iscrowd": 0, "area": row["area"], "bbox": [round(side, 3) for side in box]}
        if row["mask"]:
            one["segmentation"] = {"size": [row["height"], row["width"]], "counts": row["mask"]}
        if with_scores:
            one["score"] = round(row["score"], 5)
        annotations.append(one)
    return {
        "info": {"description": about},
        "images": [
            {"id": row["image_id"], "file_name": row["path"], "width": row["width"], "height": row["height"]}
            for row in images
        ],
        "annotations": annotations,
        "categories": [{"id": index, "name": name} for name, index in categories.items()],
    }
