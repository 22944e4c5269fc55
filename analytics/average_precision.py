"""How well a detector's boxes meet those that people marked: COCO's AP and AP50, by pycocotools."""

import contextlib
import io
from dataclasses import dataclass
from typing import TypedDict

import pyarrow as pa

from analytics.arrays import Floats, Ints


@dataclass(frozen=True)
class Precision:
    """ap (mean over overlaps of .5 to .95), ap50 (from an overlap of .5), both in [0, 1] or NaN; and of each class.

    classes: name, ap, ap50, n_truth, n_found, of classes that are marked at least once.
    """

    ap: float
    ap50: float
    classes: pa.Table
    n_images: int


class _Annotation(TypedDict):
    """A box as COCO's files have it; bbox: x, y, width, height."""

    id: int
    image_id: int
    category_id: int
    iscrowd: int
    bbox: list[float]
    area: float
    score: float


def average_precision(detections: pa.Table, truth: pa.Table, image_ids: Ints) -> Precision:
    """Score boxes against marked ones over the pictures `image_ids`; classes are matched by name, whatever the case.

    detections, truth: image_id, class_name, score, x1, y1, x2, y2, area. At most 100 boxes of a class a picture, those
    with the best scores, as COCO counts. Ref: Lin et al., ECCV 2014.
    """
    names = sorted({name.lower() for name in truth["class_name"].to_pylist()})
    number = {name: index for index, name in enumerate(names, 1)}
    kept = set(image_ids.tolist())
    marked, seen = _annotations(truth, number, kept), _annotations(detections, number, kept)
    if not marked:
        return Precision(float("nan"), float("nan"), _class_table([], [], [], [], []), len(kept))
    precision = _precision(marked, seen, names, sorted(kept))  # (overlaps, recalls, classes)
    ap, ap50 = (
        [_mean(precision[:, :, k]) for k in range(len(names))],
        [_mean(precision[0, :, k]) for k in range(len(names))],
    )
    n_truth, n_found = (
        [sum(row["category_id"] == number[name] for row in rows) for name in names] for rows in (marked, seen)
    )
    return Precision(_mean(precision), _mean(precision[0]), _class_table(names, ap, ap50, n_truth, n_found), len(kept))


def _precision(marked: list[_Annotation], seen: list[_Annotation], names: list[str], image_ids: list[int]) -> Floats:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    about = {
        "images": [{"id": image_id} for image_id in image_ids],
        "categories": [{"id": number, "name": name} for number, name in enumerate(names, 1)],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        sets = []
        for rows in (marked, seen):
            one = COCO()
            one.dataset = {**about, "annotations": rows}
            one.createIndex()
            sets.append(one)
        score = COCOeval(*sets, iouType="bbox")
        score.evaluate()
        score.accumulate()
    precision: Floats = score.eval["precision"]
    return precision[:, :, :, 0, -1]  # all sizes, 100 boxes


def _annotations(table: pa.Table, number: dict[str, int], image_ids: set[int]) -> list[_Annotation]:
    rows: list[_Annotation] = []
    for row in table.select(["image_id", "class_name", "score", "x1", "y1", "x2", "y2"]).to_pylist():
        name = row["class_name"].lower()
        if name in number and row["image_id"] in image_ids:
            width, height = row["x2"] - row["x1"], row["y2"] - row["y1"]
            rows.append(
                {
                    "id": len(rows) + 1,
                    "image_id": row["image_id"],
                    "category_id": number[name],
                    "iscrowd": 0,
                    "bbox": [row["x1"], row["y1"], width, height],
                    "area": width * height,
                    "score": row["score"],
                }
            )
    return rows


def _mean(values: Floats) -> float:
    measured = values[values > -1]
    return float(measured.mean()) if measured.size else float("nan")


def _class_table(
    names: list[str], ap: list[float], ap50: list[float], n_truth: list[int], n_found: list[int]
) -> pa.Table:
    return pa.table(
        {
            "name": pa.array(names, pa.string()),
            "ap": pa.array(ap, pa.float64()),
            "ap50": pa.array(ap50, pa.float64()),
            "n_truth": pa.array(n_truth, pa.int64()),
            "n_found": pa.array(n_found, pa.int64()),
        }
    )
