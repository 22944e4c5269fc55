"""Models in the service's own process, for a service that runs alone; each is loaded at its first use, or before."""

import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analytics.words import similarities
from importers.fingerprint import Fingerprint, fingerprint
from importers.picture import PictureError, read_picture
from importers.pixels import read_square
from models.errors import ModelError
from service.dataset_index import DatasetIndex
from service.layout import SpaceFacts
from service.problems import Problem
from service.reader import UNREADABLE, probabilities
from service.search import Floats

if TYPE_CHECKING:
    from models.clip_text import TextEncoder
    from models.encoders import Encoder
    from models.onnx_classifier import OnnxClassifier

_FILE = "file "
log = logging.getLogger("vitrine.service")


class OwnModels:
    """The reader of a service that runs alone. One model works on one thing at a time."""

    def __init__(self, *, max_pixels: int) -> None:
        self._max_pixels = max_pixels
        self._loading = threading.Lock()
        self._encoding, self._naming, self._wording = threading.Lock(), threading.Lock(), threading.Lock()
        self._encoders: dict[tuple[str, str], Encoder] = {}
        self._texts: dict[tuple[str, str], TextEncoder] = {}
        self._networks: dict[Path, OnnxClassifier] = {}

    def load(self, index: DatasetIndex) -> None:
        """Load what an index needs, so that the first request does not wait; what cannot be is said in the log."""
        try:
            began = time.monotonic()
            if index.facts.space is not None:
                self._encoder(index.facts.space)
            if index.onnx is not None:
                self._network(index)
            log.info("%s: its models loaded in %.1f s", index.facts.dataset, time.monotonic() - began)
        except Problem as problem:
            log.warning("%s: %s", index.facts.dataset, problem.detail)

    def fingerprint(self, content: bytes) -> Fingerprint:
        """Of the bytes of a picture's file."""
        try:
            return fingerprint(content, max_pixels=self._max_pixels)
        except PictureError as error:
            raise Problem(422, UNREADABLE, error.reason) from error

    def picture(self, index: DatasetIndex, content: bytes) -> Floats:
        """(d,) float32: the vector of a picture in the index's space."""
        assert index.facts.space is not None
        encoder = self._encoder(index.facts.space)
        try:
            decoded = read_picture(content, max_pixels=self._max_pixels, min_side=encoder.preprocess.short_side)
        except PictureError as error:
            raise Problem(422, UNREADABLE, error.reason) from error
        pixels = encoder.preprocess.apply(decoded.pixels)
        with self._encoding:
            vector: Floats = encoder.encode(pixels[None])[0]
            return vector

    def words(self, index: DatasetIndex, text: str) -> Floats:
        """(n,) float32: the cosine of a text with each vector of the index."""
        space = index.facts.space
        assert space is not None
        try:
            with self._wording:
                if space.words == "clip":
                    return np.asarray(index.vectors @ self._text(space).encode([text])[0], np.float32)
                from models import conse

                scores = conse.text_scores([text])[0]
        except ModelError as error:
            raise _cannot(error) from error
        if index.mixtures is None:
            raise Problem(503, "no-words", "This index was written without what words are compared with.")
        mixed = index.mixtures
        return similarities(mixed["classes"], mixed["weights"], mixed["lengths"], scores)

    def classify(self, index: DatasetIndex, content: bytes) -> Floats:
        """(c,) float32: the probability of each of the network's classes."""
        facts = index.facts.network
        assert facts is not None
        network = self._network(index)
        pixels = read_square(content, side=facts.side)
        if isinstance(pixels, str):
            raise Problem(422, UNREADABLE, pixels)
        with self._naming:
            return probabilities(network.logits(pixels[None])[0], several=facts.several)

    def _encoder(self, space: SpaceFacts) -> "Encoder":
        key = (space.model, space.weights_sha256)
        with self._loading:
            if key not in self._encoders:
                from models.encoders import load_encoder

                try:
                    encoder = load_encoder(space.model, weights=_weights_of(space))
                except (ModelError, ImportError) as error:
                    raise _cannot(error) from error
                _require_same(space, encoder.weights_sha256)
                self._encoders[key] = encoder
            return self._encoders[key]

    def _text(self, space: SpaceFacts) -> "TextEncoder":
        key = (space.model, space.weights_sha256)
        with self._loading:
            if key not in self._texts:
                from models.clip_text import load_text_encoder

                encoder = load_text_encoder(space.model, weights=_weights_of(space))
                _require_same(space, encoder.weights_sha256)
                self._texts[key] = encoder
            return self._texts[key]

    def _network(self, index: DatasetIndex) -> "OnnxClassifier":
        path, facts = index.onnx, index.facts.network
        assert path is not None and facts is not None
        with self._loading:
            if path not in self._networks:
                from models.onnx_classifier import OnnxClassifier

                try:
                    network = OnnxClassifier(path, side=facts.side, n_classes=len(facts.classes))
                except (ModelError, ImportError) as error:
                    raise _cannot(error) from error
                self._networks = {path: network, **dict(list(self._networks.items())[:3])}
            return self._networks[path]


def _weights_of(space: SpaceFacts) -> Path | None:
    return Path(space.weights_source.removeprefix(_FILE)) if space.weights_source.startswith(_FILE) else None


def _require_same(space: SpaceFacts, weights_sha256: str) -> None:
    if weights_sha256 != space.weights_sha256:
        raise Problem(
            503,
            "other-weights",
            f"The weights of {space.model} on this machine ({weights_sha256[:12]}) are not those that made the vectors "
            f"({space.weights_sha256[:12]}), so no new picture can be compared with them.",
        )


def _cannot(error: Exception) -> Problem:
    """For a model that is not at hand. What the error says may name places of this machine, so it goes to the log."""
    if type(error).__name__ == "TextTooLong":
        return Problem(422, "text-too-long", str(error))
    log.warning("%s", error)
    return Problem(503, "no-model", "The model that this needs cannot be used here; the service's log says why.")
