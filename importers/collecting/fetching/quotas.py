"""How many pictures are wanted of each group (a class, a query): counted where they are kept, so never one too many."""

from collections import Counter
from collections.abc import Callable, Mapping


class Quota:
    """How many may still be kept. group_of: of a candidate's number; sizes: of a group, one without has no bound."""

    def __init__(
        self, group_of: Callable[[int], str] = lambda number: "", sizes: Mapping[str, int] | None = None
    ) -> None:
        self._group_of, self._sizes = group_of, dict(sizes or {})
        self.kept: Counter[str] = Counter()

    def is_open(self, number: int) -> bool:
        """Whether a picture of the candidate's group is still wanted."""
        group = self._group_of(number)
        return group not in self._sizes or self.kept[group] < self._sizes[group]

    def take(self, number: int) -> None:
        """Count a picture that is kept."""
        self.kept[self._group_of(number)] += 1

    def give_back(self, number: int) -> None:
        """Count a picture that was kept no more."""
        self.kept[self._group_of(number)] -= 1
