"""What is asked of Qdrant, whoever answers: a server by its client, or its engine in this process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Payload = dict[str, Any]
Floats = npt.NDArray[np.float32]
FILTERS = ("class", "split", "licence", "issues", "versions")  # keys of the payload by which a search may be narrowed


class QdrantError(Exception):
    """What Qdrant refused, or why it could not be asked, in a sentence. It never holds the key."""


class NoCollection(QdrantError):
    """There is no such collection."""


@dataclass(frozen=True)
class Shape:
    """What a collection is made with, and cannot be without being made anew.

    dim: numbers of a vector. m, ef_construct: of HNSW. quantised: vectors are kept as int8 as well, and searched so.
    """

    dim: int
    m: int = 16
    ef_construct: int = 100
    quantised: bool = False

    def mark(self) -> str:
        """The same in a word, by which one is compared with another."""
        kept = "float32 and int8" if self.quantised else "float32"
        return f"cosine of {self.dim} numbers, HNSW m {self.m} ef_construct {self.ef_construct}, {kept}"


@dataclass(frozen=True, eq=False)
class Point:
    """A picture as Qdrant keeps it. id: a UUID; vector: (d,) float32; Qdrant makes it one long."""

    id: str
    vector: Floats
    payload: Payload


@dataclass(frozen=True, eq=False)
class Hit:
    """A point near a query. score: the cosine, as Qdrant has it: rounded where the collection is quantised."""

    id: str
    score: float
    payload: Payload = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a collection says of itself. dim: 0 where its vectors are not one unnamed kind; distance: in lower case."""

    dim: int
    distance: str
    n_points: int


class VectorStore(Protocol):
    """Collections of points, and aliases that lead to them. Every method may raise QdrantError.

    What has returned is kept: a batch that is not acknowledged may be sent again, with the same outcome.
    """

    def behind(self, alias: str) -> str | None:
        """The collection that an alias leads to, or None."""
        ...

    def describe(self, collection: str) -> Found | None:
        """What a collection is; None where there is none. An alias is no collection."""
        ...

    def create(self, collection: str, shape: Shape) -> None:
        """Make an empty collection, with an index of each key of FILTERS."""
        ...

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write points whole: readers see the one of before or the new one."""
        ...

    def say_anew(self, collection: str, payloads: Mapping[str, Payload]) -> None:
        """Replace the payloads of points by id; their vectors stay."""
        ...

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Delete points; those that are not there are none."""
        ...

    def count(self, collection: str) -> int:
        """How many points there are, counted and not guessed."""
        ...

    def read(self, collection: str, ids: Sequence[str]) -> dict[str, Point]:
        """Points by id, with vectors and payloads; those that are not there are left out."""
        ...

    def index(self, collection: str) -> bool:
        """Go on with building the index a while; whether it is complete."""
        ...

    def lead(self, alias: str, collection: str) -> None:
        """Let an alias lead to a collection, from one moment to the next."""
        ...

    def drop(self, collection: str) -> None:
        """Delete a collection with all its points; one that is not there is none."""
        ...

    def near(
        self, name: str, vector: Floats, *, k: int, only: Mapping[str, Sequence[str]], exact: bool = False
    ) -> list[Hit]:
        """The k points nearest to a vector (d,), nearest first, of a collection or an alias. See `reading.search`."""
        ...

    def close(self) -> None:
        """Give connections, files and locks up."""
        ...
