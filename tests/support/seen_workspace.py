"""A training run by hand, with the network of tests/drawn_network.py: pictures of coloured patches at known places."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from PIL import Image

from store.connection import Workspace
from store.datasets import Dataset, ensure_dataset
from store.runs import RunStart, finish_run, new_run_id, start_run
from store.training import land_training, weights_file
from tests.support.drawn_network import COLOURS, colour_network
from tests.support.small_workspace import image_row, land

SIDE = 64
CORNERS = ((0, 0), (32, 0), (0, 32), (32, 32))  # x, y of the network's own places
N = 24


def patches(workspace: Workspace, folder: Path, *, width: int = SIDE) -> Dataset:
    """24 grey pictures: number i has a patch of colour i % 3 at corner i % 4; those from 18 on carry a wrong label."""
    folder.mkdir(parents=True)
    rows = []
    for i in range(N):
        pixels = np.full((SIDE, width, 3), 128, np.uint8)
        x, y = CORNERS[i % 4]
        x += (width - SIDE) // 2
        square = pixels[max(y - 6, 0) : y + 6, max(x - 6, 0) : x + 6]
        square[...] = 0
        square[..., i % 3] = 255
        Image.fromarray(pixels).save(folder / f"{i:02}.png")
        label = i % 3 if i < 18 else (i + 1) % 3
        rows.append(image_row(f"{i:02}.png", label=label, width=width, height=SIDE))
    dataset = ensure_dataset(workspace, "patches", root=str(folder), task="single", layout="classes")
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, name in enumerate(COLOURS):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, name]
            )
    return dataset


def land_network(workspace: Workspace, dataset: Dataset, *, model: str = "resnet18", keep: bool = True) -> int:
    """A finished training run that was tested on all pictures but the first; its number. keep: its weights are here."""
    run_id = new_run_id(workspace)
    parameters = {"side": SIDE, "seed": 1, "labels": "now", "evaluation": "Test"}
    start = RunStart(
        run_id,
        dataset.id,
        "train-000000",
        "train",
        model,
        parameters,
        1,
        "test",
        workspace.generation(dataset.id),
        "cpu",
    )
    labels = [i % 3 if i < 18 else (i + 1) % 3 for i in range(N)]
    rows = []
    for i in range(N):
        sure = 0.5 + 0.02 * i
        shares = [sure if c == i % 3 else (1 - sure) / 2 for c in range(3)]
        part = "test" if i else "train"
        rows.append(
            {
                "image_id": i + 1,
                "part": part,
                "label": labels[i],
                "labels": None,
                "fold": None,
                "reason": None,
                "probabilities": shares if i else None,
            }
        )
    schema = pa.schema(
        [
            ("image_id", pa.int64()),
            ("part", pa.string()),
            ("label", pa.int32()),
            ("labels", pa.list_(pa.int32())),
            ("fold", pa.int32()),
            ("reason", pa.string()),
            ("probabilities", pa.list_(pa.float32())),
        ]
    )
    with workspace.writing(dataset.id) as cursor:
        start_run(cursor, start)
        table = pa.Table.from_pylist(rows, schema=schema)
        land_training(cursor, table, dataset_id=dataset.id, run_id=run_id, name="Test", rule={"by": "hand"})
        figures = json.loads(json.dumps({"classes": list(COLOURS), "n_test": N - 1}))
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=figures)
    if keep:
        path = weights_file(workspace, run_id)
        path.parent.mkdir(parents=True)
        torch.save(colour_network().state_dict(), path)
    return run_id
