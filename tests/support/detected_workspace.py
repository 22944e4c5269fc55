"""Detections for tests: ONNX files of a few lines, jobs done on the spot, rows landed by hand."""

from pathlib import Path

import numpy as np
import onnx
import pyarrow as pa
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from jobs.detect.job import SCHEMA
from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.detections import land_detections
from store.runs import RunStart, finish_run, new_run_id, start_run
from tests.support.small_workspace import image_row, land, new_dataset

SIDE = 32
ROWS = ((2.0, 4.0, 10.0, 20.0, 0.9, 0.0), (3.0, 4.0, 10.0, 20.0, 0.5, 0.0), (-8.0, 20.0, 40.0, 60.0, 0.8, 1.0))


def write_onnx(
    path: Path, rows=ROWS, *, names: str = "", shape=(1, SIDE, SIDE, 3), out_name: str = "boxes", kind=TensorProto.FLOAT
) -> Path:
    """An ONNX file that gives `rows` for every picture, their scores times the picture's mean in [0, 1]."""
    values = np.array(rows, np.float32)
    columns = [
        numpy_helper.from_array(part, name)
        for part, name in (
            (values[..., :4], "sides"),
            (values[..., 4:5], "scores"),
            (values[..., 5:], "rest"),
        )
    ]
    axes = numpy_helper.from_array(np.arange(len(shape), dtype=np.int64), "axes")
    full = numpy_helper.from_array(np.array(255, np.float32), "full")
    nodes = [
        helper.make_node("Cast", ["picture"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers", "axes"], ["mean"], keepdims=0),
        helper.make_node("Div", ["mean", "full"], ["light"]),
        helper.make_node("Mul", ["scores", "light"], ["seen"]),
        helper.make_node("Concat", ["sides", "seen", "rest"], [out_name], axis=-1),
    ]
    given = [helper.make_tensor_value_info("picture", kind, shape)]
    out = [helper.make_tensor_value_info(out_name, TensorProto.FLOAT, list(values.shape))]
    graph = helper.make_graph(nodes, "boxes", given, out, initializer=[*columns, axes, full])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    if names:
        helper.set_model_props(model, {"names": names})
    onnx.save(model, path)
    return path


def picture_folder(folder: Path, sizes: dict[str, tuple[int, int]], *, black: tuple[str, ...] = ()) -> Path:
    """PNG files of one colour, white but for those named."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in sizes.items():
        Image.new("RGB", size, "black" if name in black else "white").save(folder / name)
    return folder


def dataset_of(workspace: Workspace, folder: Path, name: str = "street", **labels: int) -> Dataset:
    """The PNG files of a folder as a dataset; labels by the file's stem."""
    dataset = ensure_dataset(workspace, name, root=str(folder), task="single", layout="flat")
    rows = []
    for path in sorted(folder.glob("*.png")):
        with Image.open(path) as opened:
            width, height = opened.size
            if opened.getexif().get(0x0112) == 6:  # turned by a quarter
                width, height = height, width
        rows.append(image_row(path.name, width=width, height=height, label=labels.get(path.stem)))
    land(workspace, dataset.id, rows)
    return dataset


def land_boxes(
    workspace: Workspace, dataset: Dataset, found: dict[str, list[tuple]], *, names=("person", "car"), **figures: object
) -> int:
    """A finished detection by hand: by path, rows of class, score, x1, y1, x2, y2; the run's number."""
    images = {row["path"]: row for row in workspace.rows("images_to_embed", dataset_id=dataset.id)}
    rows = []
    for path, objects in found.items():
        columns = dict(zip(("classes", "scores", "x1", "y1", "x2", "y2"), zip(*objects, strict=True), strict=False))
        empty = {name: [] for name in ("classes", "scores", "x1", "y1", "x2", "y2")}
        areas = [(x2 - x1) * (y2 - y1) for _, _, x1, y1, x2, y2 in objects]
        image = {"image_id": images[path]["image_id"], "sha256": images[path]["sha256"]}
        rows.append({**image, **empty, **columns, "areas": areas, "masks": [None] * len(objects)})
    run_id = new_run_id(workspace)
    start = RunStart(
        run_id,
        dataset.id,
        "detect-000000",
        "detect",
        "onnx",
        {"score_floor": 0.1, "nms_iou": 0.5, "most": 300},
        None,
        "test",
        workspace.generation(dataset.id),
        "cpu",
    )
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, start)
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        land_detections(cursor, table, names=dict(enumerate(names)), run_id=run_id)
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=figures)
    return run_id


def small_street(workspace: Workspace, name: str = "street") -> Dataset:
    """Four images of 64 x 48 without files: a.png, b.png of class 0 (cat), c.png of 1 (<b>dog</b>), d.png of none."""
    dataset = new_dataset(workspace, name)
    labels = {"a.png": 0, "b.png": 0, "c.png": 1, "d.png": None}
    land(workspace, dataset.id, [image_row(path, label=label) for path, label in labels.items()])
    with workspace.writing(dataset.id) as cursor:
        for index, class_name in enumerate(("cat", "<b>dog</b>")):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, class_name]
            )
    return dataset


STREET = {
    "a.png": [(0, 0.9, 0, 0, 10, 20), (0, 0.8, 20, 0, 30, 20), (1, 0.4, 5, 5, 60, 40)],
    "b.png": [(0, 0.5, 30, 10, 40, 30)],
    "c.png": [(1, 0.95, 1, 1, 30, 30)],
    "d.png": [],
}
