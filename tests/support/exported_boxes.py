"""A dataset with marked boxes, in a version of it, and its boxes by picture, whatever pictures are called."""

import numpy as np

from store.decisions import Act, decide
from store.detections import list_detection_runs, object_rows
from store.versions import freeze
from tests.support.detected_workspace import land_boxes
from tests.support.exporting import imported, noise

NAMES = ("person", "a: 'b' & <c>", "7", "*yes", "ünï çödé")
BOXES = [(0, 1.0, 3.25, 4.5, 20.0, 31.75), (3, 1.0, 0.0, 0.0, 64.0, 48.0), (1, 1.0, 40.0, 10.5, 41.5, 12.0)]


def scenes(workspace, folder, *, splits=("train", "val", "test")):
    """Nine pictures of 64 x 48 in class folders, names that collide, one label taken; boxes in all but two."""
    for n in range(9):
        inside = folder / (splits[n % len(splits)] if splits else "") / ("cat", "lynx")[n % 2]
        inside.mkdir(parents=True, exist_ok=True)
        noise(n).resize((64, 48)).save(inside / f"{n // 6}.{('png', 'jpg')[n % 2]}")
    dataset = imported(workspace, folder, "scenes")
    rows = workspace.rows("images_to_embed", dataset_id=dataset.id)
    decide(workspace, dataset.id, [Act(rows[0]["image_id"], "relabel", label=None)], who="me")
    found = {row["path"]: (BOXES[: n % 3 + 1] if n < 7 else []) for n, row in enumerate(rows) if n < 8}
    land_boxes(workspace, dataset, found, names=NAMES, is_truth=True)
    freeze(workspace, dataset.id, name="v1", who="me")
    return dataset


def boxes_by_picture(workspace, dataset):
    """(SHA-256 of the picture, class name) -> boxes of the dataset's newest detection."""
    run = list_detection_runs(workspace, dataset.id)[0]
    hashes = {row["image_id"]: row["sha256"] for row in workspace.rows("images_to_embed", dataset_id=dataset.id)}
    found: dict = {}
    for row in object_rows(workspace, dataset.id, run_id=run.run_id, score=0).to_pylist():
        box = [row[side] for side in ("x1", "y1", "x2", "y2")]
        found.setdefault((hashes[row["image_id"]], row["class_name"]), []).append(box)
    return {key: np.array(sorted(boxes)) for key, boxes in found.items()}
