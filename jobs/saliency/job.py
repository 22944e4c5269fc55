"""The saliency job: where a trained network looks in the pictures that it is surest of, and most wrong about.

Maps are kept at their own low resolution. It lands whole or not at all.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.saliency_maps import best_method, shares, to_bytes, to_square
from importers.pixels import read_square
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import read_json, write_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.worker import Work
from jobs.saliency.kind import AUTO, SaliencyParameters
from models.catalogue import RESNETS
from store.connection import Workspace
from store.datasets import find_dataset
from store.detections import DetectionRun, boxes_of, list_detection_runs
from store.saliency import images_to_explain, land_saliency
from store.training import TrainingRun, list_training_runs, weights_file

if TYPE_CHECKING:
    import torch

NETWORK, BOXES = "about.json", "boxes.parquet"
Row = dict[str, Any]  # an image of the todo, or a row of SCHEMA, by column
_AT_ONCE = 16
SCHEMA = pa.schema(
    [
        ("image_id", pa.int64()),
        ("place", pa.string()),
        ("role", pa.string()),
        ("class_index", pa.int32()),
        ("label", pa.int32()),
        ("probability", pa.float32()),
        ("map", pa.binary()),
        ("peak", pa.float32()),
        ("stride", pa.int32()),
        ("centre_share", pa.float32()),
        ("border_share", pa.float32()),
        ("box_share", pa.float32()),
        ("box_area", pa.float32()),
        ("reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class _Network:
    """The network whose maps are drawn: a file of weights, and the side of the square that it takes, in pixels."""

    weights: str
    architecture: str
    side: int


def compute(work: Work[SaliencyParameters]) -> Figures:
    """Look at every picture for its label and for what it was taken for, and publish all maps at once."""
    from models.saliency import load_classifier  # torch, which the owner of the file never needs

    images = pa.concat_tables(list(work.todo())).to_pylist()
    about = _Network(**(read_json(work.folder.path / NETWORK) or {}))
    side = about.side
    network = load_classifier(Path(about.weights), architecture=about.architecture)
    boxes = _boxes_by_image(pq.read_table(work.folder.path / BOXES))
    rows: list[Row] = []
    for first in range(0, len(images), _AT_ONCE):
        piece = images[first : first + _AT_ONCE]
        read = [_read(work, image, side=side) for image in piece]
        rows += [
            {"image_id": image["image_id"], "reason": pixels}
            for image, pixels in zip(piece, read, strict=True)
            if isinstance(pixels, str)
        ]
        pairs = [(i, p) for i, p in zip(piece, read, strict=True) if not isinstance(p, str)]
        if pairs:
            rows += _maps(network, pairs, boxes, method=work.parameters.method, side=side)
        work.report(first + len(piece), message="Looking at what it looks at")
    work.publish(pa.Table.from_pylist(rows, schema=SCHEMA))
    n_failed = sum("reason" in row for row in rows)
    return {"n_images": len(images) - n_failed, "n_maps": len(rows) - n_failed, "n_failed": n_failed}


def _read(work: Work[SaliencyParameters], image: Row, *, side: int) -> "np.ndarray | str":
    with work.touching(int(image["image_id"])):
        return read_square(work.root / str(image["path"]), side=side)


def _maps(
    network: "torch.nn.Module",
    pairs: list[tuple[Row, np.ndarray]],
    boxes: dict[int, np.ndarray],
    *,
    method: str,
    side: int,
) -> list[Row]:
    """A row a picture for its label, and one for the class that it was taken for where that is another."""
    from models.saliency import look

    classes = np.array([[image["label"], image["predicted"]] for image, _ in pairs])
    seen = look(network, np.stack([pixels for _, pixels in pairs]), classes=classes, method=method)
    probabilities = np.exp(seen.logits - seen.logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    rows = []
    for n, (image, _) in enumerate(pairs):
        mine = boxes.get(image["image_id"])
        if mine is not None:
            mine = to_square(mine, width=image["width"], height=image["height"])
        for k, role in enumerate(("label", "predicted")):
            index = int(classes[n, k])
            if k and index == classes[n, 0]:
                continue
            kept, peak = to_bytes(seen.maps[n, k])
            evidence = shares(seen.maps[n, k], stride=seen.stride, side=side, boxes=mine)
            rows.append(
                {
                    "image_id": image["image_id"],
                    "place": image["place"],
                    "role": role,
                    "class_index": index,
                    "label": image["label"],
                    "probability": float(probabilities[n, index]),
                    "map": kept,
                    "peak": peak,
                    "stride": seen.stride,
                    "centre_share": evidence.centre,
                    "border_share": evidence.border,
                    "box_share": evidence.boxes,
                    "box_area": evidence.box_area,
                }
            )
    return rows


def _boxes_by_image(table: pa.Table) -> dict[int, np.ndarray]:
    boxes: dict[int, list[list[float]]] = {}
    for row in table.to_pylist():
        boxes.setdefault(row["image_id"], []).append([row[name] for name in ("x1", "y1", "x2", "y2")])
    return {image_id: np.array(sides) for image_id, sides in boxes.items()}


def prepare(
    workspace: Workspace, dataset_name: str, parameters: SaliencyParameters, run_id: int
) -> Prepared[SaliencyParameters]:
    """Take the pictures that the network is surest of and those it is furthest from; none where the run has landed.

    Raises NothingToDo without a network or its weights, UnknownParameter for a detection that is not there.
    """
    dataset = find_dataset(workspace, dataset_name)
    run = _training_run(workspace, dataset.id, asked=parameters.train_run)
    detection = _detection_run(workspace, dataset.id, asked=parameters.detection_run)
    each = parameters.per_class // 2
    todo = images_to_explain(workspace, train_run=run.run_id, each=each, run_id=run_id)
    if todo.num_rows and not weights_file(workspace, run.run_id).is_file():
        raise NothingToDo(
            f"The weights of run {run.run_id} are not in this workspace ({weights_file(workspace, run.run_id).name} of "
            "a run that was trained elsewhere stays there). Train here, or copy the file to its place."
        )
    side = int(str(run.parameters["side"]))
    method = best_method(side) if parameters.method == AUTO else parameters.method
    detection_run = detection.run_id if detection else -1
    chosen = parameters.changed(train_run=run.run_id, detection_run=detection_run, method=method)
    network = _Network(str(weights_file(workspace, run.run_id)), run.model, side)

    def write_inputs(folder: Path) -> None:
        ids = todo["image_id"].to_pylist()
        table = boxes_of(workspace, run_id=detection_run, image_ids=ids, score=parameters.box_score)
        write_json(folder / NETWORK, asdict(network))
        pq.write_table(table.select(["image_id", "x1", "y1", "x2", "y2"]), folder / BOXES)

    return Prepared(dataset.id, dataset.name, dataset.root, todo, chosen, model=run.model, write_inputs=write_inputs)


def _training_run(workspace: Workspace, dataset_id: int, *, asked: int) -> TrainingRun:
    """The run asked for, or the newest of a network (0)."""
    runs = [run for run in list_training_runs(workspace, dataset_id) if run.model in RESNETS]
    run = next((run for run in runs if asked in (0, run.run_id)), None)
    if run is None:
        raise NothingToDo(
            f"Run {asked} is no finished training run of a network. Networks: "
            f"{', '.join(str(run.run_id) for run in runs) or 'none'}."
            if asked
            else "No network has been trained on this dataset yet: run a training first (job kind train)."
        )
    return run


def _detection_run(workspace: Workspace, dataset_id: int, *, asked: int) -> DetectionRun | None:
    """The detection asked for, or the newest (0), or None (-1, or there is none)."""
    runs = list_detection_runs(workspace, dataset_id)
    run = next((run for run in runs if asked in (0, run.run_id)), None)
    if run is None and asked > 0:
        raise UnknownParameter(f"saliency: {asked} is no finished detection of this dataset.")
    return run


def land(cursor: duckdb.DuckDBPyConnection, job: Job[SaliencyParameters], table: pa.Table) -> None:
    """Take maps into the file."""
    land_saliency(cursor, table, run_id=job.run_id)


def finish(workspace: Workspace, job: Job[SaliencyParameters]) -> Figures:
    """Whose maps they are."""
    return {"train_run": job.parameters.train_run}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish)
