"""How much of a planted truth a method found."""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """n_found: what the method named; n_right: of these, planted; n_planted: all that was planted."""

    n_found: int
    n_right: int
    n_planted: int

    @property
    def precision(self) -> float | None:
        """The share of what was named that is right; None where nothing was named."""
        return self.n_right / self.n_found if self.n_found else None

    @property
    def recall(self) -> float | None:
        """The share of what was planted that was named; None where nothing was planted."""
        return self.n_right / self.n_planted if self.n_planted else None


def score(reported: Set[str], *, planted: Set[str]) -> Score:
    """Compare what was found with what was planted."""
    return Score(len(reported), len(reported & planted), len(planted))
