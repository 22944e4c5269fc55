"""Training runs: what goes into one, where its predictions, parts and curves go, the sets that runs are scored on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from store.connection import Workspace, utc_now
from store.rows import Bound, JsonObject
from store.runs import FinishedRun, finished_runs
from store.statements import sql

EPOCH_SCHEMA = pa.schema(
    [
        ("epoch", pa.int32()),
        ("train_loss", pa.float64()),
        ("validation_loss", pa.float64()),
        ("balanced_accuracy", pa.float64()),
        ("recalls", pa.list_(pa.float64())),
        ("learning_rate", pa.float64()),
        ("seconds", pa.float64()),
        ("images_per_second", pa.float64()),
        ("waiting_share", pa.float64()),
        ("mean_average_precision", pa.float64()),
    ]
)


@dataclass(frozen=True)
class EvaluationSet:
    """Pictures that runs are scored on; once made, it never changes. rule: how they were chosen."""

    id: int
    name: str
    rule: JsonObject
    n: int


@dataclass(frozen=True, kw_only=True)
class TrainingRun(FinishedRun):
    """A finished training run."""

    job_id: str
    model: str
    device: str | None


@dataclass(frozen=True, kw_only=True)
class EpochRow:
    """An epoch of a run's curve; scores are of the validation pictures, None where there are none.

    recalls: by class, None for one without pictures. mean_average_precision: where pictures carry several labels.
    """

    epoch: int
    train_loss: float
    validation_loss: float | None
    balanced_accuracy: float | None
    recalls: list[float | None] | None
    learning_rate: float
    seconds: float
    images_per_second: float
    waiting_share: float
    mean_average_precision: float | None


def images_to_train(
    workspace: Workspace,
    dataset_id: int,
    *,
    run_id: int,
    imported: bool = False,
    version_id: int = 0,
    set_id: int = 0,
    evaluation_version: int = 0,
    evaluation_splits: Sequence[str] = (),
    budget_run: int = 0,
) -> pa.Table:
    """image_id, path, sha256, label, labels, split, pixel_sha256, phash, in_set, own of what a run may use.

    own: pictures and labels of version `version_id`, or (0) as the source gave them, or as they are after decisions.
    in_set: those that it is scored on, with the labels of that set: an evaluation set, the given splits of a version,
    or what a data budget was judged on. No rows once the run has landed.
    """
    values: dict[str, Bound] = {
        "imported": imported,
        "version_id": version_id,
        "set_id": set_id,
        "evaluation_version": evaluation_version,
        "evaluation_splits": list(evaluation_splits) or [""],
        "budget_run": budget_run,
        "run_id": run_id,
    }
    return workspace.read("images_to_train", dataset_id=dataset_id, **values)


def has_landed(workspace: Workspace, *, run_id: int) -> bool:
    """Whether a training run's rows are in the file."""
    return bool(workspace.value("training_is_there", bool, run_id=run_id))


def images_to_treat(workspace: Workspace, dataset_id: int, *, label_run: int) -> pa.Table:
    """image_id, doubted, suggested, outlier, copy_group of the dataset's images, by the label check `label_run`."""
    return workspace.read("images_to_treat", dataset_id=dataset_id, label_run=label_run)


def find_evaluation_set(workspace: Workspace, dataset_id: int, *, name: str) -> EvaluationSet | None:
    """The dataset's evaluation set called `name`, or None."""
    return workspace.first("find_evaluation_set", EvaluationSet, dataset_id=dataset_id, name=name)


def list_evaluation_sets(workspace: Workspace, dataset_id: int) -> list[EvaluationSet]:
    """The dataset's evaluation sets, newest first."""
    return workspace.all("list_evaluation_sets", EvaluationSet, dataset_id=dataset_id)


def land_training(
    cursor: duckdb.DuckDBPyConnection,
    table: pa.Table,
    *,
    dataset_id: int,
    run_id: int,
    name: str,
    rule: Mapping[str, object],
) -> None:
    """Take a training run's rows into the open transaction of `cursor`: parts, predictions, failures.

    table: image_id, part, label, labels, fold, probabilities (null where none), reason. The part `test` becomes the
    evaluation set `name`, unless there is one of that name already.
    """
    cursor.register("incoming", table)
    for statement in ("insert_predictions", "insert_run_items"):
        cursor.execute(sql(statement), {"run_id": run_id})
    cursor.execute(sql("mark_prediction_kind"), {"run_id": run_id, "kind": "held-out"})
    for statement in ("delete_run_failures", "insert_run_failures"):
        cursor.execute(sql(statement), {"run_id": run_id})
    named = {"dataset_id": dataset_id, "name": name}
    if not cursor.execute(sql("find_evaluation_set"), named).fetchall():
        values = {**named, "rule": json.dumps(dict(rule)), "run_id": run_id, "created_at": utc_now()}
        ((set_id,),) = cursor.execute(sql("insert_evaluation_set"), values).fetchall()
        cursor.execute(sql("insert_evaluation_items"), {"set_id": set_id})


def save_epochs(workspace: Workspace, dataset_id: int, *, run_id: int, epochs: Sequence[Mapping[str, object]]) -> None:
    """Keep a run's curve, in place of what was kept of it before."""
    with workspace.writing(dataset_id) as cursor:
        cursor.register("incoming", pa.Table.from_pylist(list(epochs), schema=EPOCH_SCHEMA))
        for statement in ("delete_training_epochs", "insert_training_epochs"):
            cursor.execute(sql(statement), {"run_id": run_id})


def read_epochs(workspace: Workspace, *, run_id: int) -> list[EpochRow]:
    """A run's curve, an epoch a row."""
    return workspace.all("training_epochs", EpochRow, run_id=run_id)


def weights_file(workspace: Workspace, run_id: int) -> Path:
    """Where the best weights of a network's training run are kept, if it was trained here."""
    return workspace.root / "models" / f"run-{run_id}" / "best.pt"


def onnx_file(workspace: Workspace, run_id: int) -> Path:
    """Where a network's training run keeps its ONNX file, if it wrote one."""
    return workspace.root / "models" / f"run-{run_id}" / "model.onnx"


def list_training_runs(workspace: Workspace, dataset_id: int) -> list[TrainingRun]:
    """The dataset's finished training runs, newest first."""
    return finished_runs(workspace, dataset_id, kind="train", of=TrainingRun)


def trainable_counts(workspace: Workspace, dataset_id: int) -> pa.Table:
    """split, n, n_given: how many labelled pictures each split has, as labels are now and as imported."""
    return workspace.read("trainable_counts", dataset_id=dataset_id)
