"""Models for the service inside the dashboard: they are at work in the process that answers pages' questions."""

import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from analytics.words import similarities
from jobs.engine.supervisor import REFUSALS, Supervisor
from pages.ui import owner
from service.dataset_index import DatasetIndex
from service.layout import SpaceFacts
from service.problems import Problem
from service.reader import UNREADABLE, Fingerprint, probabilities
from service.search import Floats
from store.vectors import Space

MOST_MIXTURES = 2  # spaces whose pictures are kept as mixtures of ImageNet's classes


class DashboardReader:
    """The reader of the service inside the dashboard. One question is answered at a time, as pages' are."""

    def __init__(self, *, max_pixels: int) -> None:
        self._max_pixels = max_pixels
        self._lock = threading.Lock()
        self._mixtures: OrderedDict[tuple[str, int], dict[str, np.ndarray]] = OrderedDict()

    def fingerprint(self, content: bytes) -> Fingerprint:
        """Of the bytes of a picture's file."""
        answer = self._ask("hashes", content, max_pixels=self._max_pixels)
        return Fingerprint(answer["sha256"], answer["pixel_sha256"], answer["phash"])

    def picture(self, index: DatasetIndex, content: bytes) -> Floats:
        """(d,) float32: the vector of a picture in the index's space."""
        assert index.facts.space is not None
        try:
            return _queries().picture(_space(index.facts.space), content).values
        except REFUSALS as error:
            raise _as_problem(error) from error

    def words(self, index: DatasetIndex, text: str) -> Floats:
        """(n,) float32: the cosine of a text with each vector of the index."""
        assert index.facts.space is not None
        space = _space(index.facts.space)
        try:
            if index.facts.space.words == "clip":
                vector = _queries().text(space, [text]).values
                return np.asarray(index.vectors @ (vector / np.linalg.norm(vector)), np.float32)
            scores, _ = _queries().conse_scores([text])
            mixed = self._mixed(index, space)
        except REFUSALS as error:
            raise _as_problem(error) from error
        return similarities(mixed["classes"], mixed["weights"], mixed["lengths"], scores[0])

    def classify(self, index: DatasetIndex, content: bytes) -> Floats:
        """(c,) float32: the probability of each of the network's classes."""
        network = index.facts.network
        assert network is not None
        answer = self._ask(
            "logits",
            content,
            onnx=str(index.onnx or ""),
            weights=str(index.weights or ""),
            architecture=network.model,
            side=network.side,
            n_classes=len(network.classes),
        )
        return probabilities(np.asarray(answer["logits"], np.float32), several=network.several)

    def _ask(self, question: str, content: bytes, **fields: object) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sent"
            path.write_bytes(content)
            try:
                return _queries().ask(question, path=str(path), **fields)
            except REFUSALS as error:
                raise _as_problem(error) from error

    def _mixed(self, index: DatasetIndex, space: Space) -> dict[str, np.ndarray]:
        """Of which ImageNet classes each picture is made; worked out once for the vectors that there are."""
        key = (space.weights_sha256, id(index.vectors))
        with self._lock:
            if key not in self._mixtures:
                assert index.lengths is not None
                given = index.vectors * index.lengths[:, None]  # as the encoder gave them
                self._mixtures[key] = {**_queries().conse_mixtures(space, given), "of": index.vectors}
            self._mixtures.move_to_end(key)
            while len(self._mixtures) > MOST_MIXTURES:
                self._mixtures.popitem(last=False)
            return self._mixtures[key]


def _queries():  # type: ignore[no-untyped-def]  # of jobs.engine.query, which pages do not import
    supervisor: Supervisor = owner.get().supervisor
    return supervisor.queries


def _space(facts: SpaceFacts) -> Space:
    return Space(
        id=facts.id,
        name=facts.name,
        model=facts.model,
        dim=facts.dim,
        preprocess={},
        weights_source=facts.weights_source,
        weights_sha256=facts.weights_sha256,
        run_id=0,
        n_vectors=0,
    )


def _as_problem(error: Exception) -> Problem:
    """What a stranger is told: all of it where it lies at what they sent, else that the model is not at hand."""
    of = getattr(error, "of", "")
    if of == "picture":
        return Problem(422, UNREADABLE, str(error))
    if of == "text":
        return Problem(422, "text-too-long", str(error))
    return Problem(503, "no-model", "The model that this needs cannot be used just now; the app's log says why.")
