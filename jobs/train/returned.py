"""What a training job computed elsewhere brings back besides its rows: weights, ONNX, curve, figures.

All of it comes from another machine, so nothing is believed: weights are read as tensors alone, must be those of the
ordered network, and are written anew; ONNX must be one self-contained graph of standard operators; the curve and the
figures are numbers and short texts under known names. Nothing is run or unpickled.
"""

import dataclasses
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeGuard

import numpy as np
import torch

from jobs.engine.errors import PackRefused
from jobs.engine.folder import job_folder, read_json, write_json
from jobs.engine.kinds import Figures, Job
from jobs.train.kind import BEST, CURVE, DONE, ONNX, TrainParameters
from models.catalogue import RESNETS
from models.errors import WeightsMismatch
from models.protocol import Epoch
from models.resnets import fill_from, new_resnet

_TEXTS = ("device", "precision", "groups_by", "split_by")
_TEXT_LISTS = ("notes", "classes", "classes_without_training")
_NUMBER_LISTS = ("test_recalls", "test_precisions")
_NUMBERS = (
    "seconds",
    "training_seconds",
    "images_per_second",
    "waiting_share",
    "leaked_share",
    "claimed_with_leak",
    "test_accuracy",
    "test_balanced_accuracy",
    "test_mean_average_precision",
    "test_f1_macro",
    "test_f1_micro",
    "validation_balanced_accuracy",
    "validation_mean_average_precision",
    "onnx_difference",
    "found_rate",
)
_COUNTS = (
    "n_train",
    "n_validation",
    "n_test",
    "n_copy",
    "n_left_out",
    "n_epochs",
    "best_epoch",
    "batch_size",
    "n_dims",
    "chosen",
)
_LONGEST = 500


def check_returned(folder: Path, job: Job[TrainParameters], *, workspace: Path) -> Figures:
    """Look through what lies in `folder`, write weights and curve anew, and return the figures to keep.

    Raises PackRefused, WeightsMismatch or WeightsRefused, each with a sentence.
    """
    about = job_folder(workspace, job.spec.id).path / "about.npy"
    if not about.is_file():
        raise PackRefused(f"The folder of {job.spec.id} does not hold the job's classes any more; pack the job anew.")
    n_classes, architecture = len(np.load(about)), job.parameters.model
    if architecture in RESNETS and (folder / BEST).exists():
        _rewrite_weights(folder / BEST, architecture, n_classes=n_classes)
    if (folder / ONNX).exists():
        _require_plain_graph(folder / ONNX)
    if (folder / CURVE).exists():
        _rewrite_curve(folder / CURVE)
    figures = _figures(read_json(folder / DONE) or {})
    if architecture in RESNETS and not (folder / BEST).exists():
        figures["notes"] = [*figures.get("notes", []), "Computed elsewhere; its weights were not brought back."]
    return figures


def _rewrite_weights(path: Path, architecture: str, *, n_classes: int) -> None:
    network = new_resnet(architecture, n_classes=n_classes)
    if not fill_from(network, path, architecture=architecture):
        raise WeightsMismatch(f"{path.name} has another number of classes than the {n_classes} of this job.")
    part = path.with_suffix(".tmp")
    torch.save(network.state_dict(), part)
    os.replace(part, path)


def _require_plain_graph(path: Path) -> None:
    import onnx

    try:
        raw = path.read_bytes()
        onnx.checker.check_model(raw)
        model = onnx.load_model_from_string(raw)
        if any(tensor.external_data for tensor in model.graph.initializer):
            raise PackRefused(f"{path.name} keeps its weights in other files; a whole ONNX file was expected.")
    except (onnx.checker.ValidationError, ValueError) as error:
        raise PackRefused(f"{path.name} is no ONNX file: {str(error).splitlines()[0][:160]}") from error
    domains = {"", "ai.onnx", *(function.domain for function in model.functions)}
    named = ([one.name for one in model.graph.input], [one.name for one in model.graph.output])
    if named != (["pictures"], ["logits"]) or any(node.domain not in domains for node in model.graph.node):
        raise PackRefused(
            f"{path.name} is not what a training job writes: its ends are {named[0][:3]}, {named[1][:3]}."
        )


def _rewrite_curve(path: Path) -> None:
    curve = read_json(path) or {}
    try:
        epochs = [Epoch(**epoch) for epoch in curve["epochs"]]
        for epoch in epochs:
            values = dataclasses.asdict(epoch)
            recalls = values.pop("recalls")
            if not all(value is None or _is_number(value) for value in [*values.values(), *recalls]):
                raise TypeError("a value that is no number")
    except (KeyError, TypeError) as error:
        raise PackRefused(f"{path.name} is no learning curve: {error}") from error
    write_json(path, {"of": len(epochs), "epochs": [dataclasses.asdict(epoch) for epoch in epochs]})


def _figures(returned: Mapping[str, object]) -> Figures:
    """Of the figures that came back those with a known name and the right type; the rest is left away."""
    kept: Figures = {}
    for name, value in returned.items():
        many = value if isinstance(value, list) else None
        fits = (
            (name in _NUMBERS and (value is None or _is_number(value)))
            or (name in _COUNTS and _is_number(value) and value >= 0)
            or (name in _TEXTS and _is_text(value))
            or (name == "stopped_early" and isinstance(value, bool))
            or (name in _TEXT_LISTS and many is not None and all(map(_is_text, many)))
            or (name in _NUMBER_LISTS and many is not None and all(one is None or _is_number(one) for one in many))
            or (name == "rate_curve" and many is not None and all(_is_point(one) for one in many))
        )
        if fits:
            kept[name] = value
    return kept


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
