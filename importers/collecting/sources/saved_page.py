"""A page of results that was saved from a browser: the addresses of pictures that its HTML names."""

import html.parser
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from importers.collecting.about import SAVED_PAGE
from importers.collecting.sources.source import (
    Filters,
    JsonClient,
    Page,
    Said,
    SourceError,
    address_of,
    candidate,
    page_of,
)

MAX_BYTES = 64 << 20
MOST = 50_000
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|bmp|tiff?|avif|heic)$", re.IGNORECASE)
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-iurl", "data-image", "src")
_SETS = ("srcset", "data-srcset")


@dataclass(frozen=True)
class Link:
    """A picture that a page names. page: that shows it, where a link around it or its own address says so."""

    url: str
    title: str = ""
    page: str = ""


class SavedPage:
    """The source `saved-page`. Pictures that were saved beside the page, or stand in it as data, are left out."""

    def __init__(self, path: Path):
        self._path = path

    async def search(self, query: str, filters: Filters, client: JsonClient, after: str = "") -> AsyncIterator[Page]:
        """All pictures of the page, in its order, each address once; nobody is asked."""
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise SourceError(f"{self._path.name} has more than {MAX_BYTES >> 20} MiB: it is no page of results.")
            text = self._path.read_bytes().decode("utf-8", "replace")
        except OSError as error:
            raise SourceError(f"{self._path.name} cannot be read: {error.strerror or error}.") from error
        found = [
            candidate(SAVED_PAGE, query, rank, Said(link.url, page_url=link.page, title=link.title))
            for rank, link in enumerate(links_of(text), 1)
        ]
        if not found:
            raise SourceError(f"{self._path.name} names no picture of the web. Was it saved as a complete page (HTML)?")
        yield page_of(found)


def links_of(text: str, *, base: str = "") -> list[Link]:
    """The pictures that a page's HTML names by an address of the web, in order, each once.

    base: where the page was, which `<base href>` and the browser's remark "saved from url" say as well.
    """
    reader = _Reader(base or (match[1] if (match := _SAVED_FROM.search(text[:20_000])) else ""))
    reader.feed(text)
    reader.close()
    return list({link.url: link for link in reversed(reader.links[:MOST])}.values())[::-1]


def largest(srcset: str) -> str:
    """The address of the largest picture of a `srcset`; "" without one."""
    best, size = "", -1.0
    for part in re.split(r",\s+|,$", srcset.strip()):
        url, _, told = part.strip().partition(" ")
        number = re.fullmatch(r"(\d+(?:\.\d+)?)[wx]", told.strip())
        value = float(number[1]) if number else 1.0
        if url and value > size:
            best, size = url, value
    return best


class _Reader(html.parser.HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.links: list[Link] = []
        self._base, self._around = base, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        if tag == "base" and "href" in given:
            self._base = urljoin(self._base, given["href"])
        elif tag == "a":
            self._around = given.get("href", "")
            self._of_link(self._around)
        elif tag in ("img", "source", "amp-img"):
            sets = (largest(given[name]) for name in _SETS if name in given)
            self._add([*sets, *(given[name] for name in _LAZY if name in given)], title=given.get("alt", ""))
        elif tag == "meta" and (given.get("property") or given.get("name")) in ("og:image", "twitter:image"):
            self._add([given.get("content", "")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._around = ""

    def _of_link(self, href: str) -> None:
        """A link to a picture; or of a page of results, whose address holds the picture's (imgurl, mediaurl)."""
        try:
            parts = urlsplit(href)
            asked = parse_qs(parts.query)
        except ValueError:
            return
        for name, shown in (("imgurl", "imgrefurl"), ("mediaurl", "purl")):
            if asked.get(name):
                self._add([asked[name][0]], page=(asked.get(shown) or [""])[0])
                return
        if _PICTURE.search(parts.path):
            self._add([href])

    def _add(self, addresses: Iterable[str], *, title: str = "", page: str = "") -> None:
        """The first of an element's addresses that is one of the web."""
        for address in addresses:
            try:
                url = address_of(urljoin(self._base, address.strip()))
                around = address_of(urljoin(self._base, self._around)) if self._around else None
            except ValueError:
                continue
            if url is not None:
                self.links.append(Link(url, title, page or ("" if around == url else around or "")))
                return
