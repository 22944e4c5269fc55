"""The training job: a classifier from scratch, from a checkpoint, or on vectors; it lands whole or not at all.

A ResNet that was killed goes on from its last epoch, with the pictures and parts it began with.
"""

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics import budget
from analytics.vector_classifiers import Fitted, logistic, nearest
from analytics.wording import count
from importers.pixels import Pixels, pixels_of
from jobs.engine.errors import NothingToDo, TrainingFailed, UnknownParameter
from jobs.engine.folder import job_folder, read_json, write_json
from jobs.engine.kinds import Figures, Job, JobCode, Prepared
from jobs.engine.spaces import chosen_space
from jobs.engine.worker import Work
from jobs.train.data import given_to_train, near_pairs
from jobs.train.kind import BEST, CURVE, ONNX, TrainParameters
from jobs.train.results import (
    rows_of,
    scores_of,
    several_scores_of,
    several_validation_scores,
    validation_scores,
)
from jobs.train.returned import check_returned
from jobs.train.splits import PAIRS, choose_parts, classes_of, has_several, many_hot
from models.devices import best_device, require_device
from models.errors import LossNotFinite
from models.protocol import Epoch, Protocol, Trained
from models.resnets import export_onnx
from models.training import Trainer, TrainingData
from store.connection import Workspace
from store.datasets import find_dataset
from store.training import land_training, save_epochs
from store.vectors import chosen_vectors

