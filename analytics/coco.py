"""Boxes as a COCO detection document."""

from collections.abc import Iterable, Mapping


def coco_document(
    objects: Iterable[Mapping[str, object]], *, images: Iterable[Mapping[str, object]], with_scores: bool, about: str
) -> dict[str, object]:
    """A COCO detection document. objects: rows of store.detections.object_rows; images: of scanned_images."""
    categories: dict[str, int] = {}
    annotations = []
    for number, row in enumerate(objects, 1):
        category = categories.setdefault(str(row["class_name"]), len(categories) + 1)
        box = [row["x1"], row["y1"], row["x2"] - row["x1"], row["y2"] - row["y1"]]
        one = {"id": number, "image_id": row["image_id"], "category_id": category, "iscrowd": 0, "area": row["area"]}
        one["bbox"] = [round(float(side), 3) for side in box]
        if row["mask"]:
            one["segmentation"] = {"size": [row["height"], row["width"]], "counts": row["mask"]}
        if with_scores:
            one["score"] = round(float(row["score"]), 5)
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
