"""The datasets of an open workspace as the service holds them: built in the background, a generation at a time.

What changes most, decisions and labels, costs a read of the rows; vectors are read again only when some were written.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from service.dataset_index import DatasetIndex, Pictures, lengths_of, unit
from service.facts import Served, served
from service.metrics import Metrics
from service.problems import Problem
from service.search import Floats, Search, Whole, search_over
from store.acting import BY_ITSELF, acting
from store.connection import Workspace
from store.datasets import Dataset, list_datasets
from store.errors import StoreError
from store.vectors import Space, read_vectors
from store.zero_shot import vectors_state

WAIT_S = 20.0  # for the first index of a dataset; after that the one of before answers until the new one is there
MOST_OPEN = 3  # datasets whose vectors are in memory
RETRY_S = 30.0  # after one that failed
log = logging.getLogger("vitrine.service")


class PicturesOf(Protocol):
    """Gives the pictures of some images, by row."""

    def __call__(self, image_ids: Whole) -> Pictures:
        """image_ids: (n,) of each row."""
        ...


@dataclass(frozen=True, eq=False)
class _Vectors:
    """The vectors of a space as they were read. state: of the space then."""

    space_id: int
    state: tuple[int, int]
    ids: Whole
    values: Floats
    lengths: Floats
    search: Search


@dataclass(eq=False)
class _Entry:
    """A dataset that was asked about. failed_at: seconds of a monotonic clock, of the last build that failed."""

    index: DatasetIndex | None = None
    generation: int = -1
    vectors: _Vectors | None = None
    is_building: bool = False
    failed_at: float = -RETRY_S
    seconds: float = 0.0
    built: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class LiveState:
    """What is in memory of a dataset. n_bytes: of its vectors. seconds: of the last build. is_current: of today."""

    n_images: int
    n_vectors: int
    n_bytes: int
    method: str
    seconds: float
    is_current: bool
    is_building: bool


class LiveCatalogue:
    """The datasets of the workspace that `workspace` gives, which may raise StoreError while it is not open."""

    waits = True

    def __init__(self, workspace: Callable[[], Workspace], pictures: PicturesOf, metrics: Metrics) -> None:
        self._workspace, self._pictures, self._metrics = workspace, pictures, metrics
        self._lock = threading.Lock()
        self._entries: dict[int, _Entry] = {}  # by dataset, the one asked about last at the end
        self._of: Workspace | None = None  # whose datasets they are

    def names(self) -> list[str]:
        """The datasets, by name; raises Problem 503 while the workspace is not open."""
        return [dataset.name for dataset in self._datasets(self._opened())]

    def is_ready(self) -> bool:
        """Whether the workspace is open; an index is built when somebody asks for it."""
        try:
            self._opened()
        except Problem:
            return False
        return True

    def find(self, dataset: str) -> DatasetIndex | None:
        """The index of a dataset: that of today, or that of before while it is built. Raises Problem 503."""
        workspace = self._opened()
        found = next((each for each in self._datasets(workspace) if each.name == dataset), None)
        if found is None:
            return None
        entry = self._started(workspace, found)
        if entry.index is None:
            entry.built.wait(WAIT_S)
        if entry.index is None:
            detail = f"The index of {dataset} is being built. Come again in a moment."
            raise Problem(503, "index-being-built", detail, headers={"Retry-After": "2"})
        return entry.index

    def start(self, dataset: Dataset) -> None:
        """Have the index of a dataset built in the background, if it is not that of today; raises Problem 503."""
        self._started(self._opened(), dataset)

    def state(self, dataset: Dataset) -> LiveState | None:
        """What is in memory of a dataset; None before anybody asked about it."""
        entry = self._entries.get(dataset.id) if self._of is self._workspace() else None
        if entry is None:
            return None
        index = entry.index
        return LiveState(
            n_images=0 if index is None else index.images.num_rows,
            n_vectors=0 if index is None else len(index.vectors),
            n_bytes=0 if index is None else index.vectors.nbytes,
            method="" if index is None else index.search.method,
            seconds=entry.seconds,
            is_current=entry.generation == self._workspace().settled_generation(dataset.id),
            is_building=entry.is_building,
        )

    def settle(self, within_s: float = WAIT_S) -> None:
        """Wait until nothing is being built, so that the workspace can be closed."""
        ends = time.monotonic() + within_s
        for entry in [*self._entries.values()]:
            entry.built.wait(max(0.0, ends - time.monotonic()))

    def _opened(self) -> Workspace:
        try:
            return self._workspace()
        except StoreError as error:
            raise Problem(503, "workspace-not-open", "The workspace is not open just now.") from error

    def _datasets(self, workspace: Workspace) -> list[Dataset]:
        return workspace.until_written("service_datasets", lambda: list_datasets(workspace))

    def _started(self, workspace: Workspace, dataset: Dataset) -> _Entry:
        generation = workspace.settled_generation(dataset.id)
        with self._lock:
            if workspace is not self._of:  # it was closed and opened again, or is another
                self._of, self._entries = workspace, {}
            entry = self._entries.pop(dataset.id, None) or _Entry()
            self._entries[dataset.id] = entry
            for oldest in [*self._entries][:-MOST_OPEN]:
                if not self._entries[oldest].is_building:
                    del self._entries[oldest]
            is_old = entry.generation != generation and time.monotonic() - entry.failed_at >= RETRY_S
            if is_old and not entry.is_building:
                entry.is_building = True
                entry.built.clear()
                task = (workspace, dataset, entry, generation)
                threading.Thread(target=self._build, args=task, daemon=True, name="index").start()
        return entry

    def _build(self, workspace: Workspace, dataset: Dataset, entry: _Entry, generation: int) -> None:
        began = time.monotonic()
        try:
            with acting(BY_ITSELF):
                out = served(workspace, dataset)
                vectors = _vectors(workspace, out.space, entry.vectors)
                index = self._index(out, vectors, generation)
            index.warm()
        except Exception as error:
            log.warning("The index of %s could not be built", dataset.name, exc_info=error)
            entry.failed_at = time.monotonic()
        else:
            before, entry.index, entry.vectors, entry.generation = entry.index, index, vectors, generation
            if before is not None:
                before.close()
            self._metrics.swaps.inc()
            self._metrics.images.labels(dataset.name).set(index.images.num_rows)
            self._metrics.vectors.labels(dataset.name).set(len(index.vectors))
        finally:
            entry.seconds = time.monotonic() - began
            entry.is_building = False
            entry.built.set()

    def _index(self, out: Served, vectors: _Vectors, generation: int) -> DatasetIndex:
        return DatasetIndex(
            facts=out.facts,
            images=out.images.combine_chunks(),
            vector_ids=vectors.ids,
            vectors=vectors.values,
            search=vectors.search,
            objects=out.objects,
            version=str(generation),
            made_at=f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}",
            pictures=self._pictures(out.images["image_id"].to_numpy()),
            lengths=vectors.lengths,
            onnx=out.onnx,
            weights=out.weights,
        )


def _vectors(workspace: Workspace, space: Space | None, before: _Vectors | None) -> _Vectors:
    """The vectors of a space, those of before where none was written since."""
    if space is None:
        empty = np.empty((0, 0), np.float32)
        return _Vectors(0, (0, 0), np.empty(0, np.int64), empty, np.empty(0, np.float32), search_over(empty))
    state = vectors_state(workspace, space)
    if before is not None and (before.space_id, before.state) == (space.id, state):
        return before
    ids, values = read_vectors(workspace, space)
    directions, usable = unit(values)
    ids, lengths, directions = ids[usable].astype(np.int64), lengths_of(values[usable]), directions[usable]
    return _Vectors(space.id, state, ids, directions, lengths, search_over(directions))
