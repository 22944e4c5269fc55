"""The training job: a classifier from scratch, from a checkpoint, or on vectors; it lands whole or not at all.

A ResNet that was killed goes on from its last epoch, with the pictures and parts it began with.
"""

import dataclasses
import json
import os
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics import budget
from importers.pixels import pixels_of
from jobs.engine.errors import NothingToDo, TrainingFailed, UnknownParameter
from jobs.engine.folder import job_folder, read_json, write_json
from jobs.engine.kinds import COMPUTE
from jobs.engine.spaces import chosen_space
from jobs.engine.spec import JobSpec
from jobs.engine.unconverted import Kind, Prepared
from jobs.engine.worker import Work
from jobs.train.data import TREATMENTS, given_to_train, near_pairs
from jobs.train.results import (
    rows_of,
    scores_of,
    several_scores_of,
    several_validation_scores,
    validation_scores,
)
from jobs.train.returned import BROUGHT, check_brought
from jobs.train.splits import PAIRS, Rules, choose_parts, classes_of, has_several, many_hot
from models.devices import best_device, require_device
from models.errors import LossNotFinite
from models.protocol import Epoch, Protocol
from models.resnets import export_onnx
from models.training import Trainer, TrainingData
from store.connection import Workspace
from store.datasets import find_dataset
from store.training import land_training, save_epochs
from store.vectors import chosen_vectors

VECTORS, ABOUT, NOTES = "vectors.npy", "about.npy", "notes.npy"
ITEMS, CURVE = "items.parquet", "curve.json"
CHECKPOINT, BEST, ONNX = "checkpoint.pt", "best.pt", "model.onnx"
ON_VECTORS = ("logistic", "knn")
LABELS, SPLITS = ("now", "imported"), ("auto", "column", "chance")
DEFAULTS: dict[str, object] = {
    "model": "resnet34",
    "epochs": 30,
    "batch_size": 128,
    "side": 64,
    "optimizer": "sgd",
    "learning_rate": 0.0,
    "find_rate": False,
    "weight_decay": 5e-4,
    "augment": "none",
    "mix": "none",
    "loss": "cross-entropy",
    "selection": "none",
    "forget_rate": 0.2,
    "forget_epochs": 10,
    "label_smoothing": 0.0,
    "class_weights": False,
    "balanced": False,
    "patience": 8,
    "weights": "",
    "frozen_epochs": 0,
    "labels": "now",
    "version": "",
    "treatment": "none",
    "label_run": 0,
    "planted_noise": 0.0,
    "split": "auto",
    "validation": 0.1,
    "test": 0.1,
    "split_seed": 801,
    "evaluation": "",
    "most_train": 0,
    "even": False,
    "space": "",
    "neighbours": 20,
    "device": "auto",
    "onnx": True,
    "seed": 801,
}


def compute(work: Work) -> dict[str, object]:
    """Split the pictures, train, predict those that did not train, and publish everything at once."""
    items, about = _items(work)
    names = np.load(work.folder.path / ABOUT).tolist()
    train_on = _vectors if work.parameters["model"] in ON_VECTORS else _pictures
    probabilities, reasons, figures = train_on(work, items, n_classes=len(names))
    scored = several_scores_of if has_several(items) else scores_of
    figures |= about | scored(items, probabilities, names=names, leaked_share=float(about["leaked_share"]))
    figures["notes"] = [*np.load(work.folder.path / NOTES).tolist(), *figures.get("notes", [])]
    work.publish(rows_of(items, probabilities, reasons=reasons))
    work.report(work.n_todo, total=work.n_todo, failed=len(reasons), message="Trained")
    return {**figures, "message": _sentence(figures)}


