"""One source asked one question: its pages, those that are known already first, and why it ended."""

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from importers.collecting.about import SOURCES
from importers.collecting.elsewhere import address_of_source, imitations
from importers.collecting.fetching import FetchError, GuardedClient
from importers.collecting.keys import KeyMissing, read_key, without_keys
from importers.collecting.sources import Filters, Page, Source, SourceError
from importers.collecting.sources.named import ADDRESSES
from jobs.collect.asks import Ask
from jobs.collect.found import FoundPage, FoundPages

ASKING, ENOUGH, END, NOTHING_NEW, LIMIT, FAILED = "asking", "enough", "end", "nothing new", "limit", "failed"
PAGES_WITHOUT_NEWS = 2  # in a row, after which what is new since the last time has been seen


class Searching:
    """A question at work. state: asking, or why it ended; sentence: what is to be said of it."""

    def __init__(self, ask: Ask, source: Source, filters: Filters, found: FoundPages, client: GuardedClient):
        self.ask, self.state, self.sentence = ask, ASKING, ""
        self.n_requests = 0 if SOURCES[ask.source].needs_file else found.n_pages(ask.number)
        self.n_unusable = self.n_without_news = 0
        self._found, self._client = found, client
        self._known: Iterator[FoundPage] = found.of_ask(ask.number)
        self._source, self._filters = source, filters
        self._pages: AsyncIterator[Page] | None = None
        self._after: str | None = None  # where the last page says to go on

    async def next_page(self) -> FoundPage | None:
        """The next page, with its candidates numbered; None where there is none, and the question has ended."""
        known = next(self._known, None)
        if known is not None:
            return self._seen(known)
        if self._after == "":
            self.end(END)
            return None
        try:
            if self._pages is None:
                self._pages = self._source.search(self.ask.query, self._filters, self, self._after or "")
            page = await anext(self._pages)
        except StopAsyncIteration:
            self.end(END)
        except (FetchError, SourceError, KeyMissing) as error:
            self.end(FAILED, sentence_of(self.ask.source, error))
        else:
            return self._seen(self._found.append(self.ask.number, page))
        return None

    async def get_json(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """Ask for JSON, and count that."""
        self.n_requests += 1
        return await self._client.get_json(url, params, headers)

    def note_news(self, n_new: int) -> bool:
        """Note how many of a page's candidates were new; whether that was nothing for long enough."""
        self.n_without_news = 0 if n_new else self.n_without_news + 1
        return self.n_without_news >= PAGES_WITHOUT_NEWS

    def end(self, state: str, sentence: str = "") -> None:
        """End the question; the first reason stays."""
        if self.state == ASKING:
            self.state, self.sentence = state, sentence

    def _seen(self, page: FoundPage) -> FoundPage:
        self._after = page.after
        self.n_unusable += page.n_unusable
        return page


def sentence_of(source: str, error: Exception) -> str:
    """Why a source could not be asked, for people; no key is in it."""
    about = SOURCES[source]
    key = _key_of(about.key)
    if not isinstance(error, FetchError):
        return without_keys(str(error), key)
    if error.status in (401, 403) and about.key:
        return f"{about.title} does not accept the key ({error.status}). Look at it, or get one: {about.key_url}"
    if error.reason == "no answer":
        return f"{about.title} could not be reached. Is this machine connected to the internet? Then resume the job."
    return without_keys(f"{about.title} could not be asked: {error.sentence}", key)


def keep_pace(client: GuardedClient, source: str) -> None:
    """Ask a source no more often than its terms allow; imitations on this machine have no terms."""
    if source in ADDRESSES and source not in imitations().sources:
        host = urlsplit(address_of_source(source, ADDRESSES[source])).hostname or ""
        client.hosts.pace(host, 60.0 / SOURCES[source].per_minute, at_once=1)


def _key_of(name: str) -> str:
    try:
        return read_key(name) if name else ""
    except KeyMissing:
        return ""
