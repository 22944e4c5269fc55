"""What a page that waits can ask of a trained network: what it says of a picture, and where it looks."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from importers.pixels import read_square
from jobs.engine.questions import Answer, Answers

if TYPE_CHECKING:
    import torch

MAX_KEPT = 2
_networks: "dict[str, torch.nn.Module]" = {}


def look(*, weights: str, path: str, architecture: str, side: int, classes: list[int], method: str) -> Answer:
    """`probabilities` of the picture in a file, and `maps` of where the network sees `classes`: `shape`, `stride`."""
    from models.saliency import look as look_at

    network = _network(Path(weights), architecture)
    pixels = read_square(Path(path), side=side)
    if isinstance(pixels, str):
        raise ValueError(pixels)
    seen = look_at(network, pixels[None], classes=np.array([classes]), method=method)
    shares = np.exp(seen.logits[0] - seen.logits[0].max())
    return {
        "probabilities": (shares / shares.sum()).tolist(),
        "maps": seen.maps[0].ravel().tolist(),
        "shape": list(seen.maps.shape[2:]),
        "stride": seen.stride,
    }


def _network(weights: Path, architecture: str) -> "torch.nn.Module":
    from models.saliency import load_classifier

    key = f"{weights} {weights.stat().st_mtime_ns}"
    if key not in _networks:
        for older in [*_networks][MAX_KEPT - 1 :]:
            del _networks[older]
        _networks[key] = load_classifier(weights, architecture=architecture)
    return _networks[key]


ANSWERS: Answers = {"look": look}
