"""A box around the ink of each of the demo's digits, as a COCO file: what somebody may have annotated."""

import json
from pathlib import Path

from PIL import Image

from cli.demo.digits import Truth

INK = 128  # darker than this is ink
NAME = "digit"  # no class of the dataset: the label check asks no detector that knows the classes


def write_boxes(truth: Truth, target: Path) -> int:
    """Write the boxes of all readable digits to the JSON file `target`; how many there are."""
    images: list[dict[str, object]] = []
    boxes: list[dict[str, object]] = []
    for path in sorted(truth.true_labels):
        with Image.open(truth.pictures / path) as picture:
            box = picture.convert("L").point(lambda value: 255 * (value < INK)).getbbox()
            width, height = picture.size
        images.append({"id": len(images), "file_name": path, "width": width, "height": height})
        if box is not None:
            left, top, right, bottom = box
            corner = [left, top, right - left, bottom - top]
            boxes.append({"id": len(boxes), "image_id": len(images) - 1, "category_id": 0, "bbox": corner})
    content = {"images": images, "annotations": boxes, "categories": [{"id": 0, "name": NAME}]}
    target.write_text(json.dumps(content), encoding="utf-8")
    return len(boxes)