VECTORS, ABOUT, NOTES = "vectors.npy", "about.npy", "notes.npy"
ITEMS, CHECKPOINT = "items.parquet", "checkpoint.pt"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a classifier says of n pictures. probabilities: (n, c) float32, NaN where it was not asked.

    reasons: why a picture took no part, by its row. figures: the run's, of how it was trained.
    """

    probabilities: np.ndarray
    reasons: dict[int, str]
    figures: Figures


def compute(work: Work[TrainParameters]) -> Figures:
    """Split the pictures, train, predict those that did not train, and publish everything at once."""
    items, about = _items(work)
    names = np.load(work.folder.path / ABOUT).tolist()
    train_on = _vectors if work.parameters.on_vectors else _pictures
    outcome = train_on(work, items, n_classes=len(names))
    scored = several_scores_of if has_several(items) else scores_of
    scores = scored(items, outcome.probabilities, names=names, leaked_share=about["leaked_share"])
    figures = outcome.figures | about | scores
    figures["notes"] = [*np.load(work.folder.path / NOTES).tolist(), *figures.get("notes", [])]
    work.publish(rows_of(items, outcome.probabilities, reasons=outcome.reasons))
    work.report(work.n_todo, total=work.n_todo, failed=len(outcome.reasons), message="Trained")
    return {**figures, "message": _sentence(figures)}


def _items(work: Work[TrainParameters]) -> tuple[pa.Table, Figures]:
    """The pictures with their parts, chosen once: an attempt after a kill finds them as they were."""
    kept = work.folder.path / ITEMS
    if kept.exists():
        table = pq.read_table(kept)
        return table, json.loads(table.schema.metadata[b"about"])
    todo = pa.concat_tables(list(work.todo()))
    part, about = choose_parts(todo, folder=work.folder.path, parameters=work.parameters)
    if not (part == "train").any():
        raise NothingToDo("No picture is left to train on: all are in the evaluation set, or near duplicates of it.")
    table = _with_planted(todo.append_column("part", pa.array(part.tolist(), pa.string())), work.parameters)
    table = table.replace_schema_metadata({b"about": json.dumps(about).encode()})
    pq.write_table(table, kept.with_suffix(".tmp"))
    os.replace(kept.with_suffix(".tmp"), kept)
    return table, about


def _with_planted(items: pa.Table, parameters: TrainParameters) -> pa.Table:
    """`items` with the share `planted_noise` of the training labels exchanged for others, by the seed."""
    share, labels = parameters.planted_noise, classes_of(items)
    if not share:
        return items
    train = np.flatnonzero(np.array(items["part"].to_pylist()) == "train")
    rng = np.random.default_rng([parameters.seed, len(train)])
    labels[train] = budget.with_noise(labels[train], share=share, n_classes=int(labels.max()) + 1, rng=rng)
    wrong = pa.array(labels.astype(np.int32), mask=labels < 0)
    return items.set_column(items.column_names.index("label"), "label", wrong)


def _vectors(work: Work[TrainParameters], items: pa.Table, *, n_classes: int) -> Outcome:
    """Logistic regression or nearest neighbours; pictures without a vector take no part."""
    vectors = np.load(work.folder.path / VECTORS)
    usable = np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1)
    reasons = {int(row): "The picture has no usable vector in this space." for row in np.flatnonzero(~usable)}
    vectors[~usable] = 0
    fitted = _fitted(work, vectors, items, usable=usable, n_classes=n_classes)
    fitted.probabilities[~usable] = np.nan
    figures: Figures = {"device": "cpu", "chosen": fitted.chosen, "n_dims": vectors.shape[1]}
    figures |= {"validation_balanced_accuracy": fitted.tried[fitted.chosen]}
    return Outcome(fitted.probabilities, reasons, figures)


def _fitted(
    work: Work[TrainParameters], vectors: np.ndarray, items: pa.Table, *, usable: np.ndarray, n_classes: int
) -> Fitted:
    parameters, labels, part = work.parameters, classes_of(items), np.array(items["part"].to_pylist())
    train, validation = (np.flatnonzero((part == name) & usable) for name in ("train", "validation"))
    work.report(0, message=f"Learning from {count(len(train), 'vector')}")
    balanced = parameters.balanced or parameters.class_weights
    if parameters.model == "knn":
        return nearest(
            vectors,
            labels,
            train=train,
            validation=validation,
            n_classes=n_classes,
            k=parameters.neighbours,
            balanced=balanced,
        )
    return logistic(vectors, labels, train=train, validation=validation, n_classes=n_classes, balanced=balanced)


def _pictures(work: Work[TrainParameters], items: pa.Table, *, n_classes: int) -> Outcome:
    """A ResNet by the protocol; live curve beside it."""
    parameters = work.parameters
    protocol = protocol_of(parameters, device=_device(parameters.device))
    pixels = _decoded(work, items)
    part, is_read = np.array(items["part"].to_pylist()), pixels.rows >= 0
    several = has_several(items)
    labels = many_hot(items, n_classes=n_classes) if several else classes_of(items)
    train, validation = (np.flatnonzero((part == name) & is_read) for name in ("train", "validation"))
    trainer = Trainer(
        TrainingData(pixels.values, labels, train, validation, n_classes, places=pixels.rows),
        protocol=protocol,
        score=several_validation_scores if several else validation_scores,
        folder=work.folder.path,
        weights=Path(parameters.weights).expanduser() if parameters.weights else None,
        heard=_reporter(work, protocol, n_train=len(train)),
    )
    try:
        trained = trainer.run()
    except LossNotFinite as error:
        first = ", ".join(items["path"][row].as_py() for row in error.rows[:3])
        raise TrainingFailed(f"{error} Its first pictures: {first}.") from error
    asked = np.flatnonzero(is_read & np.isin(part, ("validation", "test", "copy")))
    work.report(work.n_todo, total=work.n_todo + 1, message="Predicting pictures that it has not seen")
    probabilities = np.full((items.num_rows, n_classes), np.nan, np.float32)
    probabilities[asked] = trainer.probabilities(asked)
    figures = _figures_of(trained, device=protocol.device, n_train=len(train))
    if parameters.onnx:
        work.report(work.n_todo, total=work.n_todo + 1, message="Writing the ONNX file")
        onnx_file = work.folder.path / ONNX
        figures["onnx_difference"] = export_onnx(trained.network, onnx_file, side=parameters.side)
    return Outcome(probabilities, pixels.reasons, figures)


def _device(asked: str) -> str:
    return best_device() if asked == "auto" else require_device(asked)


def _decoded(work: Work[TrainParameters], items: pa.Table) -> Pixels:
    """The pictures' pixels, decoded once for all runs of the same side."""
    side = work.parameters.side
    cache = work.workspace / "thumbs" / f"pixels-{work.spec.dataset_id}-{side}.npy"
    cache.parent.mkdir(parents=True, exist_ok=True)
    return pixels_of(
        items["path"].to_pylist(),
        sha256s=items["sha256"].to_pylist(),
        root=work.root,
        cache=cache,
        side=side,
        report=lambda done, n: work.report(0, message=f"Decoding pictures: {done:,} of {n:,}"),
    )


