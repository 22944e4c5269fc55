"""Where the curve of a loss over k bends: a suggestion, no more."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Elbow:
    """k: the suggestion. spent: the share of the fall from the first k to the last that is reached there, in [0, 1].

    before, after: how much of the fall one more medoid brought, on average, up to k and beyond it.
    """

    k: int
    spent: float
    before: float
    after: float


def elbow(ks: Sequence[int], losses: Sequence[float]) -> Elbow | None:
    """The k where the curve lies farthest below the straight line from its first to its last point.

    ks rise. None with fewer than three points, or where the loss does not fall. The answer depends on the range of k.
    Ref: Satopaa et al., Finding a "Kneedle" in a Haystack, 2011.
    """
    at, loss = np.asarray(ks, float), np.asarray(losses, float)
    if len(at) < 3 or not loss[0] > loss[-1]:
        return None
    along = (at - at[0]) / (at[-1] - at[0])
    fallen = (loss[0] - loss) / (loss[0] - loss[-1])
    bend = int(np.argmax((fallen - along)[1:-1])) + 1
    spent = float(fallen[bend])
    return Elbow(int(at[bend]), spent, spent / (at[bend] - at[0]), (1 - spent) / (at[-1] - at[bend]))
