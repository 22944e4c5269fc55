"""The datasets that a service holds, and what it is made of besides: keys, models, bounds, numbers."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from service import layout
from service.dataset_index import DatasetIndex
from service.folder_index import open_version
from service.layout import BadIndex
from service.metrics import Metrics
from service.search import Search

LOOK_EVERY_S = 2.0
log = logging.getLogger("vitrine.service")


class Catalogue(Protocol):
    """Where indexes are found. Whoever took one may go on with it after another took its place.

    waits: whether looking one up may take longer than the loop of a server has time for.
    """

    waits: bool

    def names(self) -> list[str]:
        """The datasets, by name."""
        ...

    def find(self, dataset: str) -> DatasetIndex | None:
        """The index of a dataset as it stands now, or None; may raise Problem while it is being built."""
        ...

    def is_ready(self) -> bool:
        """Whether every dataset can be asked about."""
        ...


@dataclass(eq=False)
class FolderCatalogue:
    """The newest complete versions in an index's folder. `look` opens what is new; `watch` does so again and again.

    search_of: another way to search an index than its own.
    on_open: told of each index that took a place; it may load what it needs.
    A version that cannot be opened leaves the one before it in its place; `troubles` says why, by folder.
    """

    index: Path
    metrics: Metrics
    hashes: bool = True
    waits: bool = False
    on_open: Callable[[DatasetIndex], None] | None = None
    search_of: Callable[[DatasetIndex], Search] | None = None
    troubles: dict[str, str] = field(default_factory=dict)
    _open: dict[str, tuple[Path, DatasetIndex]] = field(default_factory=dict)  # by dataset
    _by_folder: dict[str, str] = field(default_factory=dict)  # the dataset in a folder
    _tried: set[Path] = field(default_factory=set)
    _has_looked: bool = False

    def names(self) -> list[str]:
        """The datasets, by name."""
        return sorted(self._open)

    def find(self, dataset: str) -> DatasetIndex | None:
        """The index of a dataset, or None."""
        found = self._open.get(dataset)
        return None if found is None else found[1]

    def is_ready(self) -> bool:
        """Whether there is an index, and the newest of each has been opened."""
        return self._has_looked and bool(self._open) and not self.troubles

    def look(self) -> int:
        """Open what is new, forget what is gone; how many indexes took another's place, or a place of their own."""
        newest = {version.parent.name: version for version in layout.newest_versions(self.index)}
        changed = 0
        for folder, version in newest.items():
            before = self._open.get(self._by_folder.get(folder, ""))
            if (before is None or before[0] != version) and version not in self._tried:
                changed += self._take(folder, version)
        for folder in [folder for folder in self._by_folder if folder not in newest]:
            self._forget(self._by_folder.pop(folder))
        self._has_looked = True
        return changed

    def watch(self, ended: threading.Event) -> threading.Thread:
        """Look every two seconds, in a thread of its own, until `ended`."""

        def go_on() -> None:
            while not ended.wait(LOOK_EVERY_S):
                self.look()

        thread = threading.Thread(target=go_on, daemon=True, name="index watch")
        thread.start()
        return thread

    def _take(self, folder: str, version: Path) -> int:
        began = time.monotonic()
        try:
            index = open_version(version, hashes=self.hashes)
        except BadIndex as error:
            self._tried.add(version)
            self.troubles[folder] = str(error)
            log.warning("%s", error)
            return 0
        self.troubles.pop(folder, None)
        if self.search_of is not None:
            index = replace(index, search=self.search_of(index))
        index.warm()
        name = index.facts.dataset
        before = self._open.get(name)
        self._open = {**self._open, name: (version, index)}  # a new dictionary: readers hold none by half
        self._by_folder[folder] = name
        if before is not None:
            before[1].close()
        if self.on_open is not None:
            self.on_open(index)
        self.metrics.swaps.inc()
        self.metrics.images.labels(name).set(index.images.num_rows)
        self.metrics.vectors.labels(name).set(len(index.vectors))
        log.info("%s: version %s opened in %.2f s", name, index.version, time.monotonic() - began)
        return 1

    def _forget(self, name: str) -> None:
        gone = self._open.get(name)
        self._open = {other: index for other, index in self._open.items() if other != name}
        if gone is not None:
            gone[1].close()
