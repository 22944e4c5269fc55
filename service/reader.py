"""What a service needs models for: vectors of pictures and of words, and what a network says of a picture.

The dashboard has a process of its own for that (pages/service/reading.py); the service that runs alone does it itself
(service/own_models.py).
"""

import io
import warnings
from typing import Protocol

import numpy as np
from PIL import Image, UnidentifiedImageError

from importers.fingerprint import Fingerprint as Fingerprint  # for those who implement it
from importers.picture import FORMATS
from service.dataset_index import DatasetIndex
from service.problems import Problem
from service.search import Floats

UNREADABLE = "bad-picture"


class Reader(Protocol):
    """Models at work. Each may raise Problem: 422 for a picture or a text, 503 for a model that is not at hand."""

    def fingerprint(self, content: bytes) -> Fingerprint:
        """Of the bytes of a picture's file."""
        ...

    def picture(self, index: DatasetIndex, content: bytes) -> Floats:
        """(d,) float32: the vector of a picture in the index's space."""
        ...

    def words(self, index: DatasetIndex, text: str) -> Floats:
        """(n,) float32: the cosine of a text with each vector of the index."""
        ...

    def classify(self, index: DatasetIndex, content: bytes) -> Floats:
        """(c,) float32: the probability of each of the network's classes."""
        ...


def require_picture(content: bytes, *, max_pixels: int) -> None:
    """Look at a picture's header; raises Problem 422 for what is no picture, 413 for one of too many pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own word on large pictures
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                width, height = picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise Problem(422, UNREADABLE, "What was sent is no picture of a format that is read.") from error
    if width * height > max_pixels:
        detail = f"The picture has {width * height:,} pixels; {max_pixels:,} are the most that is taken."
        raise Problem(413, "too-many-pixels", detail)


def probabilities(logits: Floats, *, several: bool) -> Floats:
    """(c,) float32: a softmax over `logits` (c,), or a sigmoid of each where a picture may carry several labels."""
    if several:
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -60, 60))), np.float32)
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum(), np.float32)
