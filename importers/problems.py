"""What is wrong with labels, gathered: the same of the same key stands once, with how often it was seen."""

from collections.abc import Iterable
from dataclasses import replace

from analytics.wording import count
from importers.types import Problem

MAX_KEY_CHARACTERS = 1_000


class Problems:
    """Problems in the order in which they were first met."""

    def __init__(self, first: Iterable[Problem] = ()) -> None:
        self._counts: dict[Problem, int] = {}
        for problem in first:
            self.add(problem)

    def add(self, problem: Problem, *, n: int = 1) -> None:
        """Take a problem of n rows in, or count it once more."""
        if len(problem.key) > MAX_KEY_CHARACTERS:
            problem = replace(problem, key=f"{problem.key[:MAX_KEY_CHARACTERS]}…")
        self._counts[problem] = self._counts.get(problem, 0) + n

    def all(self) -> list[Problem]:
        """Each problem once; where it was met more often, its reason says how often."""
        return [
            problem if n == 1 else replace(problem, reason=f"{problem.reason} So in {count(n, 'row')}.")
            for problem, n in self._counts.items()
        ]
