"""The saliency job: where a trained network looks in the pictures that it is surest of, and most wrong about.

Maps are kept at their own low resolution. It lands whole or not at all.
"""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.saliency_maps import best_method, shares, to_bytes, to_square
from importers.pixels import read_square
from jobs.engine.errors import NothingToDo, UnknownParameter
from jobs.engine.folder import read_json, write_json
from jobs.engine.kinds import COMPUTE
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from models.catalogue import RESNETS
from models.saliency import METHODS, load_classifier, look
from store.connection import Workspace
from store.datasets import find_dataset
from store.detections import DetectionRun, boxes_of, list_detection_runs
from store.saliency import images_to_explain, land_saliency
from store.training import TrainingRun, list_training_runs, weights_file

AUTO = "auto"
ABOUT, BOXES = "about.json", "boxes.parquet"
DEFAULTS: dict[str, object] = {
    "train_run": 0,
    "per_class": 24,
    "method": "auto",
    "detection_run": 0,
    "box_score": 0.3,
}
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


def compute(work: Work) -> dict[str, object]:
    """Look at every picture for its label and for what it was taken for, and publish all maps at once."""
    images = pa.concat_tables(list(work.todo())).to_pylist()
    about = read_json(work.folder.path / ABOUT)
    side = int(about["side"])
    network = load_classifier(Path(str(about["weights"])), architecture=str(about["architecture"]))
    boxes = _boxes_by_image(pq.read_table(work.folder.path / BOXES))
    rows: list[dict[str, object]] = []
    for first in range(0, len(images), _AT_ONCE):
        piece = images[first : first + _AT_ONCE]
        read = [read_square(work.root / image["path"], side=side) for image in piece]
        rows += [
            {"image_id": image["image_id"], "reason": pixels}
            for image, pixels in zip(piece, read, strict=True)
            if isinstance(pixels, str)
        ]
        pairs = [(i, p) for i, p in zip(piece, read, strict=True) if not isinstance(p, str)]
        if pairs:
            rows += _maps(network, pairs, boxes, method=str(work.parameters["method"]), side=side)
        work.report(first + len(piece), message="Looking at what it looks at")
    work.publish(pa.Table.from_pylist(rows, schema=SCHEMA))
    n_failed = sum("reason" in row for row in rows)
    return {"n_images": len(images) - n_failed, "n_maps": len(rows) - n_failed, "n_failed": n_failed}


def _maps(
    network: object,
    pairs: list[tuple[dict[str, object], np.ndarray]],
    boxes: dict[int, np.ndarray],
    *,
    method: str,
    side: int,
) -> list[dict[str, object]]:
    """A row a picture for its label, and one for the class that it was taken for where that is another."""
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
            found = shares(seen.maps[n, k], stride=seen.stride, side=side, boxes=mine)
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
                    "centre_share": found.centre,
                    "border_share": found.border,
                    "box_share": found.boxes,
                    "box_area": found.box_area,
                }
            )
    return rows


def _boxes_by_image(table: pa.Table) -> dict[int, np.ndarray]:
    found: dict[int, list[list[float]]] = {}
    for row in table.to_pylist():
        found.setdefault(row["image_id"], []).append([row[name] for name in ("x1", "y1", "x2", "y2")])
    return {image_id: np.array(sides) for image_id, sides in found.items()}


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    _check(parameters)
    found = find_dataset(workspace, dataset)
    run = _training_run(workspace, found.id, wanted=int(parameters["train_run"]))
    detection = _detection_run(workspace, found.id, wanted=int(parameters["detection_run"]))
    each = int(parameters["per_class"]) // 2
    todo = images_to_explain(workspace, train_run=run.run_id, each=each, run_id=run_id)
    if todo.num_rows and not weights_file(workspace, run.run_id).is_file():
        raise NothingToDo(
            f"The weights of run {run.run_id} are not in this workspace ({weights_file(workspace, run.run_id).name} of "
            "a run that was trained elsewhere stays there). Train here, or copy the file to its place."
        )
    chosen = {**parameters, "train_run": run.run_id, "detection_run": detection.run_id if detection else -1}
    if chosen["method"] == AUTO:
        chosen["method"] = best_method(int(run.parameters["side"]))
    about = {"architecture": run.model, "side": run.parameters["side"]}
    about["weights"] = str(weights_file(workspace, run.run_id))

    def write_inputs(folder: Path) -> None:
        ids, score = todo["image_id"].to_pylist(), float(parameters["box_score"])
        table = boxes_of(workspace, run_id=chosen["detection_run"], image_ids=ids, score=score)
        write_json(folder / ABOUT, about)
        pq.write_table(table.select(["image_id", "x1", "y1", "x2", "y2"]), folder / BOXES)

    return Prepared(found.id, found.name, found.root, todo, chosen, model=run.model, write_inputs=write_inputs)


def _check(parameters: dict[str, object]) -> None:
    known = (AUTO, *METHODS)
    if parameters["method"] not in known:
        raise UnknownParameter(f"saliency: method is one of {', '.join(known)}, not {parameters['method']!r}.")
    if not 2 <= int(parameters["per_class"]) <= 1000:
        raise UnknownParameter(f"saliency: per_class must lie between 2 and 1,000, not {parameters['per_class']}.")


def _training_run(workspace: Workspace, dataset_id: int, *, wanted: int) -> TrainingRun:
    """The run asked for, or the newest of a network (0)."""
    runs = [run for run in list_training_runs(workspace, dataset_id) if run.model in RESNETS]
    found = next((run for run in runs if wanted in (0, run.run_id)), None)
    if found is None:
        raise NothingToDo(
            f"Run {wanted} is no finished training run of a network. Networks: "
            f"{', '.join(str(run.run_id) for run in runs) or 'none'}."
            if wanted
            else "No network has been trained on this dataset yet: run a training first (job kind train)."
        )
    return found


def _detection_run(workspace: Workspace, dataset_id: int, *, wanted: int) -> DetectionRun | None:
    """The detection asked for, or the newest (0), or None (-1, or there is none)."""
    runs = list_detection_runs(workspace, dataset_id)
    found = next((run for run in runs if wanted in (0, run.run_id)), None)
    if found is None and wanted > 0:
        raise UnknownParameter(f"saliency: {wanted} is no finished detection of this dataset.")
    return found


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    land_saliency(cursor, table, run_id=spec.run_id)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    return {"train_run": spec.parameters["train_run"]}


KIND = Kind("saliency", COMPUTE, DEFAULTS, _prepare, _land, _finish)
