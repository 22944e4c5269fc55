"""Zero-shot: classes told by prompts instead of examples. Vectors of prompts in, probabilities of classes out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import BadParameter, WrongShape
from analytics.scores import recalls

SLOT = "{}"  # where a template takes the prompt
TEMPLATES = ("{}", "a photo of a {}")
MAX_PROMPTS, MAX_TEMPLATES, MAX_TEXTS = 64, 100, 4_000
LONGEST = 1_000  # characters of a prompt or template; the model's own limit, in word pieces, is far lower
_ROWS_AT_ONCE = 8_192


@dataclass(frozen=True)
class Prompts:
    """What classes are called. by_class[i]: the prompts of class i. templates: each takes every prompt at its {}.

    temperature: what cosines are divided by; None leaves it to the model.
    """

    by_class: tuple[tuple[str, ...], ...]
    templates: tuple[str, ...] = TEMPLATES
    temperature: float | None = None


@dataclass(frozen=True)
class Texts:
    """The texts of prompts in their templates, and the class of each. owner: (m,) int64."""

    texts: tuple[str, ...]
    owner: Ints


@dataclass(frozen=True)
class Scored:
    """Predictions against labels. recalls, support: (c,); NaN and 0 for a class without a picture."""

    balanced_accuracy: float
    recalls: Floats
    support: Ints


def from_names(names: Sequence[str], *, templates: tuple[str, ...] = TEMPLATES) -> Prompts:
    """The prompts that say each class's name and no more."""
    return Prompts(tuple((name.strip(),) for name in names), templates)