def _reporter(work: Work[TrainParameters], protocol: Protocol, *, n_train: int) -> Callable[[list[Epoch], int], None]:
    """Tells the owner how far training is, and leaves the curve where pages find it."""
    n_written = -1

    def report(epochs: list[Epoch], done: int) -> None:
        nonlocal n_written
        total = protocol.epochs * n_train
        message = f"Epoch {min(len(epochs) + 1, protocol.epochs)} of {protocol.epochs}{_score_in_words(epochs)}"
        work.report(min(done, total - 1), total=total, message=message)
        if len(epochs) != n_written:
            n_written = len(epochs)
            curve = {"of": protocol.epochs, "epochs": [dataclasses.asdict(epoch) for epoch in epochs]}
            write_json(work.folder.path / CURVE, curve)

    if not (work.folder.path / CURVE).exists():
        report([], 0)
    return report


def _score_in_words(epochs: list[Epoch]) -> str:
    """ ", 91.2 % balanced accuracy" of the last epoch; "" where none was measured."""
    last = epochs[-1] if epochs else None
    if last is None or last.score is None:
        return ""
    measure = "mean average precision" if last.balanced_accuracy is None else "balanced accuracy"
    return f", {100 * last.score:.1f} % {measure}"


def _figures_of(trained: Trained, *, device: str, n_train: int) -> Figures:
    epochs, rate = trained.epochs, trained.found_rate
    seconds = sum(epoch.seconds for epoch in epochs)
    best = epochs[trained.best_epoch - 1]
    return {
        "n_epochs": len(epochs),
        "best_epoch": trained.best_epoch,
        "training_seconds": round(seconds, 1),
        "images_per_second": round(n_train * len(epochs) / seconds, 1) if seconds else None,
        "waiting_share": round(float(np.mean([epoch.waiting_share for epoch in epochs])), 4),
        "validation_balanced_accuracy": best.balanced_accuracy,
        "validation_mean_average_precision": best.mean_average_precision,
        "device": device,
        "precision": trained.precision,
        "batch_size": trained.batch_size,
        "stopped_early": trained.stopped_early,
        "notes": trained.notes,
        "found_rate": None if rate is None else rate.rate,
        "rate_curve": None if rate is None else rate.curve,
    }


def _sentence(figures: Figures) -> str:
    for name in ("balanced accuracy", "mean average precision"):
        score = figures.get(f"test_{name.replace(' ', '_')}")
        if score is not None:
            return f"{100 * score:.1f} % {name} on {count(figures['n_test'], 'picture')} it had not seen."
    return ""


def protocol_of(parameters: TrainParameters, *, device: str) -> Protocol:
    """The protocol that a network is trained by."""
    return Protocol(
        architecture=parameters.model,
        epochs=parameters.epochs,
        batch_size=parameters.batch_size,
        optimizer=parameters.optimizer,
        learning_rate=parameters.learning_rate,
        find_rate=parameters.find_rate,
        weight_decay=parameters.weight_decay,
        augment=parameters.augment,
        mix=parameters.mix,
        loss=parameters.loss,
        selection=parameters.selection,
        forget_rate=parameters.forget_rate,
        forget_epochs=parameters.forget_epochs,
        label_smoothing=parameters.label_smoothing,
        class_weights=parameters.class_weights,
        balanced=parameters.balanced,
        patience=parameters.patience,
        frozen_epochs=parameters.frozen_epochs,
        seed=parameters.seed,
        device=device,
    )


