"""What sources have named, page by page, in a file of the job's folder: a killed run asks for no page again."""

import json
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from importers.collecting.candidate import Candidate
from importers.collecting.sources import Page

_PAGES_HELD = 64


@dataclass(frozen=True)
class FoundPage:
    """A page. first: the number of its first candidate. after: where its source goes on, "" at the end."""

    ask: int
    first: int
    after: str
    n_unusable: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class _Place:
    ask: int
    first: int
    offset: int


class FoundPages:
    """The pages of a run, on the disk; some kilobytes of memory a thousand candidates. Close it."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a+b")
        self._places: list[_Place] = []
        self._held: OrderedDict[int, FoundPage] = OrderedDict()
        self.n_candidates = 0
        self._read_places()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def append(self, ask: int, page: Page) -> FoundPage:
        """Keep a page, and number its candidates."""
        found = FoundPage(ask, self.n_candidates, page.after, page.n_unusable, page.candidates)
        offset = self._file.seek(0, os.SEEK_END)
        self._file.write(f"{json.dumps(asdict(found), default=str)}\n".encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._note(found, offset)
        return found

    def of_ask(self, ask: int) -> Iterator[FoundPage]:
        """The pages of a question that there are, in order."""
        for place in [each for each in self._places if each.ask == ask]:
            yield self._page(place.offset)

    def n_pages(self, ask: int) -> int:
        """How many pages of a question there are."""
        return sum(each.ask == ask for each in self._places)

    def candidate(self, number: int) -> tuple[int, Candidate]:
        """The question and the candidate of a number; raises LookupError."""
        place = self._places[_last_at_most(self._places, number)]
        page = self._page(place.offset)
        return page.ask, page.candidates[number - page.first]

    def _page(self, offset: int) -> FoundPage:
        if offset not in self._held:
            self._file.seek(offset)
            self._hold(offset, _page_of(self._file.readline()))
        self._held.move_to_end(offset)
        return self._held[offset]

    def _hold(self, offset: int, page: FoundPage) -> None:
        self._held[offset] = page
        while len(self._held) > _PAGES_HELD:
            self._held.popitem(last=False)

    def _note(self, page: FoundPage, offset: int) -> None:
        self._places.append(_Place(page.ask, page.first, offset))
        self.n_candidates = page.first + len(page.candidates)
        self._hold(offset, page)

    def _read_places(self) -> None:
        """Find the pages; a line that a kill left half written is cut off."""
        self._file.seek(0)
        offset = 0
        for line in self._file:
            try:
                self._note(_page_of(line), offset)
            except (ValueError, KeyError, TypeError):
                break
            offset += len(line)
        self._file.truncate(offset)


def _page_of(line: bytes) -> FoundPage:
    if not line.endswith(b"\n"):
        raise ValueError("half a line")
    content: dict[str, Any] = json.loads(line)
    return FoundPage(**{**content, "candidates": tuple(Candidate(**each) for each in content["candidates"])})


def _last_at_most(places: Sequence[_Place], number: int) -> int:
    low, high = 0, len(places)
    while low < high:
        middle = (low + high) // 2
        if places[middle].first <= number:
            low = middle + 1
        else:
            high = middle
    if not low or number < 0:
        raise LookupError(f"There is no candidate {number}.")
    return low - 1
