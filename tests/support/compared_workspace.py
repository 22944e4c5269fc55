"""A dataset with runs whose predictions are known by hand: two trained, one out of fold, one zero-shot."""

import numpy as np
import pyarrow as pa

from store.connection import Workspace
from store.datasets import Dataset
from store.runs import RunStart, finish_run, start_run
from store.statements import sql
from store.training import land_training
from tests.support.small_workspace import image_row, land, new_dataset

NAMES = ("cat", "<b>lynx</b>", "wolf")
N, N_TEST = 120, 60  # the last 60 are the evaluation set
FIRST, SECOND, FOLDS, ZERO = 11, 12, 13, 14
SET = "Held back"
ON_SET = {"runs": [FIRST, SECOND], "source": "set", "number": 1}  # as a measure is asked for both on it


def compared(workspace: Workspace, name: str = "birds") -> Dataset:
    """120 images: 0, 1, 2, 0, 1, 2, ...; image 3 has no label. Runs FIRST and SECOND were trained on the first 50.

    Of the 60 test pictures FIRST gets 30 right, SECOND 45, FOLDS 40 of all 120, ZERO all but one in four of all.
    """
    dataset = new_dataset(workspace, name)
    rows = [image_row(f"{i:03}.png", label=None if i == 3 else i % 3) for i in range(N)]
    land(workspace, dataset.id, rows)
    with workspace.writing(dataset.id) as cursor:
        for index, class_name in enumerate(NAMES):
            cursor.execute(
                "INSERT INTO class_name (dataset_id, index, name) VALUES ($1, $2, $3)", [dataset.id, index, class_name]
            )
    truth = np.arange(N) % 3
    place = np.arange(N) - (N - N_TEST)
    trained(workspace, dataset, FIRST, shares(truth, right=place % 2 == 0), model="knn")
    trained(workspace, dataset, SECOND, shares(truth, right=place % 4 != 1), model="logistic")
    predicted(workspace, dataset, FOLDS, shares(truth, right=np.arange(N) % 3 != 1), kind="label-issues")
    predicted(workspace, dataset, ZERO, shares(truth, right=np.arange(N) % 4 != 3), kind="zero-shot")
    return dataset


def shares(truth: np.ndarray, *, right: np.ndarray) -> np.ndarray:
    """Probabilities (n, 3): 0.8 for the true class where right, for the next one elsewhere."""
    said = np.where(right, truth, (truth + 1) % 3)
    return np.where(np.eye(3, dtype=bool)[said], 0.8, 0.1).astype(np.float32)


def trained(
    workspace: Workspace, dataset: Dataset, run_id: int, probabilities: np.ndarray, *, model: str, evaluation: str = SET
) -> None:
    """Land a training run as its job does: 50 train, 8 validate, 2 are copies, 60 test."""
    part = np.array(["train"] * 50 + ["validation"] * 8 + ["copy"] * 2 + ["test"] * N_TEST)
    table = incoming(workspace, dataset, probabilities, known=part != "train")
    table = table.append_column("part", pa.array(part)).append_column("label", label_column(workspace, dataset))
    table = table.append_column("labels", pa.nulls(table.num_rows, pa.list_(pa.int32())))
    figures = {"n_train": 50, "test_balanced_accuracy": 0.5}
    parameters = {"evaluation": evaluation, "labels": "imported"}
    with workspace.writing(dataset.id) as cursor:
        start(cursor, dataset, run_id, kind="train", model=model, parameters=parameters)
        land_training(cursor, table, dataset_id=dataset.id, run_id=run_id, name=evaluation, rule={"split": "chance"})
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures=figures)


def predicted(workspace: Workspace, dataset: Dataset, run_id: int, probabilities: np.ndarray, *, kind: str) -> None:
    """Land predictions of every picture: a label check's out of fold, or zero-shot ones."""
    table = incoming(workspace, dataset, probabilities, known=np.ones(len(probabilities), bool))
    with workspace.writing(dataset.id) as cursor:
        start(cursor, dataset, run_id, kind=kind, model="tiny", parameters={})
        cursor.register("incoming", table)
        cursor.execute(sql("insert_predictions"), {"run_id": run_id})
        if kind == "zero-shot":
            cursor.execute(sql("mark_prediction_kind"), {"run_id": run_id, "kind": "zero-shot"})
        else:
            cursor.execute(sql("mark_out_of_fold"), {"run_id": run_id})
        finish_run(cursor, run_id, complete=True, seconds=1.0, figures={})


def incoming(workspace: Workspace, dataset: Dataset, probabilities: np.ndarray, *, known: np.ndarray) -> pa.Table:
    """image_id, fold, probabilities (null where not known), reason, as a segment brings them."""
    values = [row.tolist() if seen else None for row, seen in zip(probabilities, known, strict=True)]
    return pa.table(
        {
            "image_id": workspace.read("images_to_embed", dataset_id=dataset.id)["image_id"],
            "fold": pa.array(np.arange(len(values)) % 2, pa.int32()),
            "probabilities": pa.array(values, pa.list_(pa.float32())),
            "reason": pa.nulls(len(values), pa.string()),
        }
    )


def label_column(workspace: Workspace, dataset: Dataset) -> pa.Array:
    """The labels as imported, by id."""
    with workspace.writing(dataset.id) as cursor:
        found = cursor.execute("SELECT label FROM image WHERE dataset_id = $1 ORDER BY id", [dataset.id]).fetchall()
    return pa.array([label for (label,) in found], pa.int32())


def start(cursor, dataset: Dataset, run_id: int, *, kind: str, model: str, parameters: dict[str, object]) -> None:
    """Record that a run began."""
    run = RunStart(run_id, dataset.id, f"{kind}-{run_id}", kind, model, parameters, 1, "test", 1, None)
    start_run(cursor, run)
