"""What the similarity service tells of a dataset: its kept images, their objects, the network that names others."""

from dataclasses import dataclass

import pyarrow as pa

from store.connection import Workspace
from store.datasets import Dataset
from store.detections import list_detection_runs
from store.rows import JsonObject

_SCORES = ("test_balanced_accuracy", "test_mean_average_precision")


@dataclass(frozen=True)
class Network:
    """A finished training run of a network. classes: their names, in the order of its logits. side: pixels it takes.

    score: balanced accuracy on pictures that it had not seen, or mean average precision where pictures carry several
    labels; None where it was not tested.
    """

    run_id: int
    model: str
    side: int
    classes: list[str]
    score: float | None


@dataclass(frozen=True)
class _NetworkRow:
    run_id: int
    model: str
    parameters: JsonObject
    figures: JsonObject


def served_images(workspace: Workspace, dataset_id: int) -> pa.Table:
    """What is told of each kept image, by id; see the statement for the columns."""
    return workspace.read("served_images", dataset_id=dataset_id)


def served_detections(workspace: Workspace, dataset: Dataset) -> tuple[int, str, pa.Table] | None:
    """The newest detection's run, model and objects (image_id, class_name, score, x1, y1, x2, y2); None without one."""
    run = next(iter(list_detection_runs(workspace, dataset.id)), None)
    if run is None:
        return None
    return run.run_id, run.model, workspace.read("served_detections", run_id=run.run_id, dataset_id=dataset.id)


def trained_networks(workspace: Workspace, dataset_id: int) -> list[Network]:
    """The dataset's trained networks, the best on unseen pictures first, untested ones last."""
    networks = [_network(row) for row in workspace.all("served_networks", _NetworkRow, dataset_id=dataset_id)]
    tested = sorted((each for each in networks if each.score is not None), key=lambda each: -(each.score or 0))
    return tested + [each for each in networks if each.score is None]


def _network(row: _NetworkRow) -> Network:
    scores = [row.figures.get(name) for name in _SCORES]
    score = next((float(value) for value in scores if value is not None), None)
    classes = [str(name) for name in row.figures.get("classes") or []]
    return Network(row.run_id, row.model, int(row.parameters.get("side", 64)), classes, score)
