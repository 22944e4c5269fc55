"""Which query of a collection was worth it: what share of what it found is in the dataset at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.noise_rates import wilson

MIN_FOUND = 20  # candidates, below which a query is not named as the best or the worst


@dataclass(frozen=True)
class Worth:
    """A query's share of candidates that are in the dataset now, with its 95 % interval; n: candidates."""

    share: float
    low: float
    high: float
    n: int


def worth(n_survived: int, n_found: int) -> Worth:
    """The share; 0 with the widest interval where nothing was found."""
    low, high = (float(end) for end in wilson(n_survived, n_found))
    return Worth(n_survived / n_found if n_found else 0.0, low, high, n_found)


def best_and_worst(shares: Sequence[Worth]) -> tuple[int, int] | None:
    """The places of the best and the worst; None unless their intervals are apart, so that there is something to say.

    Only those with MIN_FOUND candidates are compared.
    """
    enough = [place for place, each in enumerate(shares) if each.n >= MIN_FOUND]
    if len(enough) < 2:
        return None
    best = max(enough, key=lambda place: shares[place].share)
    worst = min(enough, key=lambda place: shares[place].share)
    return (best, worst) if shares[best].low > shares[worst].high else None
