"""How near pictures are to words by ConSE, from what each picture is made of."""

import numpy as np

from analytics.arrays import Floats, Ints
from analytics.errors import WrongShape


def similarities(classes: Ints, weights: Floats, lengths: Floats, scores: Floats) -> Floats:
    """(n,) float32: the cosine of one text with each picture.

    A picture is the sum of its classes' vectors by `weights` (n, t), of length `lengths` (n,); `classes` (n, t) names
    them. scores: (c,) the cosine of the text with each class. Since the sum is linear, so is its product with the text.
    """
    if classes.shape != weights.shape or len(lengths) != len(classes) or scores.ndim != 1:
        raise WrongShape(
            f"classes and weights must be (n, t), lengths (n,), scores (c,); not {classes.shape}, {weights.shape}, "
            f"{lengths.shape}, {scores.shape}."
        )
    products: Floats = np.einsum("nt,nt->n", weights, scores[classes])
    return (products / np.maximum(lengths, 1e-9)).astype(np.float32)


def best(scores: Floats, *, n: int) -> Ints:
    """The places of the `n` highest of `scores` (m,), highest first; equal ones by place."""
    n = min(n, len(scores))
    if not n:
        return np.zeros(0, np.int64)
    least = np.partition(scores, -n)[-n]
    chosen = np.flatnonzero(scores >= least)
    return chosen[np.lexsort((chosen, -scores[chosen]))][:n]
