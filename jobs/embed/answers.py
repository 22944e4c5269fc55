"""What a page that waits can ask of an embedding: the vector of a picture, or of words. Encoders are kept."""

from pathlib import Path
from typing import TYPE_CHECKING

from importers.picture import read_picture
from jobs.engine.questions import Answer, Answers

if TYPE_CHECKING:
    from models.clip_text import TextEncoder
    from models.encoders import Encoder

_encoders: "dict[tuple[str, str], Encoder]" = {}
_text_encoders: "dict[tuple[str, str], TextEncoder]" = {}


def picture(*, path: str, model: str, weights: str | None) -> Answer:
    """`vector` of the picture in a file, by the encoder of a space; `weights_sha256` of that encoder."""
    encoder = _encoder(model, weights)
    preprocess = encoder.preprocess
    pixels = read_picture(Path(path), min_side=preprocess.short_side).pixels
    vector = encoder.encode(preprocess.apply(pixels)[None])[0]
    return {"vector": vector.tolist(), "weights_sha256": encoder.weights_sha256}


def text(*, texts: list[str], model: str, weights: str | None) -> Answer:
    """`vectors` of texts in the space of an open_clip model; `weights_sha256` of its weights."""
    encoder = _text_encoder(model, weights)
    return {"vectors": encoder.encode(texts).tolist(), "weights_sha256": encoder.weights_sha256}


def texts(*, texts: list[str], method: str, model: str, weights: str | None) -> Answer:
    """`vectors` of texts by the text half of a model (method clip) or by ConSE's sentences; its `temperature`."""
    if method == "clip":
        answer = text(texts=texts, model=model, weights=weights)
        return {**answer, "temperature": _text_encoder(model, weights).temperature}
    from models import conse

    vectors = conse.sentence_vectors(tuple(texts))
    return {"vectors": vectors.tolist(), "weights_sha256": "", "temperature": conse.TEMPERATURE}


def _encoder(model: str, weights: str | None) -> "Encoder":
    from models.encoders import load_encoder

    key = (model, weights or "")
    if key not in _encoders:
        _encoders[key] = load_encoder(model, weights=Path(weights) if weights else None)
    return _encoders[key]


def _text_encoder(model: str, weights: str | None) -> "TextEncoder":
    from models.clip_text import load_text_encoder

    key = (model, weights or "")
    if key not in _text_encoders:
        _text_encoders[key] = load_text_encoder(model, weights=Path(weights) if weights else None)
    return _text_encoders[key]


ANSWERS: Answers = {"picture": picture, "text": text, "texts": texts}
