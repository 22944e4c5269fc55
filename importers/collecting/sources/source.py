"""What a source is: a question goes in, pages of candidates come out. Nothing else knows one source from another."""

import html.parser
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from importers.collecting.candidate import Candidate
from importers.collecting.licences import Licence, attribution

_LONGEST_URL, _LONGEST_TEXT, _LONGEST_RAW = 2_000, 500, 8_000


class SourceError(Exception):
    """A source cannot be asked, refuses, or says what cannot be understood; a sentence without keys or addresses."""


class JsonClient(Protocol):
    """What asks for JSON politely: importers.collecting.fetching.GuardedClient."""

    async def get_json(self, url: str, params: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """The answer, decoded."""
        ...


@dataclass(frozen=True)
class Filters:
    """What is asked for besides the query. words: of licences, as an order has them. newest: the newest first."""

    words: tuple[str, ...] = ("any",)
    size: str = ""
    kind: str = ""
    colour: str = ""
    language: str = ""
    safe: bool = True
    newest: bool = False


@dataclass(frozen=True)
class Page:
    """A page of an answer. after: where to go on, "" at the end. n_unusable: entries without a picture's address."""

    candidates: tuple[Candidate, ...]
    after: str = ""
    n_unusable: int = 0


class Source(Protocol):
    """A source: `search` gives its pages, from the one that `after` names on ("" for the first)."""

    def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """The pages of the answer to `query`; raises SourceError."""
        ...


@dataclass(frozen=True)
class Said:
    """What a source says of a picture, which may be anything at all.

    attribution: the source's own text, where it gives one; else one is written.
    """

    file_url: object
    licence: Licence | None = None
    page_url: object = None
    title: object = None
    author: object = None
    class_name: object = None
    attribution: object = None
    width: object = None
    height: object = None
    raw: Mapping[str, Any] = field(default_factory=dict)


def candidate(source: str, query: str, rank: int, said: Said) -> Candidate | None:
    """A candidate of what a source says; None without an address of a picture."""
    address, page, licence = address_of(said.file_url), address_of(said.page_url), said.licence
    if address is None:
        return None
    name, by = text_of(said.title), text_of(said.author)
    own = text_of(said.attribution, longest=1_000)
    return Candidate(
        source=source,
        query=query,
        rank=rank,
        file_url=address,
        class_name=text_of(said.class_name, longest=100),
        page_url=page,
        title=name,
        author=by,
        licence=licence.code if licence else None,
        licence_version=(licence.version or None) if licence else None,
        licence_url=(licence.url or None) if licence else None,
        attribution=own or attribution(licence, title=name, author=by, page_url=page),
        width=pixels_of(said.width),
        height=pixels_of(said.height),
        raw=shortened(said.raw),
    )


def page_of(found: list[Candidate | None], *, after: str = "") -> Page:
    """A page of what was found; None stands for an entry that is no picture."""
    usable = tuple(each for each in found if each is not None)
    return Page(usable, after, len(found) - len(usable))


def address_of(value: object) -> str | None:
    """An http(s) address, as it was written; None for anything else."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL:
        return None
    text = value.strip()
    if text.startswith("//"):
        text = f"https:{text}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and text.isprintable()
    except ValueError:
        return None
    return text if usable and " " not in text else None


def text_of(value: object, *, longest: int = _LONGEST_TEXT) -> str | None:
    """A text of strangers on one line; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    shown = "".join(mark if mark.isprintable() else " " for mark in str(value)[: 4 * longest])
    return " ".join(shown.split())[:longest] or None


def text_of_html(value: object) -> str | None:
    """What a piece of HTML says, without its tags."""
    if not isinstance(value, str):
        return text_of(value)
    reader = _Words()
    reader.feed(value[:20_000])
    reader.close()
    return text_of(" ".join(reader.words))


def pixels_of(value: object) -> int | None:
    """A side in pixels, from a number or its text; None for what cannot be one."""
    try:
        side = int(value)  # type: ignore[call-overload]  # whatever a stranger wrote: what is no number raises
    except (TypeError, ValueError, OverflowError):
        return None
    return side if 0 < side < 1_000_000 else None


def shortened(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a source said of a picture, without its longest values where it is long."""
    kept = dict(raw)
    while kept and len(json.dumps(kept, default=str)) > _LONGEST_RAW:
        del kept[max(kept, key=lambda key: len(json.dumps(kept[key], default=str)))]
    return kept


def object_of(value: object, source: str, *names: str) -> dict[str, Any]:
    """The JSON object within an answer, by the names on the way to it; raises SourceError where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        raise SourceError(f"{source} gave an answer that cannot be understood.")
    return value


def list_of(value: object, source: str, *names: str) -> list[dict[str, Any]]:
    """The list of JSON objects within an answer; raises SourceError where there is none."""
    *way, last = names
    found = object_of(value, source, *way).get(last)
    if not isinstance(found, list):
        raise SourceError(f"{source} gave an answer that cannot be understood.")
    return [each if isinstance(each, dict) else {} for each in found]


def object_or_nothing(value: object) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


class _Words(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style") and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
