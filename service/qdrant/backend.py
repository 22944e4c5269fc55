"""The service's search by Qdrant: it says which pictures are near, and their cosines are taken of the index's vectors.

Where it does not answer, or knows fewer of the index's pictures than are asked for, every vector is compared as ever.
"""

import logging
import time
from collections.abc import Callable, Sequence

import numpy as np

from service.dataset_index import DatasetIndex
from service.qdrant.contract import QdrantError
from service.qdrant.names import alias_of
from service.qdrant.reading import MOST, Reader
from service.search import Hits, Query, Search, best

SAY_AGAIN_S = 60.0
SPARE = 8  # more than are asked for: some may not be in the index, or not any more
log = logging.getLogger("vitrine.service")


class QdrantSearch:
    """Asks a reader for the nearest. index: whose vectors they are; open_reader: called at the first query.

    What a filter leaves is compared in memory: a filter of the service knows more than a payload does.
    """

    def __init__(self, index: DatasetIndex, *, alias: str, open_reader: Callable[[], Reader]) -> None:
        self.method = f"Qdrant ({alias}), HNSW; filtered: every vector compared"
        self._vectors, self._own = index.vectors, index.search
        self._order = np.argsort(index.vector_ids)
        self._ids = index.vector_ids[self._order]
        self._open_reader = open_reader
        self._reader: Reader | None = None
        self._said_at = -SAY_AGAIN_S

    def nearest(self, queries: Sequence[Query]) -> list[Hits]:
        """The nearest of each query, in their order."""
        return [self._one(query) for query in queries]

    def _one(self, query: Query) -> Hits:
        found = self._asked(query) if query.mask is None else None
        return self._own.nearest([query])[0] if found is None else found

    def _asked(self, query: Query) -> Hits | None:
        """What Qdrant says; None where it says too little."""
        wanted = min(query.k, len(self._ids))
        if not 0 < wanted <= MOST - SPARE:
            return None
        try:
            if self._reader is None:
                self._reader = self._open_reader()
            near = self._reader.search(query.vector, wanted + SPARE)
        except (QdrantError, ValueError) as error:
            self._say(str(error))
            return None
        ids = np.unique(np.array([one.image_id for one in near], np.int64))
        places = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        rows = np.sort(self._order[places[self._ids[places] == ids]])
        if len(rows) < wanted:
            return None
        chosen = best((self._vectors[rows] @ query.vector).astype(np.float32), k=wanted)
        return Hits(rows[chosen.rows], chosen.cosines)

    def _say(self, sentence: str) -> None:
        """Put a refusal into the log, once a minute."""
        if time.monotonic() - self._said_at >= SAY_AGAIN_S:
            self._said_at = time.monotonic()
            log.warning("%s Vectors are compared in memory instead.", sentence)


def search_by_qdrant(index: DatasetIndex, *, url: str, alias: str = "") -> Search:
    """The search of an index by the collection that `sync-qdrant` has brought to `url`; alias: as the sync has it."""
    if index.facts.space is None:
        return index.search
    name = alias or alias_of(index.facts.dataset, index.facts.space.name)
    return QdrantSearch(index, alias=name, open_reader=lambda: Reader(url, name))