def _items(work: Work) -> tuple[pa.Table, dict[str, object]]:
    """The pictures with their parts, chosen once: an attempt after a kill finds them as they were."""
    kept = work.folder.path / ITEMS
    if kept.exists():
        table = pq.read_table(kept)
        return table, json.loads(table.schema.metadata[b"about"])
    todo = pa.concat_tables(list(work.todo()))
    part, about = choose_parts(todo, folder=work.folder.path, rules=rules_of(work.parameters))
    if not (part == "train").any():
        raise NothingToDo("No picture is left to train on: all are in the evaluation set, or near duplicates of it.")
    table = _with_planted(todo.append_column("part", pa.array(part.tolist(), pa.string())), work.parameters)
    table = table.replace_schema_metadata({b"about": json.dumps(about).encode()})
    pq.write_table(table, kept.with_suffix(".tmp"))
    os.replace(kept.with_suffix(".tmp"), kept)
    return table, about


def _with_planted(items: pa.Table, parameters: dict[str, object]) -> pa.Table:
    """`items` with the share `planted_noise` of the training labels exchanged for others, by the seed."""
    share, labels = float(parameters["planted_noise"]), classes_of(items)
    if not share:
        return items
    train = np.flatnonzero(np.array(items["part"].to_pylist()) == "train")
    rng = np.random.default_rng([int(parameters["seed"]), len(train)])
    labels[train] = budget.with_noise(labels[train], share=share, n_classes=int(labels.max()) + 1, rng=rng)
    wrong = pa.array(labels.astype(np.int32), mask=labels < 0)
    return items.set_column(items.column_names.index("label"), "label", wrong)


def _vectors(work: Work, items: pa.Table, *, n_classes: int) -> tuple[np.ndarray, dict[int, str], dict[str, object]]:
    """Logistic regression or nearest neighbours; pictures without a vector take no part."""
    from analytics.vector_classifiers import logistic, nearest

    vectors = np.load(work.folder.path / VECTORS)
    usable = np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1)
    reasons = {int(row): "The picture has no usable vector in this space." for row in np.flatnonzero(~usable)}
    vectors[~usable] = 0
    labels, part = classes_of(items), np.array(items["part"].to_pylist())
    train, validation = (np.flatnonzero((part == name) & usable) for name in ("train", "validation"))
    work.report(0, message=f"Learning from {len(train):,} vectors")
    settings = {"train": train, "validation": validation, "n_classes": n_classes}
    settings["balanced"] = bool(work.parameters["balanced"] or work.parameters["class_weights"])
    if work.parameters["model"] == "knn":
        fitted = nearest(vectors, labels, k=int(work.parameters["neighbours"]), **settings)
    else:
        fitted = logistic(vectors, labels, **settings)
    fitted.probabilities[~usable] = np.nan
    figures = {"device": "cpu", "chosen": fitted.chosen, "n_dims": vectors.shape[1]}
    return fitted.probabilities, reasons, figures | {"validation_balanced_accuracy": fitted.tried[fitted.chosen]}


