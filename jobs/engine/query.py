"""Questions that a page waits for, asked of a child process: the vector of an uploaded picture, of words, and others.

The kinds that answer them say which there are (jobs/engine/questions.py).
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from analytics.saliency_maps import Looked
from jobs.engine.errors import QueryFailed
from jobs.engine.processes import PROJECT
from jobs.engine.questions import Answer
from jobs.engine.spaces import weights_of
from models.catalogue import text_half
from store.vectors import Space, SpaceVector

ANSWER_WITHIN_S = 180.0  # the first question loads a model
MOST_KEPT = 20_000  # vectors of texts; a few megabytes each thousand


class Queries:
    """One child process that keeps its models, started at the first question; the app itself never loads torch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._texts: dict[tuple[str, str, str], np.ndarray] = {}
        self._temperatures: dict[tuple[str, str], float] = {}
        self._classes: np.ndarray | None = None

    def picture(self, space: Space, content: bytes) -> SpaceVector:
        """The vector of a picture (the bytes of its file) in `space`, by the encoder that filled it.

        Raises QueryFailed: not a picture, or the space's weights are no longer at hand.
        """
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "query"
            path.write_bytes(content)
            answer = self.ask("picture", path=str(path), **_of(space))
        return self._in_space(space, answer["vector"], str(answer["weights_sha256"]))

    def text(self, space: Space, texts: Sequence[str]) -> SpaceVector:
        """The mean direction of `texts` in the space of an open_clip model. Raises QueryFailed."""
        answer = self.ask("text", texts=list(texts), **_of(space))
        mean = np.asarray(answer["vectors"], np.float32).mean(axis=0)
        return self._in_space(space, mean.tolist(), str(answer["weights_sha256"]))

    def conse_scores(self, texts: Sequence[str]) -> tuple[np.ndarray, str]:
        """(len(texts), 1000) float32: the cosine of each text with each ImageNet class, and what ConSE is made of."""
        answer = self.ask("conse", texts=list(texts))
        return np.asarray(answer["scores"], np.float32), str(answer["about"])

    def conse_mixtures(self, space: Space, vectors: np.ndarray) -> dict[str, np.ndarray]:
        """classes, weights (n, t) and lengths (n,) of `vectors` (n, 1280) of a space that ConSE reads."""
        with tempfile.TemporaryDirectory() as folder:
            given, out = Path(folder) / "vectors.npy", Path(folder) / "mixtures.npz"
            np.save(given, vectors)
            self.ask("mixtures", vectors=str(given), out=str(out), model=space.model)
            with np.load(out) as file:
                return {name: file[name] for name in file.files}

    def looked_at(
        self, weights: Path, picture: Path, *, architecture: str, side: int, classes: Sequence[int] = (), method: str
    ) -> Looked:
        """What the network with the weights in a file says of a picture, and where it sees some classes.

        Raises QueryFailed: not a picture, weights that are no longer there or do not fit.
        """
        answer = self.ask(
            "look",
            weights=str(weights),
            path=str(picture),
            architecture=architecture,
            side=side,
            classes=list(classes),
            method=method,
        )
        maps = np.asarray(answer["maps"], np.float32).reshape(len(classes), *answer["shape"])
        return Looked(np.asarray(answer["probabilities"], np.float32), maps, int(answer["stride"]))

    def text_vectors(self, space: Space, texts: Sequence[str]) -> np.ndarray:
        """(len(texts), d) float32 of length one, each by itself; those asked for before are remembered.

        d: of the space, or by ConSE of its sentences. Raises QueryFailed, also for a text that is too long.
        """
        key = (space.model, space.weights_sha256)
        vectors = {text: self._texts[(*key, text)] for text in texts if (*key, text) in self._texts}
        missing = [text for text in dict.fromkeys(texts) if text not in vectors]
        if missing:
            answer = self.ask("texts", texts=missing, method=text_half(space.model), **_of(space))
            if answer["weights_sha256"]:
                _require_same(space, str(answer["weights_sha256"]))
            read = {text: np.asarray(row, np.float32) for text, row in zip(missing, answer["vectors"], strict=True)}
            vectors |= read
            kept = self._texts if len(self._texts) < MOST_KEPT else {}
            self._texts = kept | {(*key, text): vector for text, vector in read.items()}
            self._temperatures[key] = float(answer["temperature"])
        return np.stack([vectors[text] for text in texts])

    def temperature(self, space: Space) -> float:
        """What the space's model divides cosines by, known once a text has been read; raises KeyError before."""
        return self._temperatures[(space.model, space.weights_sha256)]

    def imagenet_vectors(self) -> np.ndarray:
        """(1000, 384) float32 of length one: the sentence vectors that ConSE mixes pictures of."""
        if self._classes is None:
            self._classes = np.asarray(self.ask("imagenet")["vectors"], np.float32)
        return self._classes

    @staticmethod
    def reads_words(space: Space) -> str:
        """How words are compared with the pictures of `space`: "clip", "conse", or "" where they cannot be."""
        return text_half(space.model)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _in_space(self, space: Space, vector: list[float], weights_sha256: str) -> SpaceVector:
        _require_same(space, weights_sha256)
        return SpaceVector(space.id, space.name, np.asarray(vector, np.float32))

    def ask(self, question: str, /, **fields: object) -> Answer:
        """The answer of the kind that knows the question; its fields are what the answer takes, as JSON has them.

        Raises QueryFailed with the child's words, also where it ends, or takes longer than ANSWER_WITHIN_S.
        """
        with self._lock:
            child = self._running()
            killer = threading.Timer(ANSWER_WITHIN_S, child.process.kill)
            killer.start()
            try:
                child.questions.write(json.dumps({"kind": question, **fields}) + "\n")
                child.questions.flush()
                line = child.replies.readline()
            except BrokenPipeError:
                line = ""
            finally:
                killer.cancel()
            if not line:
                last_words = child.last_words()
                self._end()
                raise QueryFailed(f"The process that answers questions ended without an answer. {last_words}".strip())
        reply = json.loads(line)
        if "error" in reply:
            raise QueryFailed(str(reply["error"]), of=str(reply.get("of", "")))
        answer: Answer = reply["answer"]
        return answer

    def _running(self) -> "_Child":
        if self._child is None or self._child.process.poll() is not None:
            self._end()
            self._child = _Child.start()
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


@dataclass(frozen=True)
class _Child:
    """A child process: where questions go, where replies come from, and the file that it writes all else to."""

    process: subprocess.Popen[str]
    questions: IO[str]
    replies: IO[str]
    log: IO[bytes]

    @classmethod
    def start(cls) -> "_Child":
        log = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the child)
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.engine.query_child"],
            cwd=PROJECT,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert process.stdin is not None and process.stdout is not None  # both are pipes
        return cls(process, process.stdin, process.stdout, log)

    def last_words(self) -> str:
        """The last line that it wrote besides its replies."""
        self.log.seek(0)
        lines = self.log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def end(self) -> None:
        """Kill it and let go of its files."""
        self.process.kill()
        self.process.wait()
        for file in (self.questions, self.replies, self.log):
            file.close()


def _require_same(space: Space, weights_sha256: str) -> None:
    if weights_sha256 != space.weights_sha256:
        raise QueryFailed(
            f"The weights of {space.model} at hand ({weights_sha256[:12]}) are not those that made the space "
            f"{space.name} ({space.weights_sha256[:12]}). Embed the pictures again."
        )


def _of(space: Space) -> dict[str, object]:
    return {"model": space.model, "weights": weights_of(space)}
