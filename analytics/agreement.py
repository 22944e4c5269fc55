"""Whether an image's neighbours carry its label."""

import collections
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreement:
    """n neighbours with a label, of which n_same carry the image's own. others: (label, how many), most first."""

    n: int
    n_same: int
    others: tuple[tuple[Hashable, int], ...]

    @property
    def share(self) -> float | None:
        """n_same of n in [0, 1]; None where no neighbour has a label."""
        return self.n_same / self.n if self.n else None


def agreement(own: Hashable | None, labels: Sequence[Hashable | None]) -> Agreement:
    """Compare an image's label with those of its neighbours; unlabelled neighbours are not counted."""
    counts = collections.Counter(label for label in labels if label is not None)
    n_same = counts.pop(own, 0) if own is not None else 0
    others = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return Agreement(n_same + sum(counts.values()), n_same, tuple(others))