def _pictures(work: Work, items: pa.Table, *, n_classes: int) -> tuple[np.ndarray, dict[int, str], dict[str, object]]:
    """A ResNet by the protocol; live curve beside it."""
    protocol = protocol_of(work.parameters)
    given = str(work.parameters["device"])
    protocol = dataclasses.replace(protocol, device=best_device() if given == "auto" else require_device(given))
    side = int(work.parameters["side"])
    cache = work.workspace / "thumbs" / f"pixels-{work.spec.dataset_id}-{side}.npy"
    cache.parent.mkdir(parents=True, exist_ok=True)
    pixels = pixels_of(
        items["path"].to_pylist(),
        sha256s=items["sha256"].to_pylist(),
        root=work.root,
        cache=cache,
        side=side,
        report=lambda done, n: work.report(0, message=f"Decoding pictures: {done:,} of {n:,}"),
    )
    part, read = np.array(items["part"].to_pylist()), pixels.rows >= 0
    several = has_several(items)
    labels = many_hot(items, n_classes=n_classes) if several else classes_of(items)
    train, validation = (np.flatnonzero((part == name) & read) for name in ("train", "validation"))
    weights = str(work.parameters["weights"])
    trainer = Trainer(
        TrainingData(pixels.values, labels, train, validation, n_classes, places=pixels.rows),
        protocol=protocol,
        score=several_validation_scores if several else validation_scores,
        folder=work.folder.path,
        weights=Path(weights).expanduser() if weights else None,
        heard=_telling(work, protocol, n_train=len(train)),
    )
    try:
        trained = trainer.run()
    except LossNotFinite as error:
        first = ", ".join(items["path"][row].as_py() for row in error.rows[:3])
        raise TrainingFailed(f"{error} Its first pictures: {first}.") from error
    asked = np.flatnonzero(read & np.isin(part, ("validation", "test", "copy")))
    work.report(work.n_todo, total=work.n_todo + 1, message="Predicting pictures that it has not seen")
    probabilities = np.full((items.num_rows, n_classes), np.nan, np.float32)
    probabilities[asked] = trainer.probabilities(asked)
    figures = _figures_of(trained.epochs, best_epoch=trained.best_epoch, n_train=len(train)) | {
        "device": protocol.device,
        "precision": trained.precision,
        "batch_size": trained.batch_size,
        "stopped_early": trained.stopped_early,
        "notes": trained.notes,
        "found_rate": None if trained.found_rate is None else trained.found_rate.rate,
        "rate_curve": None if trained.found_rate is None else trained.found_rate.curve,
    }
    if work.parameters["onnx"]:
        work.report(work.n_todo, total=work.n_todo + 1, message="Writing the ONNX file")
        figures["onnx_difference"] = export_onnx(trained.network, work.folder.path / ONNX, side=side)
    return probabilities, pixels.reasons, figures


def _telling(work: Work, protocol: Protocol, *, n_train: int):
    """Tells the owner how far training is, and leaves the curve where pages find it."""
    seen = {"epochs": -1, "at": 0.0}

    def heard(epochs: list[Epoch], done: int) -> None:
        total = protocol.epochs * n_train
        last = epochs[-1] if epochs else None
        known = last is not None and last.score is not None
        called = "balanced accuracy" if known and last.balanced_accuracy is not None else "mean average precision"
        score = f", {100 * last.score:.1f} % {called}" if known else ""
        message = f"Epoch {min(len(epochs) + 1, protocol.epochs)} of {protocol.epochs}{score}"
        work.report(min(done, total - 1), total=total, message=message)
        if len(epochs) != seen["epochs"]:
            seen["epochs"] = len(epochs)
            curve = {"of": protocol.epochs, "epochs": [dataclasses.asdict(epoch) for epoch in epochs]}
            write_json(work.folder.path / CURVE, curve)

    heard([], 0) if not (work.folder.path / CURVE).exists() else None
    return heard


def _figures_of(epochs: list[Epoch], *, best_epoch: int, n_train: int) -> dict[str, object]:
    seconds = sum(epoch.seconds for epoch in epochs)
    best = epochs[best_epoch - 1]
    return {
        "n_epochs": len(epochs),
        "best_epoch": best_epoch,
        "training_seconds": round(seconds, 1),
        "images_per_second": round(n_train * len(epochs) / seconds, 1) if seconds else None,
        "waiting_share": round(float(np.mean([epoch.waiting_share for epoch in epochs])), 4),
        "validation_balanced_accuracy": best.balanced_accuracy,
        "validation_mean_average_precision": best.mean_average_precision,
    }


def _sentence(figures: dict[str, object]) -> str:
    for name in ("balanced accuracy", "mean average precision"):
        score = figures.get(f"test_{name.replace(' ', '_')}")
        if score is not None:
            return f"{100 * score:.1f} % {name} on {figures['n_test']:,} pictures it had not seen."
    return ""


def protocol_of(parameters: dict[str, object]) -> Protocol:
    """The protocol in a job's parameters; raises BadProtocol for a value out of its range."""
    names = [field.name for field in dataclasses.fields(Protocol) if field.name not in ("architecture", "device")]
    return Protocol(architecture=str(parameters["model"]), **{name: parameters[name] for name in names})


