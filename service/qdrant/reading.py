"""Searching what a sync brought to Qdrant: the nearest of a vector, by the alias, narrowed by what pictures carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from service.qdrant.contract import FILTERS, Floats, QdrantError, VectorStore
from service.qdrant.opening import READ_S, open_store

MOST = 1_000
Filter = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Near:
    """A picture near a query. cosine: as Qdrant has it. label: its class, or the classes of several."""

    image_id: int
    sha256: str
    path: str
    label: str | list[str] | None
    cosine: float


class Reader:
    """Asks the collection behind an alias; one for many questions, from one thread at a time. A context manager.

    store: what is asked; without it what lies at `url`.
    """

    def __init__(self, url: str, alias: str, *, store: VectorStore | None = None) -> None:
        self.url, self.alias = url, alias
        self._store = open_store(url, timeout_s=READ_S) if store is None else store

    def search(self, vector: Floats, k: int, filter: Filter | None = None, *, exact: bool = False) -> list[Near]:
        """The `k` (1 to 1,000) pictures nearest to `vector` (d,), nearest first; fewer where no more fit.

        filter: key of FILTERS to a value or several of which one is enough; all keys must fit. exact: every vector is
        compared, without HNSW. Raises ValueError for what cannot be asked, QdrantError where no answer comes.
        """
        only = {name: [values] if isinstance(values, str) else list(values) for name, values in (filter or {}).items()}
        unknown = sorted(set(only) - set(FILTERS))
        if unknown:
            raise ValueError(f"A search is narrowed by {', '.join(FILTERS)}, not by {unknown[0]!r}.")
        query = np.asarray(vector, np.float32)
        if query.ndim != 1 or not np.isfinite(query).all() or not query.any():
            raise ValueError("The vector has to be a row of finite numbers that are not all zero.")
        if not 1 <= k <= MOST:
            raise ValueError(f"From 1 to {MOST:,} pictures can be asked for, not {k:,}.")
        hits = self._store.near(self.alias, query, k=k, only=only, exact=exact)
        try:
            return [
                Near(
                    int(hit.payload["image_id"]),
                    str(hit.payload["sha256"]),
                    str(hit.payload["path"]),
                    hit.payload.get("class"),
                    hit.score,
                )
                for hit in hits
            ]
        except (KeyError, TypeError, ValueError):
            raise QdrantError(f"{self.alias} at {self.url} holds points that no sync of Vitrine has written.") from None

    def close(self) -> None:
        """Give the connection up."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