def lines(text: str) -> tuple[str, ...]:
    """What somebody wrote, a prompt a line: without empty lines and doubles, in order."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def check(prompts: Prompts, *, names: Sequence[str]) -> None:
    """Raise BadParameter, with what to do, for prompts that nothing can be asked with."""
    if len(prompts.by_class) != len(names) or not names:
        raise BadParameter(
            f"The prompts are of {len(prompts.by_class)} classes, and the dataset has {len(names)}. "
            "Give each class its own."
        )
    _check_prompts(prompts, names)
    _check_templates(prompts.templates)
    if prompts.temperature is not None and not (math.isfinite(prompts.temperature) and prompts.temperature > 0):
        raise BadParameter(
            f"The temperature must be a number above 0, not {prompts.temperature!r}; leave it out for the model's own."
        )
    n_texts = sum(map(len, prompts.by_class)) * len(prompts.templates)
    if n_texts > MAX_TEXTS:
        raise BadParameter(
            f"{n_texts:,} texts (prompts times templates) are too many; {MAX_TEXTS:,} at most. "
            "Leave some templates out."
        )


def texts_of(prompts: Prompts) -> Texts:
    """Every prompt of every class in every template."""
    texts = [
        (template.replace(SLOT, prompt), index)
        for index, of_class in enumerate(prompts.by_class)
        for prompt in of_class
        for template in prompts.templates
    ]
    return Texts(tuple(text for text, _ in texts), np.array([index for _, index in texts], np.int64))


def directions(vectors: Floats, *, owner: Ints, n_classes: int) -> Floats:
    """(n_classes, d) float32 of length one: the mean direction of each class's texts.

    vectors: (m, d), of length one. owner: (m,) class of each; every class has one. Ref: Radford et al., ICML 2021.
    """
    total = np.zeros((n_classes, vectors.shape[1]), np.float64)
    np.add.at(total, owner, vectors)
    lengths: Floats = np.linalg.norm(total, axis=1, keepdims=True)
    return (total / np.maximum(lengths, 1e-12)).astype(np.float32)


def cosines(vectors: Floats, directions: Floats) -> Floats:
    """(n, c) float32: the cosine of each of `vectors` (n, d) with each of `directions` (c, d), which have length one.

    A vector that is zero or not a number gets NaN.
    """
    if vectors.ndim != 2 or vectors.shape[1:] != directions.shape[1:]:
        raise WrongShape(f"vectors {vectors.shape} and directions {directions.shape} must be (n, d) and (c, d).")
    out = np.empty((len(vectors), len(directions)), np.float32)
    for first in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = np.asarray(vectors[first : first + _ROWS_AT_ONCE], np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        out[first : first + len(rows)] = np.divide(
            rows @ directions.T,
            lengths,
            out=np.full((len(rows), len(directions)), np.nan, np.float32),
            where=np.isfinite(lengths) & (lengths > 0),
        )
    return out


def mixed_cosines(classes: Ints, weights: Floats, lengths: Floats, scores: Floats) -> Floats:
    """(n, c) float32: the cosine of each picture, as ConSE puts it among sentences, with each of c texts.

    classes, weights: (n, t), of what a picture is mixed. lengths: (n,) of the mixed vectors. scores: (c, 1000) cosines
    of the texts with the classes. The twin of analytics.words.similarities for many texts.
    """
    out = np.empty((len(classes), len(scores)), np.float32)
    table = np.ascontiguousarray(scores.T, np.float32)  # (1000, c): a row a class of a mixture
    for first in range(0, len(classes), _ROWS_AT_ONCE):
        rows = slice(first, first + _ROWS_AT_ONCE)
        mixed = np.einsum("nt,ntc->nc", weights[rows], table[classes[rows]], optimize=True)
        out[rows] = mixed / np.maximum(lengths[rows], 1e-9)[:, None]
    return out


def probabilities(cosines: Floats, *, temperature: float) -> Floats:
    """(n, c) float32 that sum to one a row: the softmax of cosines over `temperature`; NaN rows stay NaN."""
    if not (math.isfinite(temperature) and temperature > 0):
        raise BadParameter(f"temperature must be a number above 0, not {temperature!r}.")
    scaled = cosines.astype(np.float64) / temperature
    shares: Floats = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    total: Floats = shares.sum(axis=1, keepdims=True)
    return (shares / total).astype(np.float32)


def predicted(cosines: Floats) -> Ints:
    """(n,) int64: the class with the highest cosine, -1 where it is not a number."""
    is_known = np.isfinite(cosines).all(axis=1)
    return np.where(is_known, np.nan_to_num(cosines, nan=-np.inf).argmax(axis=1), -1)


def scored(truth: Ints, *, predicted: Ints, n_classes: int) -> Scored:
    """How often predictions are the labels; a truth below 0 is not counted, a prediction below 0 is wrong."""
    by_class = recalls(truth, predicted=predicted, n_classes=n_classes)
    mean = float(np.nanmean(by_class)) if np.isfinite(by_class).any() else float("nan")
    return Scored(mean, by_class, np.bincount(truth[truth >= 0], minlength=n_classes))


def flipped(before: Ints, after: Ints, *, truth: Ints) -> dict[str, Ints]:
    """Rows that two sets of prompts call differently: "gained" (now the label), "lost" (no longer), "other"."""
    moved, is_known = before != after, truth >= 0
    gained, lost = moved & is_known & (after == truth), moved & is_known & (before == truth)
    rows = {"gained": gained, "lost": lost, "other": moved & ~gained & ~lost}
    return {name: np.flatnonzero(chosen) for name, chosen in rows.items()}


def _check_prompts(prompts: Prompts, names: Sequence[str]) -> None:
    for name, of_class in zip(names, prompts.by_class, strict=True):
        if not any(prompt.strip() for prompt in of_class):
            raise BadParameter(f"The class {name!r} has no prompt: write one, or take its name.")
        if not all(prompt.strip() for prompt in of_class):
            raise BadParameter(f"A prompt of the class {name!r} is empty: write something, or leave it out.")
        if len(of_class) > MAX_PROMPTS:
            raise BadParameter(f"The class {name!r} has {len(of_class)} prompts; {MAX_PROMPTS} at most.")
        if longest := max((len(prompt) for prompt in of_class if len(prompt) > LONGEST), default=0):
            raise BadParameter(f"A prompt of the class {name!r} has {longest:,} characters; {LONGEST:,} at most.")


def _check_templates(templates: Sequence[str]) -> None:
    if not templates:
        raise BadParameter(
            f"There is no template: write one a line, with {SLOT} for the prompt ({SLOT} alone will do)."
        )
    if len(templates) > MAX_TEMPLATES:
        raise BadParameter(f"There are {len(templates)} templates; {MAX_TEMPLATES} at most.")
    for template in templates:
        if SLOT not in template or len(template) > LONGEST:
            raise BadParameter(
                f"The template {template[:60]!r} must hold {SLOT}, where the prompt goes, and at most "
                f"{LONGEST:,} characters."
            )