def rules_of(parameters: dict[str, object]) -> Rules:
    """How parts are chosen, from a job's parameters."""
    names = [field.name for field in dataclasses.fields(Rules)]
    return Rules(**{name: parameters[name] for name in names})


def _check(parameters: dict[str, object], *, several: bool) -> None:
    on_vectors = parameters["model"] in ON_VECTORS
    if not on_vectors:
        protocol_of(parameters)
    for name, known in (("labels", LABELS), ("split", SPLITS), ("treatment", tuple(TREATMENTS))):
        if parameters[name] not in known:
            raise UnknownParameter(f"train: {name} is one of {', '.join(known)}, not {parameters[name]!r}.")
    if not 16 <= int(parameters["side"]) <= 512:
        raise UnknownParameter(f"train: side must lie between 16 and 512 pixels, not {parameters['side']}.")
    if not 0 <= float(parameters["planted_noise"]) <= 0.9:
        raise UnknownParameter(
            f"train: planted_noise must lie between 0 and 0.9, not {parameters['planted_noise']}: it is a share."
        )
    one_only = ("treatment", parameters["treatment"] != "none"), ("planted_noise", parameters["planted_noise"])
    one_only += (("model", on_vectors), ("loss", parameters["loss"] != "cross-entropy"))
    for name, given in one_only if several else ():
        if given:
            raise UnknownParameter(
                f"train: {name} {parameters[name]} is for datasets with one label a picture; leave it at its default."
            )


def _prepare(workspace: Workspace, dataset: str, parameters: dict[str, object], run_id: int) -> Prepared:
    found = find_dataset(workspace, dataset)
    _check(parameters, several=found.task != "single")
    given = given_to_train(workspace, found, parameters, run_id=run_id)
    todo = given.images
    chosen = {**parameters, "evaluation": given.evaluation, "version": given.version, "label_run": given.label_run}
    _require_classes(todo, several=found.task != "single")
    space = None
    if parameters["model"] in ON_VECTORS:
        space = chosen_space(workspace, found.id, name=str(parameters["space"]), kind="train")
        chosen["space"] = space.name

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

    model = str(parameters["model"])
    return Prepared(found.id, found.name, found.root, todo, chosen, model=model, write_inputs=write_inputs)


def _require_classes(todo: pa.Table, *, several: bool) -> None:
    """Raise NothingToDo for pictures among which there is nothing to tell apart; a run that has landed has none."""
    held = {tuple(row) for row in todo["labels"].to_pylist() if row is not None} if several else None
    labels = classes_of(todo)
    if todo.num_rows and (len(held) if several else len(np.unique(labels[labels >= 0]))) < 2:
        raise NothingToDo("Training needs labelled pictures of two classes at least, and this dataset has fewer.")


def _land(cursor: duckdb.DuckDBPyConnection, spec: JobSpec, table: pa.Table) -> None:
    rule = {name: spec.parameters[name] for name in ("split", "test", "split_seed", "labels", "version")}
    name = str(spec.parameters["evaluation"])
    land_training(cursor, table, dataset_id=spec.dataset_id, run_id=spec.run_id, name=name, rule=rule)


def _finish(workspace: Workspace, spec: JobSpec) -> dict[str, object]:
    """Keep the curve in the file and the weights in the workspace's `models`; clear what is not needed any more."""
    folder = job_folder(workspace.root, spec.id).path
    curve = read_json(folder / CURVE)
    if curve is not None:
        save_epochs(workspace, spec.dataset_id, run_id=spec.run_id, epochs=curve["epochs"])
    kept = workspace.root / "models" / f"run-{spec.run_id}"
    for name in (BEST, ONNX):
        if (folder / name).exists():
            kept.mkdir(exist_ok=True)
            os.replace(folder / name, kept / name)
    for name in (VECTORS, PAIRS, NOTES, CHECKPOINT, ITEMS):
        (folder / name).unlink(missing_ok=True)
    return {"evaluation": spec.parameters["evaluation"]}


KIND = Kind("train", COMPUTE, DEFAULTS, _prepare, _land, _finish, brings=BROUGHT, check_brought=check_brought)
