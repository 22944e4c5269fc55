"""The process that turns a picture or words into vectors while a page waits: requests as JSON lines in, answers out.

It keeps its models, so that only the first question of a kind takes seconds. It never opens the database.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from importers.picture import PictureError, read_picture
from importers.pixels import read_square
from jobs.engine.errors import JobError
from models.errors import ModelError

if TYPE_CHECKING:
    from models.clip_text import TextEncoder

_encoders: dict[tuple[str, str], object] = {}


def main() -> None:
    """Answer each line of standard input with one line; end with the input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"answer": _KINDS[asked["kind"]](asked)}
        except (ModelError, JobError, PictureError, OSError, ValueError) as error:
            answer = {"error": str(error) or type(error).__name__}
        print(json.dumps(answer), file=answers, flush=True)


def _picture(asked: Mapping[str, object]) -> dict[str, object]:
    """The vector of the picture in the file `path`, by the encoder of the space."""
    encoder = _encoder(asked)
    preprocess = encoder.preprocess
    picture = read_picture(Path(str(asked["path"])), min_side=preprocess.short_side)
    vector = encoder.encode(preprocess.apply(picture.pixels)[None])[0]
    return {"vector": vector.tolist(), "weights_sha256": encoder.weights_sha256}


def _text(asked: Mapping[str, object]) -> dict[str, object]:
    """The vectors of `texts` in the space of an open_clip model."""
    encoder = _text_encoder(asked)
    return {"vectors": encoder.encode(list(asked["texts"])).tolist(), "weights_sha256": encoder.weights_sha256}


def _texts(asked: Mapping[str, object]) -> dict[str, object]:
    """The vectors of `texts` by the text half of a model (`method` clip) or by ConSE's sentences; its temperature."""
    if asked["method"] == "clip":
        return {**_text(asked), "temperature": _text_encoder(asked).temperature}
    from models import conse

    vectors = conse.sentence_vectors(tuple(asked["texts"]))
    return {"vectors": vectors.tolist(), "weights_sha256": "", "temperature": conse.TEMPERATURE}


def _imagenet(asked: Mapping[str, object]) -> dict[str, object]:
    """The sentence vectors of ImageNet's class names."""
    from models import conse

    return {"vectors": conse.class_vectors().tolist()}


def _conse(asked: Mapping[str, object]) -> dict[str, object]:
    """The cosine of each text with each ImageNet class name."""
    from models import conse

    return {"scores": conse.text_scores(list(asked["texts"])).tolist(), "about": conse.describe()}


def _mixtures(asked: Mapping[str, object]) -> dict[str, object]:
    """Of which ImageNet classes the vectors in the file `vectors` are made; arrays into the file `out`."""
    from models import conse

    found = conse.mixtures(np.load(str(asked["vectors"]), mmap_mode="r"), model=str(asked["model"]))
    np.savez(str(asked["out"]), classes=found.classes, weights=found.weights, lengths=found.lengths)
    return {}


def _look(asked: Mapping[str, object]) -> dict[str, object]:
    """What a trained network says of the picture in the file `path`, and where it sees `classes`."""
    from models.saliency import load_classifier, look

    weights = Path(str(asked["weights"]))
    key = ("classifier", f"{weights} {weights.stat().st_mtime_ns}")
    if key not in _encoders:
        for older in [each for each in _encoders if each[0] == "classifier"][1:]:  # at most two are kept
            del _encoders[older]
        _encoders[key] = load_classifier(weights, architecture=str(asked["architecture"]))
    pixels = read_square(Path(str(asked["path"])), side=int(asked["side"]))
    if isinstance(pixels, str):
        raise ValueError(pixels)
    seen = look(_encoders[key], pixels[None], classes=np.array([asked["classes"]]), method=str(asked["method"]))
    shares = np.exp(seen.logits[0] - seen.logits[0].max())
    return {
        "probabilities": (shares / shares.sum()).tolist(),
        "maps": seen.maps[0].ravel().tolist(),
        "shape": list(seen.maps.shape[2:]),
        "stride": seen.stride,
    }


def _encoder(asked: Mapping[str, object]) -> object:
    from models.encoders import load_encoder

    key = ("image", str(asked["model"]) + str(asked.get("weights") or ""))
    if key not in _encoders:
        _encoders[key] = load_encoder(str(asked["model"]), weights=_weights(asked))
    return _encoders[key]


def _text_encoder(asked: Mapping[str, object]) -> "TextEncoder":
    from models.clip_text import load_text_encoder

    key = ("text", str(asked["model"]) + str(asked.get("weights") or ""))
    if key not in _encoders:
        _encoders[key] = load_text_encoder(str(asked["model"]), weights=_weights(asked))
    return _encoders[key]


def _weights(asked: Mapping[str, object]) -> Path | None:
    return Path(str(asked["weights"])) if asked.get("weights") else None


_KINDS: dict[str, Callable[[Mapping[str, object]], dict[str, object]]] = {
    "picture": _picture,
    "text": _text,
    "texts": _texts,
    "imagenet": _imagenet,
    "conse": _conse,
    "mixtures": _mixtures,
    "look": _look,
}

if __name__ == "__main__":
    main()
