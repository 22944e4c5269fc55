"""What a gate found: a number, how many rows are wrong, and the first of them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import islice

import pyarrow as pa

from jobs.engine.kinds import Figures


@dataclass(frozen=True)
class Row:
    """Something wrong. image_id: None where it is no picture; path: of the picture, or a name."""

    image_id: int | None
    path: str
    reason: str


@dataclass(frozen=True)
class Finding:
    """What was measured, in the gate's unit; None where it could not be. rows: the first n_wrong rows, or all."""

    measured: float | None
    n_wrong: int = 0
    rows: list[Row] = field(default_factory=list)

    def as_json(self) -> Figures:
        """What a file keeps of it."""
        return asdict(self)


def finding_of(told: Figures) -> Finding:
    """What as_json has given."""
    return Finding(told["measured"], told["n_wrong"], [Row(**row) for row in told["rows"]])


def counted(rows: Iterable[Row], *, kept: int, of: int | None = None) -> Finding:
    """A finding whose number is how many rows there are, or their share `of` so many; the first `kept` stay."""
    rows = iter(rows)
    first = list(islice(rows, kept))
    n = len(first) + sum(1 for _ in rows)
    return Finding(float(n) if of is None else share(n, of), n, first)


def of_table(table: pa.Table, reason: str, *, kept: int, of: int | None = None) -> Finding:
    """A finding of a table (image_id, path), all of whose rows are wrong."""
    first = table.slice(0, kept).to_pylist()
    rows = [Row(row.get("image_id"), str(row.get("path", row.get("image_id"))), reason) for row in first]
    n = table.num_rows
    return Finding(float(n) if of is None else share(n, of), n, rows)


def share(n: int, of: int) -> float:
    """n of so many; 0 of nothing."""
    return n / of if of else 0.0
