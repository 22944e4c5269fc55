"""What is wrong with rows of features: repeated and contradicting ids, what is not finite, labels, constant columns."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from importers.feature_files import Piece
from importers.keys import FileIndex, storable

MAX_ROWS = 5_000_000
MAX_ID_CHARACTERS = 500
MAX_TOLD = 1_000  # rows that are listed one by one


@dataclass
class FileChecks:
    """What was seen in one file. n_features 0 and a problem: it was not read. problem: why, or what its reading was."""

    file: str
    n_rows: int = 0
    n_features: int = 0
    n_taken: int = 0
    n_repeated: int = 0
    n_conflicting: int = 0
    n_not_finite: int = 0
    n_without_id: int = 0
    n_unmatched: int = 0
    n_without_label: int = 0
    n_unknown_label: int = 0
    n_bad_lines: int = 0
    n_constant: int = 0
    reading: str = ""
    problem: str | None = None


@dataclass(frozen=True)
class RowProblem:
    """A row that was not taken as it is. row: from 1, the heading not counted."""

    file: str
    row: int
    key: str
    reason: str


@dataclass(frozen=True, eq=False)
class Taken:
    """Rows that are in order. ids: as written, of pictures their paths; digests: sha256 of each vector."""

    ids: list[str]
    labels: list[str | None]
    splits: list[str | None]
    digests: list[str]
    vectors: np.ndarray

    def first(self, n: int) -> "Taken":
        """The first n of them."""
        return Taken(self.ids[:n], self.labels[:n], self.splits[:n], self.digests[:n], self.vectors[:n])

    def after(self, n: int) -> "Taken":
        """Those after the first n."""
        return Taken(self.ids[n:], self.labels[n:], self.splits[n:], self.digests[n:], self.vectors[n:])


@dataclass
class Ranges:
    """The lowest and the highest number of each feature."""

    low: np.ndarray | None = None
    high: np.ndarray | None = None

    def add(self, vectors: np.ndarray) -> None:
        """Take rows (n, d) in; what is not a number does not count."""
        with np.errstate(invalid="ignore"):
            low, high = np.fmin.reduce(vectors, axis=0), np.fmax.reduce(vectors, axis=0)
        self.low = low if self.low is None else np.fmin(self.low, low)
        self.high = high if self.high is None else np.fmax(self.high, high)

    def constant(self) -> np.ndarray:
        """The places of the features that have one number in all rows."""
        return np.flatnonzero(self.low == self.high) if self.low is not None else np.zeros(0, np.int64)


@dataclass
class Checker:
    """Looks at rows, piece by piece, across all files of an import.

    paths: of the dataset's pictures, where rows are theirs; None: rows are points of their own. by_order: row i is of
    the i-th path. class_names: the classes there are, or None where labels are taken as they come.
    """

    paths: Sequence[str] | None
    by_order: bool
    class_names: Sequence[str] | None
    problems: list[RowProblem] = field(default_factory=list)
    n_rows: int = 0
    n_known: int = 0

    def __post_init__(self) -> None:
        self._index = None if self.paths is None or self.by_order else FileIndex(self.paths)
        self._seen: dict[
            str, int
        ] = {}  # of each id what its row says, as a number; of points of before their hash alone
        self._known: set[str] = set()
        names = self.class_names or ()
        self._label_of: Mapping[str, str] = {str(n): name for n, name in enumerate(names)} | {one: one for one in names}
        self._labels: dict[str | None, str | None] = {}

    @property
    def n_taken(self) -> int:
        """How many different ids have been taken."""
        return len(self._seen) - self.n_known

    def know(self, points: pa.Table) -> None:
        """Take points (path, sha256) that are there already: a row of theirs repeats them, or contradicts them."""
        for path, sha256 in zip(points["path"].to_pylist(), points["sha256"].to_pylist(), strict=True):
            self._seen[path] = int(sha256[:15], 16)
        self._known = set(self._seen)
        self.n_known = len(self._known)

    def take(self, piece: Piece, checks: FileChecks, *, is_finite: bool = False) -> Taken:
        """The rows of a piece that are in order; the others are counted, and the first of them listed.

        is_finite: it is known that all numbers are.
        """
        finite = np.full(len(piece.vectors), is_finite)
        if not is_finite:
            finite[:] = np.isfinite(piece.vectors).all(axis=1)
        kept: list[int] = []
        taken = Taken([], [], [], [], np.zeros((0, piece.vectors.shape[1]), np.float32))
        for row, key in enumerate(self._keys(piece)):
            checks.n_rows += 1
            self.n_rows += 1
            found = self._place(key, checks)
            if found is None:
                continue
            label = self._label(None if piece.labels is None else piece.labels[row], key, checks)
            split = None if piece.splits is None else piece.splits[row]
            if not finite[row]:
                checks.n_not_finite += 1
                self._tell(checks, key, "It holds NaN or infinity.")
                continue
            digest = hashlib.sha256(piece.vectors[row].data).hexdigest()
            number = int(digest[:15], 16)
            says = number if found in self._known else hash((number, label, split))
            before = self._seen.get(found)
            if before is not None:
                if before == says:
                    checks.n_repeated += 1
                else:
                    checks.n_conflicting += 1
                    self._tell(checks, key, "A row of before has this id and other numbers or another label.")
                continue
            self._seen[found] = says
            checks.n_without_label += label is None
            checks.n_taken += 1
            kept.append(row)
            taken.ids.append(found)
            taken.labels.append(label)
            taken.splits.append(split)
            taken.digests.append(digest)
        vectors = piece.vectors if len(kept) == len(piece.vectors) else piece.vectors[kept]
        return Taken(taken.ids, taken.labels, taken.splits, taken.digests, vectors)

    def _keys(self, piece: Piece) -> Iterator[str]:
        if piece.ids is not None:
            yield from piece.ids
        elif self.by_order and self.paths is not None:
            first = self.n_rows
            yield from (self.paths[first + n] if first + n < len(self.paths) else "" for n in range(len(piece.vectors)))
        else:
            yield from map(str, range(self.n_rows, self.n_rows + len(piece.vectors)))

    def _place(self, key: str, checks: FileChecks) -> str | None:
        """The id that a key means; None where it means none."""
        if not key or len(key) > MAX_ID_CHARACTERS or not key.isprintable():
            checks.n_without_id += 1
            self._tell(checks, key[:80], "It has no id, or one that is no printable name.")
            return None
        if self._index is None:
            # No path of this machine can be made of an id: an absolute one would be a file outside any folder.
            return storable(key).replace("\\", "/").lstrip("/") if self.paths is None else key
        place = self._index.find(key)
        if isinstance(place, int):
            return self.paths[place] if self.paths is not None else None
        checks.n_unmatched += 1
        self._tell(checks, key, "No picture has this name." if place == "missing-file" else "Several pictures have it.")
        return None

    def _label(self, label: str | None, key: str, checks: FileChecks) -> str | None:
        if label is None or self.class_names is None:
            return label if label is None else storable(label)[:MAX_ID_CHARACTERS]
        known = self._label_of.get(label)
        if known is None:
            checks.n_unknown_label += 1
            self._tell(checks, key, f"Its label {label[:60]!r} is no class.")
        return known

    def _tell(self, checks: FileChecks, key: str, reason: str) -> None:
        if len(self.problems) < MAX_TOLD:
            self.problems.append(RowProblem(checks.file, checks.n_rows, storable(key), reason))
