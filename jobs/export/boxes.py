"""The boxes of an export: of which detection run, left in a job's folder, and looked up by picture."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.wording import count
from jobs.engine.errors import ExportRefused
from store.connection import Workspace
from store.datasets import Dataset
from store.detections import DetectionRun, detected_classes, list_detection_runs
from store.exports import boxes_of_version, looked_at_of_version

NONE, LATEST = "none", "latest"
FILE = "boxes.parquet"


@dataclass(frozen=True)
class Box:
    """One object, in pixels of the upright picture. place: in the names. score: None where people marked it.

    mask: COCO's run-length code at the picture's own size, or None.
    """

    place: int
    x1: float
    y1: float
    x2: float
    y2: float
    area: float
    score: float | None = None
    mask: str | None = None

    @property
    def sides(self) -> list[float]:
        """Left, top, width, height, to a thousandth of a pixel."""
        return [round(side, 3) for side in (self.x1, self.y1, self.x2 - self.x1, self.y2 - self.y1)]


@dataclass(frozen=True)
class Boxes:
    """The boxes of one detection run in a version's pictures. names: of its classes, in its order.

    table: image_id, class_index, score, x1, y1, x2, y2, area, mask, sorted by image_id. looked_at: ids, sorted.
    """

    run_id: int
    is_truth: bool
    names: tuple[str, ...]
    table: pa.Table
    looked_at: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    def of(self, image_id: int) -> list[Box]:
        """The boxes of a picture, the best first."""
        first, last = np.searchsorted(self._image_ids, [image_id, image_id + 1])
        rows = self.table.slice(first, last - first).to_pylist() if last > first else []
        return [
            Box(
                row["class_index"],
                row["x1"],
                row["y1"],
                row["x2"],
                row["y2"],
                row["area"],
                None if self.is_truth else row["score"],
                row["mask"],
            )
            for row in rows
        ]

    def has_looked_at(self, image_id: int) -> bool:
        """Whether the run looked at a picture: one without boxes may be one that nobody asked about."""
        at = int(np.searchsorted(self.looked_at, image_id))
        return at < len(self.looked_at) and bool(self.looked_at[at] == image_id)

    @property
    def n_masks(self) -> int:
        """How many of them have a mask."""
        return len(self.table) - int(self.table["mask"].null_count)

    @cached_property
    def _image_ids(self) -> np.ndarray:
        return np.asarray(self.table["image_id"].to_numpy())


@dataclass(frozen=True)
class Chosen:
    """The run whose boxes are exported, or None; why_none: what is to be said where that was not asked for."""

    run: DetectionRun | None
    why_none: str = ""


def chosen_run(workspace: Workspace, dataset: Dataset, *, detections: str) -> Chosen:
    """The run that an order means: its number, `latest`, `none`, or "" for the one that people marked.

    Raises ExportRefused for a run that is not there.
    """
    if detections == NONE:
        return Chosen(None)
    runs = list_detection_runs(workspace, dataset.id)
    if not detections:
        return _marked(runs, dataset)
    wanted = runs[:1] if detections == LATEST else [run for run in runs if str(run.run_id) == detections]
    if not wanted:
        numbers = ", ".join(str(run.run_id) for run in runs) or "none"
        what = "no finished detection" if detections == LATEST else f"no finished detection run {detections}"
        raise ExportRefused(f"{dataset.name} has {what} (runs: {numbers}).")
    return Chosen(wanted[0])


def _marked(runs: list[DetectionRun], dataset: Dataset) -> Chosen:
    marked = [run for run in runs if run.is_truth]
    if len(marked) == 1:
        return Chosen(marked[0])
    others = ", ".join(str(run.run_id) for run in runs)
    if not runs:
        return Chosen(None, f"No boxes are in it: nobody marked any in {dataset.name}, and no detection looked at it.")
    has = f"has {count(len(marked), 'run', 'runs')} of boxes that people marked" if marked else "has no marked boxes"
    return Chosen(None, f"No boxes are in it: {dataset.name} {has}. --detections names a run ({others}) or `latest`.")


def write_boxes(workspace: Workspace, run: DetectionRun, *, version_id: int, min_score: float, folder: Path) -> None:
    """Leave a run's boxes in a version's pictures in a job's folder; those that people marked have no score."""
    score = 0.0 if run.is_truth else min_score
    table = boxes_of_version(workspace, version_id, run_id=run.run_id, score=score)
    looked_at = looked_at_of_version(workspace, version_id, run_id=run.run_id)
    names = detected_classes(workspace, run.run_id)
    about = {
        "run": run.run_id,
        "is_truth": run.is_truth,
        "names": list(names.values()),
        "indices": list(names),
    }
    kept = {"boxes": json.dumps(about), "looked_at": json.dumps(looked_at["image_id"].to_pylist())}
    pq.write_table(table.replace_schema_metadata(kept), folder / FILE)


def read_boxes(folder: Path) -> Boxes | None:
    """What `write_boxes` left in a job's folder, classes numbered from 0 in the run's order; None without."""
    path = folder / FILE
    if not path.is_file():
        return None
    table = pq.read_table(path)
    kept = table.schema.metadata or {}
    about = json.loads(kept[b"boxes"])
    indices = np.array(about["indices"], np.int64)
    order = np.argsort(indices)
    places = order[np.searchsorted(indices, table["class_index"].to_numpy(), sorter=order)] if len(table) else []
    at = table.schema.get_field_index("class_index")
    table = table.set_column(at, "class_index", pa.array(places, pa.int32())).replace_schema_metadata(None)
    looked_at = np.array(json.loads(kept[b"looked_at"]), np.int64)
    return Boxes(about["run"], about["is_truth"], tuple(about["names"]), table, looked_at)


def n_unseen(boxes: Boxes, image_ids: Iterator[int]) -> int:
    """How many pictures a run did not look at."""
    return sum(not boxes.has_looked_at(image_id) for image_id in image_ids)