def _require_single_choices(parameters: TrainParameters) -> None:
    """Raise UnknownParameter for what pictures with several labels each cannot be trained with."""
    for name, is_asked in (
        ("treatment", parameters.treatment != "none"),
        ("planted_noise", bool(parameters.planted_noise)),
        ("model", parameters.on_vectors),
        ("loss", parameters.loss != "cross-entropy"),
    ):
        if is_asked:
            raise UnknownParameter(
                f"train: {name} {getattr(parameters, name)} is for datasets with one label a picture; leave it at its "
                "default."
            )


def prepare(workspace: Workspace, dataset: str, parameters: TrainParameters, run_id: int) -> Prepared[TrainParameters]:
    """Train on all pictures that were asked for, or on none where the run has landed."""
    found = find_dataset(workspace, dataset)
    several = found.task != "single"
    if several:
        _require_single_choices(parameters)
    given = given_to_train(workspace, found, parameters, run_id=run_id)
    todo = given.images
    _require_classes(todo, several=several)
    space = None
    if parameters.on_vectors:
        space = chosen_space(workspace, found.id, name=parameters.space, kind="train")

    def write_inputs(folder: Path) -> None:
        if (folder / CHECKPOINT).exists():  # it goes on with the pictures it began with
            return
        for name in (ITEMS, CURVE):
            (folder / name).unlink(missing_ok=True)
        np.save(folder / ABOUT, np.array(given.names, dtype=str))
        np.save(folder / NOTES, np.array(given.notes, dtype=str))
        np.save(folder / PAIRS, near_pairs(workspace, found.id, images=todo))
        if space is not None:
            np.save(folder / VECTORS, chosen_vectors(workspace, space, image_ids=todo["image_id"].to_numpy()))

    chosen = parameters.changed(
        evaluation=given.evaluation,
        version=given.version,
        label_run=given.label_run,
        space=parameters.space if space is None else space.name,
    )
    model = parameters.model
    return Prepared(found.id, found.name, found.root, todo, chosen, model=model, write_inputs=write_inputs)


def _require_classes(todo: pa.Table, *, several: bool) -> None:
    """Raise NothingToDo for pictures among which there is nothing to tell apart; a run that has landed has none."""
    if several:
        n_classes = len({tuple(row) for row in todo["labels"].to_pylist() if row is not None})
    else:
        labels = classes_of(todo)
        n_classes = len(np.unique(labels[labels >= 0]))
    if todo.num_rows and n_classes < 2:
        raise NothingToDo("Training needs labelled pictures of two classes at least, and this dataset has fewer.")


def land(cursor: duckdb.DuckDBPyConnection, job: Job[TrainParameters], table: pa.Table) -> None:
    """Take parts, predictions and the evaluation set into the file."""
    rule = job.parameters.model_dump(include={"split", "test", "split_seed", "labels", "version"})
    name = job.parameters.evaluation
    land_training(cursor, table, dataset_id=job.dataset_id, run_id=job.run_id, name=name, rule=rule)


def finish(workspace: Workspace, job: Job[TrainParameters]) -> Figures:
    """Keep the curve in the file and the weights in the workspace's `models`; clear what is not needed any more."""
    folder = job_folder(workspace.root, job.spec.id).path
    curve = read_json(folder / CURVE)
    if curve is not None:
        save_epochs(workspace, job.dataset_id, run_id=job.run_id, epochs=curve["epochs"])
    kept = workspace.root / "models" / f"run-{job.run_id}"
    for name in (BEST, ONNX):
        if (folder / name).exists():
            kept.mkdir(exist_ok=True)
            os.replace(folder / name, kept / name)
    for name in (VECTORS, PAIRS, NOTES, CHECKPOINT, ITEMS):
        (folder / name).unlink(missing_ok=True)
    return {"evaluation": job.parameters.evaluation}


JOB = JobCode(prepare=prepare, compute=compute, land=land, finish=finish, check_returned=check_returned)
