"""What the service inside the dashboard asks of a picture that was sent: its hashes, and what a network says of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from importers.fingerprint import fingerprint
from importers.picture import PictureError
from importers.pixels import read_square
from jobs.engine.questions import Answer, Answers

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_KEPT = 2
_networks: "dict[str, Callable[[np.ndarray], np.ndarray]]" = {}


def hashes(*, path: str, max_pixels: int) -> Answer:
    """`sha256`, `pixel_sha256` and `phash` of the picture in a file, as an import would note them."""
    mark = fingerprint(Path(path).read_bytes(), max_pixels=max_pixels)
    return {"sha256": mark.sha256, "pixel_sha256": mark.pixel_sha256, "phash": mark.phash}


def logits(*, path: str, onnx: str, weights: str, architecture: str, side: int, n_classes: int) -> Answer:
    """`logits` of the picture in a file, by a network's ONNX file, or by its weights where it has none."""
    network = _network(onnx, weights, architecture=architecture, side=side, n_classes=n_classes)
    pixels = read_square(Path(path), side=side)
    if isinstance(pixels, str):
        raise PictureError("unreadable", pixels)
    return {"logits": network(pixels[None])[0].tolist()}


def _network(
    onnx: str, weights: str, *, architecture: str, side: int, n_classes: int
) -> "Callable[[np.ndarray], np.ndarray]":
    file = Path(onnx) if onnx and Path(onnx).is_file() else Path(weights)
    key = f"{file} {file.stat().st_mtime_ns}"
    if key not in _networks:
        for older in [*_networks][MAX_KEPT - 1 :]:
            del _networks[older]
        _networks[key] = _of_onnx(file, side, n_classes) if file.suffix == ".onnx" else _of_weights(file, architecture)
    return _networks[key]


def _of_onnx(file: Path, side: int, n_classes: int) -> "Callable[[np.ndarray], np.ndarray]":
    from models.onnx_classifier import OnnxClassifier

    return OnnxClassifier(file, side=side, n_classes=n_classes).logits


def _of_weights(file: Path, architecture: str) -> "Callable[[np.ndarray], np.ndarray]":
    import torch

    from models.resnets import standardised
    from models.saliency import load_classifier

    network = load_classifier(file, architecture=architecture)

    def logits_of(pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            given = standardised(torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))))
            out: np.ndarray = network(given).float().numpy()
        return out

    return logits_of


ANSWERS: Answers = {"hashes": hashes, "logits": logits}
