"""What a measure answers: a number with all that has to be known to believe it, or why there is none."""

from dataclasses import dataclass
from typing import Literal

from store.claims import MeasuredRow

# count: whole things. share: of [0, 1]. points: a difference of shares. ratio: times. mean: things a picture. score: of
# [0, 1] and no share. p: of a test. bytes.
Unit = Literal["count", "share", "points", "ratio", "mean", "score", "p", "bytes"]


@dataclass(frozen=True)
class Interval:
    """The ends of a 95 % interval, in the number's unit, and how it was made."""

    low: float
    high: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Value:
    """A number, in its unit; None where `reason` says, as a sentence, why there is none.

    n: how many pictures, labels or files it rests on. run_ids: where it comes from; none: counted now. evaluation_set,
    version: by name, "" for none; they may be a stranger's. generation: the dataset's count of changes. weak: what
    weakens it, a sentence each.
    """

    number: float | None
    unit: Unit
    n: int = 0
    interval: Interval | None = None
    run_ids: tuple[int, ...] = ()
    evaluation_set: str = ""
    version: str = ""
    generation: int = 0
    weak: tuple[str, ...] = ()
    reason: str = ""

    @property
    def known(self) -> float:
        """The number; raises ValueError where there is none, with the reason."""
        if self.number is None:
            raise ValueError(self.reason)
        return self.number

    def row(self, name: str) -> MeasuredRow:
        """The value as the store keeps it, under the name of a claim's number."""
        ends = self.interval
        return MeasuredRow(
            name=name,
            number=self.number,
            unit=self.unit,
            low=None if ends is None else ends.low,
            high=None if ends is None else ends.high,
            method=None if ends is None else ends.method,
            n=self.n,
            run_ids=self.run_ids,
            evaluation_set=self.evaluation_set,
            version=self.version,
            generation=self.generation,
            weak=self.weak,
            reason=self.reason or None,
        )
